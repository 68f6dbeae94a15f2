import { clockText } from '../../../src/domain/clock-text.ts';
import { describeRoute, describeRow, type LogRow } from '../../model/log-row.ts';
import { recording } from '../page-state.ts';

/** The width of the times to the left of the lifelines. */
export const timePx = 84;

export interface SequenceRowProps {
  readonly row: LogRow;
  /** Indexes among the shown lifelines; -1: not shown, because the row is not visible. null draws a short arrow. */
  readonly from: number | null;
  readonly to: number;
  readonly lines: number;
  readonly gapPx: number;
  readonly place: number;
  readonly isCursor: boolean;
}

/** The distance of the text from the lifeline. */
const besidePx = 7;
const shortPx = 20;

/** One event as an arrow between two lifelines, or as a dot if an actor sent it to itself. The text is on the side with more room. */
export function SequenceRow({ row, from, to, lines, gapPx, place, isCursor }: SequenceRowProps) {
  const [left, right] = [Math.min(from ?? to, to), Math.max(from ?? to, to)];
  const leftPx = timePx + (left + 0.5) * gapPx;
  const fromRightPx = (lines - right - 0.5) * gapPx + (from === null ? shortPx : 0);
  const stroke =
    from === null
      ? { left: `${leftPx - shortPx}px`, width: `${shortPx}px` }
      : { left: `${leftPx}px`, width: `${(right - left) * gapPx}px` };
  const text = recording.value === null ? row.text : describeRow(row, recording.value);
  const title = `${clockText(row.atMs)} ${describeRoute(row)}: ${text}`;
  return (
    <div
      id={`arrow-${place}`}
      data-place={place}
      tabIndex={-1}
      class={`arrow ${directionOf(from, to)} ${row.isError ? 'failed' : ''} ${isCursor ? 'cursor' : ''}`}
      role="option"
      aria-selected={isCursor}
      title={title}
    >
      <span class="at">{clockText(row.atMs)}</span>
      <span class="for-readers">{describeRoute(row)}: </span>
      {left < 0 ? null : <span class="stroke" style={stroke} />}
      <span
        class="word"
        style={left >= lines / 2 ? { right: `${fromRightPx + besidePx}px` } : { left: `${leftPx + besidePx}px` }}
      >
        {text}
      </span>
    </div>
  );
}

function directionOf(from: number | null, to: number): string {
  if (from === null) return 'short right';
  return to > from ? 'right' : to < from ? 'left' : 'self';
}
