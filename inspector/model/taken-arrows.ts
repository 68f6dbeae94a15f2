import type { TakenTransition } from '../../src/domain/inspection.ts';
import { type Chart, pathsOf } from '../../src/drawing/chart.ts';
import { shownStates } from '../../src/drawing/collapse-states.ts';

/** An arrow in a picture that was taken, by the paths of its ends. */
export interface TakenArrow {
  readonly from: string;
  /** null: the transition did not leave the state. */
  readonly to: string | null;
  /** The trigger as XState spells it. */
  readonly eventType: string;
  /** The number of transitions since then: 0 for the newest. */
  readonly age: number;
}

/**
 * The arrows of a picture that show the last transitions, the newest first and each arrow once.
 * @param taken the newest last
 * @param collapsed paths of the collapsed states; transitions inside them have no arrow
 */
export function takenArrows(
  taken: readonly TakenTransition[],
  chart: Chart,
  collapsed: ReadonlySet<string>,
): TakenArrow[] {
  const pathOf = pathsOf(chart);
  const shownId = shownStates(chart, collapsed);
  const arrows = new Map<string, TakenArrow>();
  for (const [age, { source, event, targets }] of taken.toReversed().entries()) {
    const from = shownId(source);
    for (const target of targets.length === 0 ? [null] : targets) {
      const to = target === null ? null : shownId(target);
      const isWithin = from !== source && (to === null || to === from);
      const isInward = to === source && target !== source;
      if (isWithin || isInward) continue;
      const arrow = { from: pathOf(from), to: to === null ? null : pathOf(to), eventType: event, age };
      const key = JSON.stringify([arrow.from, arrow.to, event]);
      if (!arrows.has(key)) arrows.set(key, arrow);
    }
  }
  return [...arrows.values()];
}
