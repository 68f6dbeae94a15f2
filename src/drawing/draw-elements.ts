import { stateName } from './box-lines.ts';
import { type Chart, type ChartNode, type PathOf, pathsOf } from './chart.ts';
import { anyStateText } from './drawing-plan.ts';
import type { Box, LaidArrow, Layout, LineKind, Mark, TextLine } from './layout.ts';
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
  const centre = { cx: x + sizes.padding + (type === 'history' ? 7 : 4), cy: y + 16 };
  if (type === 'final')
    return [xml('circle', { class: 'sign', ...centre, r: 4.5 }), xml('circle', { class: 'dot', ...centre, r: 2 })];
  if (type !== 'history') return [];
  const letter = history === 'deep' ? 'H*' : 'H';
  return [
    xml('circle', { class: 'sign', ...centre, r: 8.5 }),
    xml('text', { class: 'memory', x: centre.cx, y: centre.cy + 4, 'text-anchor': 'middle' }, letter),
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

/** Path data within a square of 8 px. */
const signs: Partial<Record<LineKind, string>> = {
  inside: 'M1 1h6.5v6.5h-6.5zM4.25 2.75v3M2.75 4.25h3',
  invoke: 'M1.5 1v6.5l5.5-3.25z',
  spawn: 'M4 1v6.5M.75 4.25h6.5',
  stays: 'M1 4.25h6',
  reenters: 'M7 4.25a3 3 0 1 1-1-2.3M6.4.2v2h-2',
  leads: 'M1.5 1.5l5.5 5.5M7 1.5l-5.5 5.5',
};

/** A line of text in a box, with its sign. */
function drawLine(line: TextLine, toPath: string | null): string {
  const { kind, x, y, actor, eventType, isError } = line;
  const sign = signs[kind];
  return xml(
    'g',
    {
      class: isError ? `${kind} failure` : kind,
      [`data-${kind}`]: actor,
      'data-event': eventType,
      'data-to': toPath,
    },
    ...(sign === undefined
      ? []
      : [xml('path', { class: 'sign', d: sign, transform: `translate(${x - sizes.sign} ${y - 8})` })]),
    drawText(line),
  );
}

/** A label is centred, so that it stays on its arrow in every font. */
function drawText({ kind, text, condition, below, toName, x, y, width }: TextLine): string {
  const isHead = kind === 'name' || kind === 'chart' || kind === 'description';
  const isLabel = kind === 'label';
  const startX = isLabel ? x + width / 2 : x;
  return xml(
    'text',
    { class: isHead ? kind : null, x: startX, y, 'text-anchor': isLabel ? 'middle' : null },
    xmlText(text),
    ...(condition === null || below.length > 0 ? [] : [' ', drawCondition(`[${condition}]`, {})]),
    ...(toName === null ? [] : [xmlText(` → ${toName}`)]),
    ...below.flatMap((row) => [' ', drawCondition(row, { x: startX, dy: sizes.rowHeight })]),
  );
}

const drawCondition = (text: string, place: Readonly<Record<string, number>>): string =>
  xml('tspan', { class: 'condition', ...place }, xmlText(text));

function drawMark({ kind, x, y, width, height }: Mark): string {
  if (kind === 'initial') {
    return xml('circle', { class: 'dot', cx: x + width / 2, cy: y + height / 2, r: width / 2 });
  }
  return xml(
    'g',
    { class: 'any' },
    xml('rect', { class: 'pill', x, y, width, height, rx: height / 2 }),
    xml('text', { x: x + width / 2, y: y + 14, 'text-anchor': 'middle' }, anyStateText),
  );
}
