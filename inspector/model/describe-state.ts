import { durationText } from '../../src/domain/duration-text.ts';
import type { Chart, ChartNode } from '../../src/drawing/chart.ts';
import { innermostStates } from './active-states.ts';

/**
 * Describes a state for a screen reader: `deferredInit, active, runs startUp`.
 * @param wasActiveMs the time that it was active, if it is over and its time is known
 */
export function describeState(node: ChartNode, isActive: boolean, wasActiveMs: number | null = null): string {
  const { path, type, work, hiddenStates } = node;
  return [
    path.at(-1) ?? node.id,
    isActive ? 'active' : inactiveText(wasActiveMs),
    typeTexts[type],
    hiddenStates === undefined ? '' : `collapsed, ${hiddenStates} states inside`,
    work.invokes.length === 0 ? '' : `runs ${work.invokes.map(({ id }) => id).join(', ')}`,
    node.description ?? '',
  ]
    .filter((text) => text !== '')
    .join(', ');
}

const inactiveText = (wasActiveMs: number | null): string =>
  wasActiveMs === null ? 'not active' : `was active for ${durationText(wasActiveMs)}`;

const typeTexts: Readonly<Record<ChartNode['type'], string>> = {
  atomic: '',
  compound: '',
  parallel: 'parallel',
  final: 'final',
  history: 'history',
};

/** Names the innermost active states of a chart, for a screen reader. */
export function describeActiveStates(chart: Chart, active: ReadonlySet<string>): string {
  const paths = chart.nodes.map(({ path }) => path.join('.')).filter((path) => path !== '' && active.has(path));
  const innermost = innermostStates(paths);
  return innermost.length === 0 ? 'No state is active' : `Active: ${innermost.join(', ')}`;
}
