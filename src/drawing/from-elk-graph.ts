import type { Chart } from './chart.ts';
import { planDrawing } from './drawing-plan.ts';
import type { ElkEdge, ElkGraph } from './elk-graph.ts';
import type { Area, Layout, Point, TextLine } from './layout.ts';

/** Reads the layout of a chart from ELK's answer to `toElkGraph`. Mirrors it if the initial state would be on the right. */
export function fromElkGraph(chart: Chart, graph: ElkGraph): Layout {
  const plan = planDrawing(chart);
  const width = Math.round(graph.width ?? 0);
  const begin = allNodes(graph).find(({ id }) => id === plan.marks[0]?.id);
  const isMirrored = (begin?.x ?? 0) > width / 2;
  const areaOf = (node: Partial<Area>) => mirrorArea(wholePixels(node), isMirrored ? width : null);
  const areas = new Map(allNodes(graph).map((node) => [node.id, areaOf(node)]));
  const edges = new Map((graph.edges ?? []).map((edge) => [edge.id, edge]));
  const areaNamed = (id: string) => found(areas.get(id), id);
  return {
    width,
    height: Math.round(graph.height ?? 0),
    boxes: plan.boxes.map(({ id, node, text }) => {
      const area = areaNamed(id);
      return { nodeId: node.id, ...area, lines: moved(text.lines, area) };
    }),
    marks: plan.marks.map(({ id, kind, nodeId }) => ({ kind, nodeId, ...areaNamed(id) })),
    arrows: plan.arrows.map(({ id, kind, fromId, toId, isBackward, isError, label }) => {
      const edge = found(edges.get(id), id);
      const area = areaOf(edge.labels?.[0] ?? {});
      const placed = label === null ? null : { ...area, lines: moved(label.lines, area) };
      const points = pointsOf(edge).map(([x, y]): Point => [isMirrored ? width - x : x, y]);
      return { kind, fromId, toId, isError, points: isBackward ? points.reverse() : points, label: placed };
    }),
  };
}

const allNodes = (graph: ElkGraph): ElkGraph[] => (graph.children ?? []).flatMap((node) => [node, ...allNodes(node)]);

function pointsOf({ id, sections }: ElkEdge): Point[] {
  const { startPoint, bendPoints = [], endPoint } = found(sections?.[0], id);
  const points: Point[] = [];
  for (const { x, y } of [startPoint, ...bendPoints, endPoint]) points.push(inLine(points.at(-1), x, y));
  return points;
}

/** ELK keeps lines at least 10 px apart, so a smaller step is straightened. */
const leastStepPx = 3;

function inLine(before: Point | undefined, x: number, y: number): Point {
  const along = (from: number | undefined, to: number) =>
    from !== undefined && Math.abs(from - to) < leastStepPx ? from : Math.round(to);
  return [along(before?.[0], x), along(before?.[1], y)];
}

const mirrorArea = (area: Area, pictureWidth: number | null): Area =>
  pictureWidth === null ? area : { ...area, x: pictureWidth - area.x - area.width };

function wholePixels({ x = 0, y = 0, width = 0, height = 0 }: Partial<Area>): Area {
  return { x: Math.round(x), y: Math.round(y), width: Math.round(width), height: Math.round(height) };
}

const moved = (lines: readonly TextLine[], { x, y }: Area): TextLine[] =>
  lines.map((line) => ({ ...line, x: line.x + x, y: line.y + y }));

function found<T>(item: T | undefined, id: string): T {
  if (item === undefined) throw new Error(`the layout has no ${id}`);
  return item;
}
