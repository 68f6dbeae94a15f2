import { printable } from '../domain/printable-text.ts';
import { conditionOf } from './arrow.ts';
import type { Chart, ChartEdge, ChartNode } from './chart.ts';
import { invokeText } from './describe-chart.ts';
import type { Reaction } from './edge-plan.ts';
import type { LineKind, TextLine } from './layout.ts';
import { type BoxText, frameTextWidth, placeInColumn, placeInRows } from './place-lines.ts';
import { textWidth, wrapText } from './text-width.ts';
import { triggerText } from './trigger.ts';
import { sizes } from './type-sizes.ts';

export function boxText(node: ChartNode, chart: Chart, reactions: readonly Reaction[]): BoxText {
  const unplaced = node.parentId === null ? frameHead(chart) : [written('name', stateName(node))];
  const own = reactions.filter(({ edge }) => edge.fromId === node.id);
  unplaced.push(
    ...hiddenLine(node),
    ...node.work.invokes.map((invoke) => written('invoke', invokeText(invoke), invoke.id)),
    ...node.work.spawns.map((name) => written('spawn', name, name)),
    ...own.map((reaction) => reactionLine(reaction, chart)),
  );
  return node.parentId === null ? placeInRows(unplaced) : placeInColumn(unplaced.map(narrow), nameSign(node));
}

function hiddenLine({ hiddenStates }: ChartNode): TextLine[] {
  if (hiddenStates === undefined) return [];
  return [written('inside', hiddenStates === 1 ? '1 state inside' : `${hiddenStates} states inside`)];
}

/** Final and history states have a sign before their name. */
function nameSign({ type }: ChartNode): number {
  if (type === 'history') return sizes.historySign;
  return type === 'final' ? sizes.sign : 0;
}

export const stateName = ({ id, path }: ChartNode): string => path.at(-1) ?? id;

/** A line with the trigger of an edge. */
export function edgeLine(kind: LineKind, edge: ChartEdge, toName: string | null = null): TextLine {
  const condition = conditionOf(edge);
  return measured({
    ...blank,
    kind,
    text: printable(triggerText(edge.trigger)),
    condition: condition === null ? null : printable(condition),
    toId: toName === null ? null : edge.toId,
    toName: toName === null ? null : printable(toName),
    eventType: edge.eventType,
    isError: edge.isError,
  });
}

function reactionLine({ kind, edge }: Reaction, { nodes }: Chart): TextLine {
  const target = kind === 'leads' ? nodes.find(({ id }) => id === edge.toId) : undefined;
  return edgeLine(kind, edge, target === undefined ? null : stateName(target));
}

function frameHead({ id, description }: Chart): TextLine[] {
  const lines = description === null ? [] : wrapText(printable(description), sizes.text, frameTextWidth);
  return [written('chart', id), ...lines.map((line) => written('description', line))];
}

/** A longer line makes its picture wide. */
const longestLinePx = 220;

/** Moves the condition of a long line below its text. */
export function narrow(line: TextLine): TextLine {
  if (line.condition === null || line.width <= longestLinePx) return line;
  return measured({ ...line, below: wrapText(`[${line.condition}]`, sizes.text, longestLinePx) });
}

const blank = {
  condition: null,
  below: [],
  toId: null,
  toName: null,
  actor: null,
  eventType: null,
  isError: false,
  x: 0,
  y: 0,
  width: 0,
};

const written = (kind: LineKind, text: string, actor: string | null = null): TextLine =>
  measured({ ...blank, kind, text: printable(text), actor });

function measured(line: TextLine): TextLine {
  const isBold = line.kind === 'name' || line.kind === 'chart';
  const widths = [firstRow(line), ...line.below].map((row) => textWidth(row, letterSize(line.kind), isBold));
  return { ...line, width: Math.max(...widths) };
}

const firstRow = ({ text, condition, below, toName }: TextLine): string =>
  `${text}${condition === null || below.length > 0 ? '' : ` [${condition}]`}${toName === null ? '' : ` → ${toName}`}`;

function letterSize(kind: LineKind): number {
  if (kind === 'chart') return sizes.chart;
  return kind === 'name' ? sizes.name : sizes.text;
}
