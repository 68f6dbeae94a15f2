import { ancestorsOf, type Chart } from '../../src/drawing/chart.ts';
import type { Area, Box, LaidArrow, Layout, Point, TextLine } from '../../src/drawing/layout.ts';
import { sizes } from '../../src/drawing/type-sizes.ts';

/** Layout errors that a reader would notice: text outside its box, elements that overlap, arrows through boxes. */
export function findPictureFaults(chart: Chart, layout: Layout): string[] {
  const { boxes, marks, arrows } = layout;
  const picture: Area = { x: 0, y: 0, width: layout.width, height: layout.height };
  const labels = arrows.flatMap(({ label }) => (label === null ? [] : [label]));
  const leaves = boxes.filter(({ nodeId }) => !chart.nodes.some(({ parentId }) => parentId === nodeId));
  return [
    ...[...boxes, ...marks, ...labels]
      .filter((area) => !isWithin(area, picture))
      .map((area) => `${named(area)} leaves the picture`),
    ...[...boxes, ...labels].flatMap((area) =>
      area.lines.filter((line) => !isWithin(areaOf(line), area)).map((line) => `"${line.text}" leaves ${named(area)}`),
    ),
    ...boxes.flatMap((box) => linesOnEachOther(box)),
    ...boxes.flatMap((box) => leavesParent(box, layout, chart)),
    ...pairs([...leaves, ...marks, ...labels])
      .filter(([a, b]) => overlap(a, b))
      .map(([a, b]) => `${named(a)} lies on ${named(b)}`),
    ...pairs(boxes)
      .filter(([a, b]) => overlap(a, b) && !isAround(a, b, chart) && !isAround(b, a, chart))
      .map(([a, b]) => `${named(a)} lies on ${named(b)}`),
    ...boxes.flatMap((box) =>
      labels
        .filter((label) => box.lines.some((line) => overlap(areaOf(line), label)))
        .map((label) => `${named(label)} lies on text of ${named(box)}`),
    ),
    ...arrows.flatMap((arrow) => [
      ...throughBoxes(arrow, boxes, chart),
      ...throughLabels(arrow, labels),
      ...slanted(arrow),
    ]),
  ];
}

/** Letters extend above the baseline by their size and below it by a quarter of that. */
const areaOf = ({ x, y, width, below }: TextLine): Area => ({
  x,
  y: y - 10,
  width,
  height: 13 + below.length * sizes.rowHeight,
});

function named(area: object): string {
  const { nodeId, kind, lines } = area as Partial<Box> & { readonly kind?: string };
  if (kind !== undefined) return `the ${kind} mark of ${nodeId}`;
  return nodeId ?? `the label "${lines?.map(({ text }) => text).join(', ')}"`;
}

const isWithin = (inner: Area, outer: Area) =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;

/** Ignores one pixel of rounding. */
const overlap = (a: Area, b: Area) =>
  a.x + 1 < b.x + b.width && b.x + 1 < a.x + a.width && a.y + 1 < b.y + b.height && b.y + 1 < a.y + a.height;

const pairs = <T>(all: readonly T[]): [T, T][] =>
  all.flatMap((one, at) => all.slice(at + 1).map((other): [T, T] => [one, other]));

const linesOnEachOther = (box: Box): string[] =>
  pairs(box.lines)
    .filter(([a, b]) => overlap(areaOf(a), areaOf(b)))
    .map(([a, b]) => `"${a.text}" lies on "${b.text}" in ${named(box)}`);

const isAround = (outer: Box, inner: Box, chart: Chart) => ancestorsOf(inner.nodeId, chart).includes(outer.nodeId);

function leavesParent(box: Box, { boxes }: Layout, chart: Chart): string[] {
  const [parentId] = ancestorsOf(box.nodeId, chart);
  const parent = boxes.find(({ nodeId }) => nodeId === parentId);
  return parent === undefined || isWithin(box, parent) ? [] : [`${named(box)} leaves ${named(parent)}`];
}

function throughBoxes({ fromId, toId, points }: LaidArrow, boxes: readonly Box[], chart: Chart): string[] {
  const around = new Set([...ancestorsOf(fromId, chart), ...ancestorsOf(toId, chart), fromId]);
  return boxes
    .filter(({ nodeId }) => !around.has(nodeId) || (nodeId === fromId && !ancestorsOf(toId, chart).includes(fromId)))
    .filter((box) => segmentsOf(points).some((segment) => overlapsSegment(box, segment)))
    .map((box) => `the arrow from ${fromId} to ${toId} goes through ${named(box)}`);
}

const throughLabels = ({ fromId, toId, points, label: own }: LaidArrow, labels: readonly Area[]): string[] =>
  labels
    .filter((label) => label !== own && segmentsOf(points).some((segment) => overlapsSegment(label, segment)))
    .map((label) => `the arrow from ${fromId} to ${toId} goes through ${named(label)}`);

const slanted = ({ fromId, toId, points }: LaidArrow): string[] =>
  segmentsOf(points).some(([[x1, y1], [x2, y2]]) => x1 !== x2 && y1 !== y2)
    ? [`the arrow from ${fromId} to ${toId} is slanted`]
    : [];

const segmentsOf = (points: readonly Point[]): [Point, Point][] =>
  points.slice(1).map((point, at): [Point, Point] => [points[at] ?? point, point]);

const overlapsSegment = (area: Area, [[x1, y1], [x2, y2]]: [Point, Point]) =>
  overlap(area, {
    x: Math.min(x1, x2) - 1,
    y: Math.min(y1, y2) - 1,
    width: Math.abs(x1 - x2) + 2,
    height: Math.abs(y1 - y2) + 2,
  });
