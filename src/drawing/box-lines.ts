import { printable } from '../domain/printable-text.ts';
import { conditionOf } from './arrow.ts';
import type { Chart, ChartEdge, ChartNode } from './chart.ts';
import type { Reaction } from './edge-plan.ts';
import type { Line, LineKind } from './layout.ts';
import { textWidth } from './text-width.ts';
import { triggerText } from './trigger.ts';
import { sizes } from './type-sizes.ts';

/** What is written in a box, from its corner, and how much room that takes. */
export interface BoxText {
  readonly lines: readonly Line[];
  readonly width: number;
  readonly height: number;
}

export function boxText(node: ChartNode, chart: Chart, reactions: readonly Reaction[]): BoxText {
  const unplaced = node.parentId === null ? frameHead(chart) : [written('name', nameOf(node))];
  const own = reactions.filter(({ edge }) => edge.fromId === node.id);
  unplaced.push(
    ...node.work.invokes.map((name) => written('invoke', name)),
    ...node.work.spawns.map((name) => written('spawn', name)),
    ...own.map((reaction) => reactionLine(reaction, chart)),
  );
  return node.parentId === null ? placeInRows(unplaced) : placeInColumn(unplaced, nameSign(node));
}

/** What ends or remembers bears a sign before its name. */
function nameSign({ type }: ChartNode): number {
  if (type === 'history') return sizes.historySign;
  return type === 'final' ? sizes.sign : 0;
}

export const nameOf = ({ id, path }: ChartNode): string => path.at(-1) ?? id;

/** A line that says what takes an edge. */
export function edgeLine(kind: LineKind, edge: ChartEdge, toName: string | null = null): Line {
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

function reactionLine({ kind, edge }: Reaction, { nodes }: Chart): Line {
  const target = kind === 'leads' ? nodes.find(({ id }) => id === edge.toId) : undefined;
  return edgeLine(kind, edge, target === undefined ? null : nameOf(target));
}

function frameHead({ id, description }: Chart): Line[] {
  const lines = description === null ? [] : wrap(printable(description), frameTextWidth);
  return [written('chart', id), ...lines.map((line) => written('description', line))];
}

const blank = { condition: null, toId: null, toName: null, eventType: null, isError: false, x: 0, y: 0, width: 0 };

const written = (kind: LineKind, text: string): Line => measured({ ...blank, kind, text: printable(text) });

function measured(line: Line): Line {
  const isBold = line.kind === 'name' || line.kind === 'chart';
  return { ...line, width: textWidth(lineText(line), letterSize(line.kind), isBold) };
}

/** All that is written on a line. */
export const lineText = ({ text, condition, toName }: Line): string =>
  `${text}${condition === null ? '' : ` [${condition}]`}${toName === null ? '' : ` → ${toName}`}`;

export function letterSize(kind: LineKind): number {
  if (kind === 'chart') return sizes.chart;
  return kind === 'name' ? sizes.name : sizes.text;
}

const signed: readonly LineKind[] = ['invoke', 'spawn', 'stays', 'reenters', 'leads'];

/** The lines of a state stand below each other. */
function placeInColumn(unplaced: readonly Line[], nameSignWidth: number): BoxText {
  const gap = unplaced.length > 1 ? 3 : 0;
  const lines = unplaced.map((line, row) => {
    const sign = row === 0 ? nameSignWidth : sizes.sign;
    const y = row === 0 ? 20 : 20 + gap + row * sizes.lineHeight;
    return { ...line, x: sizes.padding + sign, y };
  });
  return { lines, width: rightOf(lines) + sizes.padding, height: (lines.at(-1)?.y ?? 0) + 11 };
}

const frameTextWidth = 500;
const gapInRow = 18;

/** What holds in every state of the chart stands beside each other below its name, as many lines as there is room for. */
function placeInRows(unplaced: readonly Line[]): BoxText {
  const lines: Line[] = [];
  for (const line of unplaced) {
    const isSigned = signed.includes(line.kind);
    const sign = isSigned ? sizes.sign : 0;
    const before = lines.at(-1);
    const beside = before === undefined ? 0 : before.x + before.width + gapInRow + sign;
    const isBeside =
      isSigned &&
      before !== undefined &&
      signed.includes(before.kind) &&
      beside + line.width <= sizes.padding + frameTextWidth;
    const y =
      before === undefined ? 24 : before.y + (isBeside ? 0 : sizes.lineHeight + (before.kind === 'chart' ? 4 : 0));
    lines.push({ ...line, x: isBeside ? beside : sizes.padding + sign, y });
  }
  return { lines, width: rightOf(lines) + sizes.padding, height: (lines.at(-1)?.y ?? 0) + 11 };
}

const rightOf = (lines: readonly Line[]) => Math.max(...lines.map((line) => line.x + line.width));

function wrap(text: string, widthPx: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length === 0 || textWidth(longer, sizes.text) > widthPx) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}
