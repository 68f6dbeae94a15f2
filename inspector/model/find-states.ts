import type { Chart } from '../../src/drawing/chart.ts';

/**
 * The paths of the states whose name contains a text, in the chart's order; none for an empty text.
 * @param text if it contains a dot, it is searched in the whole path: `hot.idle`
 */
export function findStates(chart: Chart, text: string): string[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return [];
  const searched = (path: readonly string[]) => (wanted.includes('.') ? path.join('.') : (path.at(-1) ?? ''));
  return chart.nodes
    .filter(({ path }) => searched(path).toLowerCase().includes(wanted))
    .map(({ path }) => path.join('.'));
}
