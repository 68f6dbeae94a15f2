import type { Area } from '../../../src/drawing/layout.ts';
import { innermostStates } from '../../model/active-states.ts';
import type { TakenWay } from '../../model/taken-ways.ts';
import type { Sheet } from './mount-picture.ts';

/** Of the areas of states those that are active, and in which nothing more is; first what was entered last. */
export function activeAreas(
  areas: Sheet['areas'],
  active: ReadonlySet<string>,
  ways: readonly TakenWay[],
): readonly Area[] {
  const innermost = innermostStates([...active].filter((path) => areas.has(path)));
  const entered = ways.flatMap(({ to }) => (to !== null && innermost.includes(to) ? [to] : []));
  return [...new Set([...entered, ...innermost])].flatMap((path) => areas.get(path) ?? []);
}
