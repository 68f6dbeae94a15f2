import type { Chart, ChartNode } from '../../src/drawing/chart.ts';
import { innermostStates } from './active-states.ts';

/** What a state is, for who hears it: `deferredInit, active, runs startUp`. */
export function stateWords(node: ChartNode, isActive: boolean): string {
  const { path, type, work, hiddenStates } = node;
  return [
    path.at(-1) ?? node.id,
    isActive ? 'active' : 'not active',
    kindWords[type],
    hiddenStates === undefined ? '' : `closed, ${hiddenStates} states inside`,
    work.invokes.length === 0 ? '' : `runs ${work.invokes.map(({ id }) => id).join(', ')}`,
    node.description ?? '',
  ]
    .filter((words) => words !== '')
    .join(', ');
}

const kindWords: Readonly<Record<ChartNode['type'], string>> = {
  atomic: '',
  compound: '',
  parallel: 'regions side by side',
  final: 'an end',
  history: 'remembers what was left last',
};

/** Where a chart is, for who hears it: the innermost active states. */
export function activeWords(chart: Chart, active: ReadonlySet<string>): string {
  const paths = chart.nodes.map(({ path }) => path.join('.')).filter((path) => path !== '' && active.has(path));
  const innermost = innermostStates(paths);
  return innermost.length === 0 ? 'No state is active' : `Active: ${innermost.join(', ')}`;
}
