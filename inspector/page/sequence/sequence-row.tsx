import { clockText } from '../../../src/domain/clock-text.ts';
import { sayParties } from '../../model/say-parties.ts';
import { sayRow } from '../../model/say-row.ts';
import type { SequenceArrow } from '../../model/sequence.ts';
import { recording } from '../page-state.ts';
import { lineGapPx, timePx } from './line-gap.ts';

export interface SequenceRowProps {
  readonly arrow: SequenceArrow;
  readonly place: number;
  readonly isCursor: boolean;
}

/** One event as an arrow from lifeline to lifeline; one to itself is a dot. */
export function SequenceRow({ arrow: { from, to, row }, place, isCursor }: SequenceRowProps) {
  const left = Math.min(from, to);
  const leftPx = timePx + (left + 0.5) * lineGapPx;
  const widthPx = Math.abs(to - from) * lineGapPx;
  const direction = to > from ? 'right' : to < from ? 'left' : 'self';
  const words = `${clockText(row.atMs)} ${sayParties(row)}: ${row.text}`;
  return (
    <div
      id={`arrow-${place}`}
      data-place={place}
      tabIndex={-1}
      class={`arrow ${direction} ${row.isError ? 'failed' : ''} ${isCursor ? 'cursor' : ''}`}
      role="option"
      aria-selected={isCursor}
      title={words}
    >
      <span class="at">{clockText(row.atMs)}</span>
      <span class="for-readers">{sayParties(row)}: </span>
      <span class="stroke" style={{ left: `${leftPx}px`, width: `${widthPx}px` }} />
      <span class="word" style={{ left: `${leftPx + 7}px` }}>
        {recording.value === null ? row.text : sayRow(row, recording.value)}
      </span>
    </div>
  );
}
