import { sayEvent } from '../../model/say-event.ts';
import { sayParties } from '../../model/say-parties.ts';
import type { SequenceArrow } from '../../model/sequence.ts';
import { sayClock } from '../../model/time-words.ts';
import { server } from '../page-state.ts';
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
  const words = `${sayClock(row.atMs)} ${sayParties(row)}: ${row.text}`;
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
      <span class="at">{sayClock(row.atMs)}</span>
      <span class="for-readers">{sayParties(row)}: </span>
      <span class="stroke" style={{ left: `${leftPx}px`, width: `${widthPx}px` }} />
      <span class="word" style={{ left: `${leftPx + 7}px` }}>
        {sayEvent(row, server.value?.recording.outcomeOf(row.position)?.transitions[0]?.taken.source)}
      </span>
    </div>
  );
}
