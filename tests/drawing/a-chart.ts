import fc from 'fast-check';
import { createMachine } from 'xstate';
import type { Chart } from '../../src/drawing/chart.ts';
import { describeChart } from '../../src/drawing/describe-chart.ts';

interface Shape {
  readonly name: string;
  readonly type: 'state' | 'parallel' | 'final' | 'history';
  readonly actor: string | null;
  readonly children: readonly Shape[];
}

interface Way {
  readonly from: number;
  readonly to: number;
  readonly event: string;
  readonly guard: string | null;
}

const word = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('wait', 'readEarlySettings', 'done', 'i', 'W', 'PULL_REQUEST_WAS_MERGED', 'ein Zustand'),
  },
  {
    weight: 1,
    arbitrary: fc.string({ minLength: 1, maxLength: 30 }).filter((text) => !/[.#*]/.test(text) && !(text in {})),
  },
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });

const { shape } = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({
      name: word,
      type: fc.constantFrom('state', 'state', 'state', 'final', 'history'),
      actor: maybe(word),
      children: fc.constant([]),
    }),
    fc.record({
      name: word,
      type: fc.constantFrom('state', 'state', 'parallel'),
      actor: maybe(word),
      children: fc.array(tie('shape'), { minLength: 1, maxLength: 4 }),
    }),
  ),
}));

const way: fc.Arbitrary<Way> = fc.record({
  from: fc.nat(),
  to: fc.nat(),
  event: fc.oneof(word, fc.constantFrom('CRASHED', 'FAILED', 'xstate.done.actor.0', 'xstate.error.actor.0')),
  guard: maybe(word),
});

/** Any chart that XState accepts: nested states, regions, transitions between any two states. */
export const aChart: fc.Arbitrary<Chart> = fc
  .tuple(fc.array(shape, { minLength: 1, maxLength: 4 }), fc.array(way, { maxLength: 20 }))
  .map(([shapes, ways]) => chartOf(shapes, ways));

interface Config {
  id: string;
  readonly on: Record<string, { target: string; guard?: string }[]>;
  [key: string]: unknown;
}

function chartOf(shapes: readonly Shape[], ways: readonly Way[]): Chart {
  const configs: { config: Config; canLeave: boolean }[] = [];
  const root = configOf({ name: 'chart', type: 'state', actor: null, children: shapes }, configs);
  const sources = configs.filter(({ canLeave }) => canLeave);
  for (const { from, to, event, guard } of ways) {
    const source = sources[from % sources.length]?.config;
    const target = configs[to % configs.length]?.config;
    if (source === undefined || target === undefined) continue;
    const branches = source.on[event] ?? [];
    source.on[event] = branches;
    branches.push({ target: `#${target.id}`, ...(guard === null ? {} : { guard }) });
  }
  return describeChart(createMachine(root as object).root);
}

function configOf({ name, type, actor, children }: Shape, configs: { config: Config; canLeave: boolean }[]): Config {
  const config: Config = { id: `s${configs.length}`, on: {} };
  configs.push({ config, canLeave: type === 'state' || type === 'parallel' });
  if (type !== 'state') config.type = type;
  if (type === 'history') config.history = name.length % 2 === 0 ? 'deep' : 'shallow';
  if (type === 'history' || type === 'final') Reflect.deleteProperty(config, 'on');
  else if (actor !== null) config.invoke = { src: actor, id: actor };
  const [first] = children;
  if (first === undefined) return config;
  config.states = Object.fromEntries(children.map((child, at) => [`${child.name}${at}`, configOf(child, configs)]));
  if (type === 'state') config.initial = `${first.name}0`;
  config.description = `What ${name} is for.`;
  return config;
}
