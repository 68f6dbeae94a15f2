import { edgeLabel, mergeArrows } from './arrow.ts';
import { nameOf } from './box-lines.ts';
import type { Chart, ChartNode } from './chart.ts';
import { drawLine, drawMark, drawText } from './draw-line.ts';
import type { Box, LaidArrow, Layout } from './layout.ts';
import type { Look } from './look.ts';
import { arrowHead, roundedPath } from './rounded-path.ts';
import { svgStyle } from './svg-style.ts';
import { sizes } from './type-sizes.ts';
import { xml, xmlText } from './xml.ts';

/**
 * Draws a chart as SVG. What a page may want to light or to dim has a class and says what it is: states `data-state` (the words of the state from the
 * chart down, with dots), arrows `data-from` and `data-to`, what takes them `data-event` (as XState spells it), actors `data-invoke` and `data-spawn`.
 */
export function drawSvg(chart: Chart, { width, height, boxes, marks, arrows }: Layout, look: Look): string {
  const pathOf = pathsOf(chart);
  const states = boxes.slice(1).map((box) => drawState(box, chart, pathOf));
  const [frame] = boxes;
  return xml(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      class: 'maitred',
      role: 'img',
      'data-chart': chart.id,
      width: width + 1,
      height: height + 1,
      viewBox: `0 0 ${width + 1} ${height + 1}`,
    },
    `\n${xml('title', {}, xmlText(`The chart ${chart.id}`))}`,
    `\n${xml('desc', {}, xmlText(inWords(chart)))}`,
    `\n${xml('style', {}, svgStyle(look))}\n`,
    xml(
      'g',
      { transform: 'translate(0.5 0.5)' },
      `\n${xml('rect', { class: 'paper', width, height, rx: 10 })}`,
      ...(frame === undefined ? [] : frame.lines.map((line) => `\n${drawLine(line, null)}`)),
      ...[...states, ...marks.map(drawMark), ...arrows.map((arrow) => drawArrow(arrow, pathOf))].map(
        (part) => `\n${part}`,
      ),
      '\n',
    ),
    '\n',
  ).concat('\n');
}

type PathOf = (nodeId: string) => string;

function pathsOf({ nodes }: Chart): PathOf {
  const paths = new Map(nodes.map(({ id, path }) => [id, path.join('.')]));
  return (nodeId) => paths.get(nodeId) ?? nodeId;
}

function drawState({ nodeId, lines, ...area }: Box, chart: Chart, pathOf: PathOf): string {
  const node = chart.nodes.find(({ id }) => id === nodeId);
  if (node === undefined) throw new Error(`the chart has no ${nodeId}`);
  const words = node.description === null ? nameOf(node) : `${nameOf(node)}: ${node.description}`;
  return xml(
    'g',
    { class: stateClass(node, chart), 'data-state': pathOf(nodeId) },
    xml('title', {}, xmlText(words)),
    xml('rect', { class: 'box', ...area, rx: node.type === 'final' ? 15 : 7 }),
    ...drawTypeSign(node, area),
    ...lines.map((line) => drawLine(line, line.toId === null ? null : pathOf(line.toId))),
  );
}

function stateClass({ id, type, parentId }: ChartNode, { nodes }: Chart): string {
  const isRegion = nodes.some((node) => node.id === parentId && node.type === 'parallel');
  const isLeaf = !nodes.some((node) => node.parentId === id);
  return ['state', type, isLeaf ? 'leaf' : 'compound', isRegion ? 'region' : '']
    .filter((word, at, words) => word !== '' && words.indexOf(word) === at)
    .join(' ');
}

/** The ring of an end; the H of a state that remembers. */
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

/** For who does not see the picture. */
function inWords(chart: Chart): string {
  const nameOfId = (id: string) => pathsOf(chart)(id) || 'any state';
  const sentences = mergeArrows(chart.edges).flatMap(({ fromId, toId, edges }) =>
    toId === null ? [] : [`${nameOfId(fromId)} leads to ${nameOfId(toId)}: ${edges.map(edgeLabel).join(', ')}.`],
  );
  return [chart.description ?? '', ...sentences].filter((sentence) => sentence !== '').join(' ');
}
