import type { Point } from './layout.ts';

const radius = 6;
const headLength = 8;
const headWidth = 7;

/** The line of an arrow as SVG path data, with rounded corners; it ends inside the arrow head. */
export function roundedPath(points: readonly Point[]): string {
  const line = [...points.slice(0, -1), ...lastPoint(points)];
  const [first] = line;
  if (first === undefined) return '';
  const corners = line.slice(1, -1).map((corner, at) => cornerAt(line[at] ?? corner, corner, line[at + 2] ?? corner));
  return [`M${at(first)}`, ...corners, ...line.slice(-1).map((end) => `L${at(end)}`)].join('');
}

function cornerAt(before: Point, corner: Point, after: Point): string {
  return `L${at(toward(corner, before))}Q${at(corner)} ${at(toward(corner, after))}`;
}

/** At most half of the distance, so that two corners of a short step do not overlap. */
const toward = (from: Point, to: Point): Point => {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  return length === 0 ? from : along(from, to, Math.min(radius, length / 2) / length);
};

/** The line ends inside the head; the tip of the head touches the box. */
function lastPoint(points: readonly Point[]): Point[] {
  const [before, tip] = points.slice(-2);
  if (before === undefined || tip === undefined) return [];
  const length = Math.hypot(tip[0] - before[0], tip[1] - before[1]);
  return [length <= headLength ? before : along(tip, before, (headLength - 1) / length)];
}

/** A triangle whose tip is the last point. */
export function arrowHead(points: readonly Point[]): string {
  const [before, tip] = points.slice(-2);
  if (before === undefined || tip === undefined) return '';
  const length = Math.hypot(tip[0] - before[0], tip[1] - before[1]) || 1;
  const [dx, dy] = [(tip[0] - before[0]) / length, (tip[1] - before[1]) / length];
  const [x, y] = [tip[0] - dx * headLength, tip[1] - dy * headLength];
  const half = headWidth / 2;
  return `M${at(tip)}L${at([x - dy * half, y + dx * half])}L${at([x + dy * half, y - dx * half])}Z`;
}

const along = ([x, y]: Point, to: Point, share: number): Point => [x + (to[0] - x) * share, y + (to[1] - y) * share];
const at = ([x, y]: Point) => `${rounded(x)} ${rounded(y)}`;
const rounded = (value: number) => Math.round(value * 10) / 10;
