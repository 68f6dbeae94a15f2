import type { LineKind, TextLine } from './layout.ts';
import { sizes } from './type-sizes.ts';

/** The text of a box, relative to its corner, and its size. */
export interface BoxText {
  readonly lines: readonly TextLine[];
  readonly width: number;
  readonly height: number;
}

const signed: readonly LineKind[] = ['invoke', 'spawn', 'stays', 'reenters', 'leads'];

/** Places the lines of a state below each other. */
export function placeInColumn(unplaced: readonly TextLine[], nameSignWidth: number): BoxText {
  let bottom = 20;
  const lines = unplaced.map((line, row) => {
    const sign = row === 0 ? nameSignWidth : sizes.sign;
    const y = bottom + (row === 0 ? 0 : sizes.lineHeight) + (row === 1 ? 3 : 0);
    bottom = y + heightBelow(line);
    return { ...line, x: sizes.padding + sign, y };
  });
  return { lines, width: rightOf(lines) + sizes.padding, height: bottom + 10 };
}

/** The height of the rows below the text of a line. */
export const heightBelow = ({ below }: TextLine): number => below.length * sizes.rowHeight;

/** The maximum width of the text below a chart's name. */
export const frameTextWidth = 500;
const gapInRow = 18;

/** Places the lines of the chart itself in rows below its name. */
export function placeInRows(unplaced: readonly TextLine[]): BoxText {
  const lines: TextLine[] = [];
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
      before === undefined ? 22 : before.y + (isBeside ? 0 : sizes.lineHeight + (before.kind === 'chart' ? 4 : 0));
    lines.push({ ...line, x: isBeside ? beside : sizes.padding + sign, y });
  }
  return { lines, width: rightOf(lines) + sizes.padding, height: (lines.at(-1)?.y ?? 0) + 6 };
}

const rightOf = (lines: readonly TextLine[]) => Math.max(...lines.map((line) => line.x + line.width));
