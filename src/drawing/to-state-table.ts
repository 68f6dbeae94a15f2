import { markdownTable } from '../domain/markdown-table.ts';
import { type Arrow, edgeLabel, mergeArrows } from './arrow.ts';
import { type Chart, type ChartNode, type ChartWork, pathsOf } from './chart.ts';
import { invokeText } from './describe-chart.ts';

/** A chart as a Markdown table: state · description · work · leads to. */
export function toStateTable(chart: Chart): string {
  const arrows = mergeArrows(chart.edges);
  const rows = chart.nodes.flatMap((node) => {
    const work = workText(node.work);
    const leadsTo = leadsToText(node, chart, arrows);
    // The work and transitions of the chart itself apply in every state.
    if (node.parentId === null) return work || leadsTo ? [['*in every state*', '', work, leadsTo]] : [];
    return [[`\`${node.path.join('.')}\``, node.description ?? '', work, leadsTo]];
  });
  return markdownTable(['state', 'description', 'work', 'leads to'], rows);
}

function workText({ invokes, spawns, entry }: ChartWork): string {
  const groups: [string, readonly string[]][] = [
    ['runs', invokes.map(invokeText)],
    ['starts', spawns],
    ['on entry', entry],
  ];
  return groups
    .filter(([, names]) => names.length > 0)
    .map(([verb, names]) => `${verb} ${names.map((name) => `\`${name}\``).join(', ')}`)
    .join('<br>');
}

function leadsToText({ id, type, parentId }: ChartNode, chart: Chart, arrows: readonly Arrow[]): string {
  if (type === 'final') return parentId === chart.id ? 'the end' : 'the end of its parent';
  const pathOf = pathsOf(chart);
  const own = arrows.filter(({ fromId }) => fromId === id);
  const [leaving, staying] = [own.filter(({ toId }) => toId !== null), own.filter(({ toId }) => toId === null)];
  return [...leaving, ...staying]
    .map(
      ({ toId, edges }) =>
        `${toId === null ? 'stays' : `\`${pathOf(toId) || toId}\``}: ${edges.map(edgeLabel).join(', ')}`,
    )
    .join('<br>');
}
