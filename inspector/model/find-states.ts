import type { Chart } from '../../src/drawing/chart.ts';

/**
 * Paths of the states whose name has a text in it, in order of life; none for an empty text.
 * @param text with a dot in it, it is looked for in the whole path: `hot.idle`
 */
export function findStates(chart: Chart, text: string): string[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return [];
  const searched = (path: readonly string[]) => (wanted.includes('.') ? path.join('.') : (path.at(-1) ?? ''));
  return chart.nodes
    .filter(({ path }) => searched(path).toLowerCase().includes(wanted))
    .map(({ path }) => path.join('.'));
}
