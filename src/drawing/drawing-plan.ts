import { type Arrow, leadsInward } from './arrow.ts';
import { boxText, edgeLine, narrow } from './box-lines.ts';
import type { Chart, ChartNode } from './chart.ts';
import { planEdges } from './edge-plan.ts';
import type { LaidArrow, Mark, TextLine } from './layout.ts';
import { type BoxText, heightBelow } from './place-lines.ts';
import { textWidth } from './text-width.ts';
import { sizes } from './type-sizes.ts';

/** Everything to draw of a chart, measured but not placed yet. Ids are unique within the plan. */
export interface DrawingPlan {
  readonly boxes: readonly PlannedBox[];
  readonly marks: readonly PlannedMark[];
  readonly arrows: readonly PlannedArrow[];
}

export interface PlannedBox {
  readonly id: string;
  readonly node: ChartNode;
  readonly text: BoxText;
}

export interface PlannedMark extends Pick<Mark, 'kind' | 'nodeId' | 'width' | 'height'> {
  readonly id: string;
}

export interface PlannedArrow extends Omit<LaidArrow, 'points' | 'label'> {
  readonly id: string;
  /** The id of a box or a mark. */
  readonly begin: string;
  /** The id of a box. */
  readonly end: string;
  /** Leads to a state that precedes its source in the chart. */
  readonly isBackward: boolean;
  readonly label: { readonly lines: readonly TextLine[]; readonly width: number; readonly height: number } | null;
}

/** The text of the mark at which an arrow from every state of a box begins. */
export const anyStateText = 'any state';
const dotSize = 10;
const labelLineHeight = 14;
const labelPadding = { x: 6, y: 1 };

export function planDrawing(chart: Chart): DrawingPlan {
  const { arrows, reactions } = planEdges(chart);
  const boxes = chart.nodes.map((node) => ({ id: boxId(node.id), node, text: boxText(node, chart, reactions) }));
  const firsts = chart.nodes.flatMap(({ id, initialId }) => (initialId === null ? [] : [{ id, initialId }]));
  const planned = arrows.map((arrow, at) => ({ arrow, at, isInward: leadsInward(arrow, chart) }));
  const placeOf = (nodeId: string) => chart.nodes.findIndex(({ id }) => id === nodeId);
  return {
    boxes,
    marks: [
      ...firsts.map(({ id }) => ({ id: dotId(id), kind: 'initial', nodeId: id, ...square(dotSize) }) as const),
      ...planned.flatMap(({ arrow, at, isInward }) => (isInward ? [anyMark(arrow.fromId, at)] : [])),
    ],
    arrows: [
      ...firsts.map(({ id, initialId }) => firstArrow(id, initialId)),
      ...planned.map(({ arrow, at, isInward }) => ({
        ...planArrow(arrow, at, isInward ? anyId(at) : boxId(arrow.fromId)),
        isBackward: !isInward && placeOf(arrow.toId) < placeOf(arrow.fromId),
      })),
    ],
  };
}

function firstArrow(id: string, initialId: string): PlannedArrow {
  const ends = { begin: dotId(id), end: boxId(initialId), fromId: id, toId: initialId };
  return { id: `first:${id}`, kind: 'initial', ...ends, isBackward: false, isError: false, label: null };
}

function planArrow(
  { fromId, toId, edges }: Arrow & { toId: string },
  at: number,
  begin: string,
): Omit<PlannedArrow, 'isBackward'> {
  const lines = edges.map((edge) => narrow(edgeLine('label', edge)));
  const width = Math.max(...lines.map((line) => line.width)) + 2 * labelPadding.x;
  let bottom = labelPadding.y;
  const placed = lines.map((line) => {
    const y = bottom + 11;
    bottom += labelLineHeight + heightBelow(line);
    return { ...line, x: Math.floor((width - line.width) / 2), y };
  });
  return {
    id: `arrow:${at}`,
    kind: 'transition',
    begin,
    end: boxId(toId),
    fromId,
    toId,
    isError: edges.every((edge) => edge.isError),
    label: { lines: placed, width, height: bottom + labelPadding.y },
  };
}

const anyMark = (nodeId: string, at: number): PlannedMark => {
  const width = textWidth(anyStateText, sizes.text) + 16;
  return { id: anyId(at), kind: 'any', nodeId, width, height: 20 };
};

const square = (size: number) => ({ width: size, height: size });
const boxId = (nodeId: string) => `box:${nodeId}`;
const dotId = (nodeId: string) => `dot:${nodeId}`;
const anyId = (at: number) => `any:${at}`;
