import { type Chart, pathsOf } from './chart.ts';

/**
 * Maps each state, by its id, to the state that shows it while some are collapsed: its outermost collapsed ancestor, or itself.
 * @param collapsed paths of the collapsed states, with dots; the chart itself cannot be collapsed
 */
export function shownStates(chart: Chart, collapsed: ReadonlySet<string>): (id: string) => string {
  const pathOf = pathsOf(chart);
  const shown = new Map<string, string>();
  const isCollapsed = (id: string) => id !== chart.id && collapsed.has(pathOf(id));
  for (const { id, parentId } of chart.nodes) {
    const around = parentId === null ? undefined : shown.get(parentId);
    const isHidden = around !== undefined && (around !== parentId || isCollapsed(around));
    shown.set(id, isHidden ? around : id);
  }
  return (id) => shown.get(id) ?? id;
}
