import type { Finding, ProblemPlace, Severity } from './finding.ts';
import { quoted } from './finding.ts';
import { cyclesOf } from './model/cycles.ts';
import { type Configuration, exploreModel, type TriedInputs } from './model/explore-model.ts';
import { isOutward } from './outward-steps.ts';
import type { GraphArm, GraphStep, RecipeGraph } from './recipe-graph.ts';

/**
 * What can go wrong in runs of a recipe without errors: steps and routes that no run comes to, steps from which none comes to an end, cycles,
 * and gates that can be avoided. Tries all that can happen, with few values for each variable.
 */
export function checkModel(graph: RecipeGraph): readonly Finding[] {
  const steps = new Map(graph.steps.map((step) => [step.name, step]));
  const nextOf = (name: string) =>
    (steps.get(name)?.arms ?? []).filter(({ cause }) => cause !== 'retry').map(({ to }) => to);
  const cyclic = new Set(cyclesOf([...steps.keys()], nextOf).flat());
  const explore = (inputs: TriedInputs): Model | null => {
    // Without inputs, one way is like the other.
    if (inputs !== 'every' && graph.inputs.length === 0) return null;
    const exploration = exploreModel(graph, cyclic, inputs);
    return exploration === null ? null : { ...exploration, graph, reached: reachedSteps(graph) };
  };
  const whole = explore('every');
  // What no changing inputs lead to, no combination leads to. Only of the defaults is known that a path to a fault is one of a run.
  const possible = whole ?? explore('changing');
  const actual = whole ?? explore('default');
  return [
    ...(whole === null ? [tooLarge] : []),
    ...(possible === null ? [] : [...findUnreachable(possible), ...findDeadArms(possible)]),
    ...(actual === null ? [] : [...findTraps(actual), ...findUnboundedCycles(actual), ...findAvoidedGates(actual)]),
  ];
}

interface Model {
  readonly graph: RecipeGraph;
  readonly initial: readonly Configuration[];
  readonly configurations: readonly Configuration[];
  /** The steps to which arms lead, whatever their conditions say. */
  readonly reached: ReadonlySet<string>;
}

const tooLarge: Finding = {
  rule: 'model-too-large',
  severity: 'warning',
  step: null,
  message:
    'the conditions have too many combinations of values to try all of them: traps and gates were looked for with the default inputs, or not at all',
  fix: 'let conditions read fewer inputs and captures',
  at: { path: ['steps'], isKey: true },
};

const findingOf = (
  rule: string,
  severity: Severity,
  { name, path }: GraphStep,
  { message, fix, at = { path, isKey: true } }: { message: string; fix: string; at?: ProblemPlace },
): Finding => ({ rule, severity, step: name, message, fix, at });

function reachedSteps({ steps, initial }: RecipeGraph): ReadonlySet<string> {
  const byName = new Map(steps.map((step) => [step.name, step]));
  return closure([initial], (name) => (byName.get(name)?.arms ?? []).map(({ to }) => to));
}

/** All that can be reached from some, with these. */
function closure<Item>(from: Iterable<Item>, next: (item: Item) => Iterable<Item>): Set<Item> {
  const found = new Set(from);
  for (const item of found) for (const each of next(item)) found.add(each);
  return found;
}

function* findUnreachable({ graph, configurations, reached }: Model): Generator<Finding> {
  const visited = new Set(configurations.map(({ step }) => step));
  for (const step of graph.steps) {
    if (visited.has(step)) continue;
    const name = quoted(step.name);
    if (!reached.has(step.name)) {
      const fix = 'name it as the next step of another one, or remove it';
      yield findingOf('unreachable-step', 'error', step, { message: `no route leads to the step ${name}`, fix });
    } else {
      const message = `no run comes to the step ${name}: the conditions before it exclude each other`;
      yield findingOf('unreachable-step', 'warning', step, { message, fix: 'change a condition, or remove the step' });
    }
  }
}

function* findDeadArms({ configurations }: Model): Generator<Finding> {
  const taken = new Map<GraphStep, Set<string>>();
  for (const { step, moves } of configurations) {
    const paths = taken.get(step) ?? new Set();
    taken.set(step, paths);
    for (const { arm } of moves) paths.add(pathKey(step.arms[arm]));
  }
  for (const [step, paths] of taken) {
    const always = step.arms.findIndex(({ cause, when }) => cause === 'success' && when === null);
    for (const [index, arm] of step.arms.entries()) {
      // Routes behind one that is always taken have a rule of their own.
      const isBehind = arm.cause === 'success' && always >= 0 && index > always;
      // A limit of visits may be there for a cycle that comes later.
      const isAside = arm.cause === 'no_route' || arm.cause === 'exceeded' || isBehind;
      if (arm.path === null || isAside || paths.has(pathKey(arm))) continue;
      paths.add(pathKey(arm));
      yield findingOf('dead-arm', 'warning', step, { ...whyDead(arm), at: { path: arm.path } });
    }
  }
}

const pathKey = (arm: GraphArm | undefined) => arm?.path?.join('.') ?? '';

function whyDead({ cause, label }: GraphArm): { readonly message: string; readonly fix: string } {
  const condition = cause === 'success' ? `\`${label}\` is never true here` : `there is no ${label}`;
  return { message: `the route is never taken: ${condition}`, fix: 'change the condition, or remove the route' };
}

/** That a run is ended by the visits that every step has is no way to the end. */
const isWayOut = ({ step }: Configuration, arm: number): boolean => step.arms[arm]?.to !== '$budget_exhausted';

function* findTraps({ configurations }: Model): Generator<Finding> {
  const before = new Map<Configuration, Configuration[]>();
  const ending = configurations.filter(
    (from) => from.step.kind === 'stop' || from.moves.some(({ arm, to }) => to === null && isWayOut(from, arm)),
  );
  for (const from of configurations)
    for (const { to } of from.moves)
      if (to !== null) {
        const known = before.get(to);
        if (known === undefined) before.set(to, [from]);
        else known.push(from);
      }
  const free = closure(ending, (at) => before.get(at) ?? []);
  const trapped = new Set(configurations.filter((at) => !free.has(at)).map(({ step }) => step));
  const [first, ...others] = trapped;
  if (first === undefined) return;
  const message = `a run that comes to ${namesOf([first, ...others])} comes to no end`;
  yield findingOf('trap', 'error', first, { message, fix: 'add a route to done, escalate or a stop' });
}

function namesOf(steps: readonly GraphStep[]): string {
  const names = steps.slice(0, 5).map(({ name }) => quoted(name));
  return steps.length > 5 ? `${names.join(', ')} and ${steps.length - 5} more` : names.join(', ');
}

function* findUnboundedCycles({ graph, configurations }: Model): Generator<Finding> {
  const next = new Map<string, Set<string>>();
  for (const { step, moves } of configurations)
    for (const { arm, to } of moves)
      if (to !== null && step.arms[arm]?.cause !== 'retry') {
        const targets = next.get(step.name) ?? new Set();
        next.set(step.name, targets.add(to.step.name));
      }
  const uncounted = graph.steps.filter(({ visits }) => !visits.isDeclared).map(({ name }) => name);
  for (const cycle of cyclesOf(uncounted, (name) => next.get(name) ?? [])) {
    const inOrder = graph.steps.filter(({ name }) => cycle.includes(name));
    const [first] = inOrder;
    if (first === undefined) continue;
    const message = `a run can go round ${namesOf(inOrder)} until one of them was entered ${first.visits.most} times`;
    const fix = 'add max_visits and on_exceeded to one of them';
    yield findingOf('unbounded-cycle', 'warning', first, { message, fix });
  }
}

/** A person who is not asked because an input says so has decided that with the input. */
const passesGate = ({ step }: Configuration, arm: number): boolean => {
  const cause = step.arms[arm]?.cause;
  return step.kind === 'confirm' && (cause === 'success' || cause === 'skipped');
};

function* findAvoidedGates({ graph, initial, configurations }: Model): Generator<Finding> {
  const nextOf = (from: Configuration, isFollowed: (arm: number) => boolean = () => true) =>
    from.moves.flatMap(({ arm, to }) => (to !== null && isFollowed(arm) ? [to] : []));
  const cameBy = new Map<Configuration, Configuration>();
  const unasked = closure(initial, (from) => {
    const targets = nextOf(from, (arm) => !passesGate(from, arm));
    for (const to of targets) if (!cameBy.has(to)) cameBy.set(to, from);
    return targets;
  });
  const avoiding = new Map([...unasked].filter(({ step }) => isOutward(step)).map((at) => [at.step, at] as const));
  if (avoiding.size === 0) return;
  const unaskedSteps = new Set([...unasked].map(({ step }) => step));
  const stepsBehind = (agreed: readonly Configuration[], next: (from: Configuration) => readonly Configuration[]) =>
    new Set([...closure(agreed, next)].map(({ step }) => step));
  for (const gate of graph.steps) {
    if (gate.kind !== 'confirm') continue;
    const atGate = configurations.filter(({ step }) => step === gate);
    const agreed = atGate.flatMap((at) => nextOf(at, (arm) => passesGate(at, arm)));
    const behind = stepsBehind(agreed, (from) => nextOf(from));
    // Straight from the gate, it is the step that the gate is for. By way of others, the run may also have gone back.
    const straight = stepsBehind(agreed, (from) => (unaskedSteps.has(from.step) ? [] : nextOf(from)));
    const avoidable = graph.steps.filter((step) => avoiding.has(step) && behind.has(step));
    const asked = avoidable.filter((step) => straight.has(step));
    // Of steps that the gate may not be for, one finding is enough.
    const groups = asked.length > 0 ? asked.map((step) => [step]) : [avoidable];
    for (const steps of groups) {
      const at = steps[0] && avoiding.get(steps[0]);
      if (at === undefined) continue;
      const what = `${namesOf(steps)} ${steps.length === 1 ? 'pushes or merges' : 'push or merge'}`;
      const message = `${what}, and a run can come there without the yes of ${quoted(gate.name)}: ${wayTo(at, cameBy, initial)}`;
      const fix = `lead every way there through ${gate.name}`;
      yield findingOf('avoided-gate', asked.length > 0 ? 'error' : 'warning', at.step, { message, fix });
    }
  }
}

function wayTo(
  at: Configuration,
  cameBy: ReadonlyMap<Configuration, Configuration>,
  initial: readonly Configuration[],
): string {
  const way: string[] = [];
  for (
    let each: Configuration | undefined = at;
    each !== undefined;
    each = initial.includes(each) ? undefined : cameBy.get(each)
  )
    way.unshift(each.step.name);
  return way.length > 12 ? `… > ${way.slice(-12).join(' > ')}` : way.join(' > ');
}
