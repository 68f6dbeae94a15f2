import type { Chart } from './chart.ts';
import { pathsOf } from './paths-of.ts';

/**
 * Says of each state, by its id, where it is seen while some are closed: the id of the outermost closed state around it, or its own.
 * @param closed words of the closed states, with dots; the chart itself cannot be closed
 */
export function shownStates(chart: Chart, closed: ReadonlySet<string>): (id: string) => string {
  const pathOf = pathsOf(chart);
  const shown = new Map<string, string>();
  const isClosed = (id: string) => id !== chart.id && closed.has(pathOf(id));
  for (const { id, parentId } of chart.nodes) {
    const around = parentId === null ? undefined : shown.get(parentId);
    const isHidden = around !== undefined && (around !== parentId || isClosed(around));
    shown.set(id, isHidden ? around : id);
  }
  return (id) => shown.get(id) ?? id;
}
