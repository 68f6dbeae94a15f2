import { stateName } from './box-lines.ts';
import { type Chart, type ChartNode, type PathOf, pathsOf } from './chart.ts';
import { drawLine, drawMark, drawText } from './draw-line.ts';
import type { Box, LaidArrow, Layout } from './layout.ts';
import { arrowHead, roundedPath } from './rounded-path.ts';
import { sizes } from './type-sizes.ts';
import { xml, xmlText } from './xml.ts';

/** The elements of a picture as markup, in drawing order. A generator, so that the page can draw a large chart in slices. */
export function* drawElements(chart: Chart, { width, height, boxes, marks, arrows }: Layout): Generator<string> {
  const pathOf = pathsOf(chart);
  const [frame, ...states] = boxes;
  yield xml('rect', { class: 'paper', width, height, rx: 10 });
  for (const line of frame?.lines ?? []) yield drawLine(line, toPathOf(line.toId, pathOf));
  for (const box of states) yield drawState(box, chart, pathOf);
  for (const mark of marks) yield drawMark(mark);
  for (const arrow of arrows) yield drawArrow(arrow, pathOf);
}

const toPathOf = (nodeId: string | null, pathOf: PathOf) => (nodeId === null ? null : pathOf(nodeId));

function drawState({ nodeId, lines, ...area }: Box, chart: Chart, pathOf: PathOf): string {
  const node = chart.nodes.find(({ id }) => id === nodeId);
  if (node === undefined) throw new Error(`the chart has no ${nodeId}`);
  const title = node.description === null ? stateName(node) : `${stateName(node)}: ${node.description}`;
  return xml(
    'g',
    { class: stateClass(node, chart), 'data-state': pathOf(nodeId) },
    xml('title', {}, xmlText(title)),
    xml('rect', { class: 'box', ...area, rx: node.type === 'final' ? 15 : 7 }),
    ...drawTypeSign(node, area),
    ...lines.map((line) => drawLine(line, toPathOf(line.toId, pathOf))),
  );
}

function stateClass({ id, type, parentId }: ChartNode, { nodes }: Chart): string {
  const isRegion = nodes.some((node) => node.id === parentId && node.type === 'parallel');
  const isLeaf = !nodes.some((node) => node.parentId === id);
  return ['state', type, isLeaf ? 'leaf' : 'compound', isRegion ? 'region' : '']
    .filter((word, at, words) => word !== '' && words.indexOf(word) === at)
    .join(' ');
}

/** The ring of a final state; the H of a history state. */
function drawTypeSign({ type, history }: ChartNode, { x, y }: { readonly x: number; readonly y: number }): string[] {
  const centre = { cx: x + sizes.padding + (type === 'history' ? 6 : 4), cy: y + 16 };
  if (type === 'final')
    return [xml('circle', { class: 'sign', ...centre, r: 4.5 }), xml('circle', { class: 'dot', ...centre, r: 2 })];
  if (type !== 'history') return [];
  const letter = history === 'deep' ? 'H*' : 'H';
  return [
    xml('circle', { class: 'sign', ...centre, r: 7 }),
    xml('text', { class: 'memory', x: centre.cx, y: centre.cy + 3, 'text-anchor': 'middle' }, letter),
  ];
}

function drawArrow({ kind, fromId, toId, isError, points, label }: LaidArrow, pathOf: PathOf): string {
  return xml(
    'g',
    {
      class: `arrow ${kind}${isError ? ' error' : ''}`,
      'data-from': pathOf(fromId),
      'data-to': pathOf(toId),
    },
    xml('path', { class: 'line', d: roundedPath(points) }),
    xml('path', { class: 'head', d: arrowHead(points) }),
    ...(label === null
      ? []
      : [
          xml('rect', { class: 'chip', x: label.x, y: label.y, width: label.width, height: label.height, rx: 4 }),
          ...label.lines.map((line) =>
            xml('g', { class: line.isError ? 'label failure' : 'label', 'data-event': line.eventType }, drawText(line)),
          ),
        ]),
  );
}
