import { type Arrow, edgeLabel, leadsInward, mergeArrows } from './arrow.ts';
import type { Chart, ChartNode } from './chart.ts';

/**
 * Draws a chart as a Mermaid state diagram. An arrow from a state to one of its descendants starts at a node "any state" inside it, since Mermaid cannot
 * draw an arrow from a box into itself. Transitions that do not leave their state are omitted.
 */
export function toMermaid(chart: Chart): string {
  const arrows = mergeArrows(chart.edges);
  const [root] = chart.nodes;
  if (root === undefined) return 'stateDiagram-v2\n';
  return ['stateDiagram-v2', ...insideOf(root, chart, arrows), ...arrowLines(chart, arrows)]
    .map((line, at) => (at === 0 ? line : `  ${line}`))
    .join('\n')
    .concat('\n');
}

function insideOf(node: ChartNode, chart: Chart, arrows: readonly Arrow[]): string[] {
  const children = chart.nodes.filter(({ parentId }) => parentId === node.id);
  const boxes = children.map((child) => boxOf(child, chart, arrows));
  const anyState = arrows.some((arrow) => arrow.fromId === node.id && leadsInward(arrow, chart))
    ? [`state "any state" as ${anyOf(node.id)}`]
    : [];
  if (node.type === 'parallel') return [...anyState, ...boxes.flatMap((box, at) => (at === 0 ? box : ['--', ...box]))];
  const first = node.initialId === null ? [] : [`[*] --> ${mermaidId(node.initialId)}`];
  const ends = children.filter(({ type }) => type === 'final').map(({ id }) => `${mermaidId(id)} --> [*]`);
  return [...anyState, ...boxes.flat(), ...first, ...ends];
}

function boxOf(node: ChartNode, chart: Chart, arrows: readonly Arrow[]): string[] {
  const name = `state "${node.path.at(-1)}" as ${mermaidId(node.id)}`;
  if (node.type !== 'compound' && node.type !== 'parallel') return [name];
  return [`${name} {`, ...insideOf(node, chart, arrows).map((line) => `  ${line}`), '}'];
}

function arrowLines(chart: Chart, arrows: readonly Arrow[]): string[] {
  return arrows.flatMap((arrow) => {
    if (arrow.toId === null) return [];
    const from = leadsInward(arrow, chart) ? anyOf(arrow.fromId) : mermaidId(arrow.fromId);
    return [`${from} --> ${mermaidId(arrow.toId)} : ${arrow.edges.map(edgeLabel).map(plain).join('<br/>')}`];
  });
}

const mermaidId = (id: string) => id.replace(/\W/g, '_');
const anyOf = (id: string) => `${mermaidId(id)}__any`;
/** Colons, semicolons and hashes are part of Mermaid's syntax. */
const plain = (label: string) => label.replace(/[:;#]/g, ' ');
