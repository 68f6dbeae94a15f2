import type { TakenTransition } from '../../src/domain/inspection.ts';
import { type Chart, pathsOf } from '../../src/drawing/chart.ts';
import { shownStates } from '../../src/drawing/shown-states.ts';

/** A way in a picture that was taken, by the paths of its ends. */
export interface TakenWay {
  readonly from: string;
  /** null: the state was not left. */
  readonly to: string | null;
  /** As XState spells the trigger. */
  readonly eventType: string;
  /** How many transitions have been taken since: 0 for the newest. */
  readonly age: number;
}

/**
 * Where the last transitions of a chart are seen in its picture, the newest first and each way once.
 * @param taken the newest last
 * @param closed words of the states that are closed; what was taken within them is not seen
 */
export function takenWays(taken: readonly TakenTransition[], chart: Chart, closed: ReadonlySet<string>): TakenWay[] {
  const pathOf = pathsOf(chart);
  const shownId = shownStates(chart, closed);
  const ways = new Map<string, TakenWay>();
  for (const [age, { source, event, targets }] of taken.toReversed().entries()) {
    const from = shownId(source);
    for (const target of targets.length === 0 ? [null] : targets) {
      const to = target === null ? null : shownId(target);
      const isWithin = from !== source && (to === null || to === from);
      const isInward = to === source && target !== source;
      if (isWithin || isInward) continue;
      const way = { from: pathOf(from), to: to === null ? null : pathOf(to), eventType: event, age };
      const key = JSON.stringify([way.from, way.to, event]);
      if (!ways.has(key)) ways.set(key, way);
    }
  }
  return [...ways.values()];
}
