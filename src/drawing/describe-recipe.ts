import { type GraphArm, type GraphStep, isImplied, type RecipeGraph } from '../domain/recipe/recipe-graph.ts';
import type { Chart, ChartEdge, ChartNode } from './chart.ts';
import { isErrorTrigger, type Trigger } from './trigger.ts';

/** Describes a recipe as a chart of its steps. Limits that hold for every step are left out, and what can end a run anywhere. */
export function describeRecipe({ name, description, initial, steps }: RecipeGraph): Chart {
  const edges = steps.flatMap((step) => edgesOf(step, name));
  const reached = new Set(edges.map(({ toId }) => toId));
  const ends = Object.entries(endDescriptions).filter(([end]) => reached.has(idOf(end, name)));
  const root: ChartNode = {
    ...nothing,
    id: name,
    path: [],
    parentId: null,
    type: 'compound',
    initialId: idOf(initial, name),
    description,
  };
  const nodeOf = (key: string, more: Partial<ChartNode>): ChartNode => ({
    ...nothing,
    id: idOf(key, name),
    path: [key],
    parentId: name,
    type: 'atomic',
    initialId: null,
    description: null,
    ...more,
  });
  return {
    id: name,
    description,
    nodes: [
      root,
      ...steps.map((step) =>
        nodeOf(step.name, {
          type: step.kind === 'stop' ? 'final' : 'atomic',
          description: step.description,
          work: { ...noWork, invokes: step.tool === null ? [] : [{ id: step.tool, src: null }] },
        }),
      ),
      ...ends.map(([end, about]) => nodeOf(end, { type: 'final', description: about })),
    ],
    edges,
  };
}

const noWork = { invokes: [], spawns: [], entry: [] } as const;
const nothing = { history: null, work: noWork } as const;

const endDescriptions = {
  $done: 'The run succeeded.',
  $escalate: 'The run failed, and a person has to look.',
} as const;

const idOf = (key: string, recipe: string) => `${recipe}.${key}`;

function edgesOf(step: GraphStep, recipe: string): readonly ChartEdge[] {
  const drawn = step.arms.filter((arm) => !isImplied(arm));
  return drawn.map((arm) => {
    const { cause, to, label, when } = arm;
    const trigger = triggerOf(step, arm);
    const isCondition = when !== null || (cause !== 'success' && cause !== 'failure' && cause !== 'no_route');
    return {
      fromId: idOf(step.name, recipe),
      toId: idOf(to, recipe),
      trigger,
      eventType: eventTypeOf(trigger),
      guard: isCondition ? label : null,
      isOtherwise: when === null && (label === 'otherwise' || cause === 'no_route'),
      isError: isErrorTrigger(trigger),
      description: null,
    };
  });
}

function triggerOf({ name, kind }: GraphStep, { cause }: GraphArm): Trigger {
  if (kind === 'route' || cause === 'skipped' || cause === 'exceeded') return { kind: 'always' };
  if (kind === 'confirm') return { kind: 'event', event: cause === 'success' ? 'yes' : 'no' };
  return { kind: cause === 'failure' ? 'actorFailed' : 'actorDone', actor: name };
}

const eventTypeOf = (trigger: Trigger): string => {
  if (trigger.kind === 'event') return trigger.event;
  if (trigger.kind === 'actorDone') return `xstate.done.actor.${trigger.actor}`;
  return trigger.kind === 'actorFailed' ? `xstate.error.actor.${trigger.actor}` : '';
};
