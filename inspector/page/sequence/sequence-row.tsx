import { clockText } from '../../../src/domain/clock-text.ts';
import type { LogRow } from '../../model/log-row.ts';
import { sayParties } from '../../model/say-parties.ts';
import { sayRow } from '../../model/say-row.ts';
import { recording } from '../page-state.ts';
import { timePx } from './sequence-sizes.ts';

export interface SequenceRowProps {
  readonly row: LogRow;
  /** Numbers of the lifelines that are shown; -1: it is not, as the row is not seen either. From null leads a short arrow. */
  readonly from: number | null;
  readonly to: number;
  readonly lines: number;
  readonly gapPx: number;
  readonly place: number;
  readonly isCursor: boolean;
}

/** Of the words from the lifeline. */
const besidePx = 7;
const shortPx = 20;

/** One event as an arrow from lifeline to lifeline; one to itself is a dot. Its words stand on that side on which there is more room. */
export function SequenceRow({ row, from, to, lines, gapPx, place, isCursor }: SequenceRowProps) {
  const [left, right] = [Math.min(from ?? to, to), Math.max(from ?? to, to)];
  const leftPx = timePx + (left + 0.5) * gapPx;
  const fromRightPx = (lines - right - 0.5) * gapPx + (from === null ? shortPx : 0);
  const stroke =
    from === null
      ? { left: `${leftPx - shortPx}px`, width: `${shortPx}px` }
      : { left: `${leftPx}px`, width: `${(right - left) * gapPx}px` };
  const words = `${clockText(row.atMs)} ${sayParties(row)}: ${row.text}`;
  return (
    <div
      id={`arrow-${place}`}
      data-place={place}
      tabIndex={-1}
      class={`arrow ${directionOf(from, to)} ${row.isError ? 'failed' : ''} ${isCursor ? 'cursor' : ''}`}
      role="option"
      aria-selected={isCursor}
      title={words}
    >
      <span class="at">{clockText(row.atMs)}</span>
      <span class="for-readers">{sayParties(row)}: </span>
      {left < 0 ? null : <span class="stroke" style={stroke} />}
      <span
        class="word"
        style={left >= lines / 2 ? { right: `${fromRightPx + besidePx}px` } : { left: `${leftPx + besidePx}px` }}
      >
        {recording.value === null ? row.text : sayRow(row, recording.value)}
      </span>
    </div>
  );
}

function directionOf(from: number | null, to: number): string {
  if (from === null) return 'short right';
  return to > from ? 'right' : to < from ? 'left' : 'self';
}
