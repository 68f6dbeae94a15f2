import type { SequenceArrow } from '../../model/sequence.ts';
import { sayClock } from '../../model/time-words.ts';
import { sayEvent } from '../log/say-event.ts';
import { sayParties } from '../log/say-parties.ts';
import { lineGapPx } from './line-gap.ts';

export interface SequenceRowProps {
  readonly arrow: SequenceArrow;
  readonly id: string;
  readonly isCursor: boolean;
  readonly onShow: () => void;
}

/** One event as an arrow from lifeline to lifeline; one to itself is a dot. */
export function SequenceRow({ arrow: { from, to, row }, id, isCursor, onShow }: SequenceRowProps) {
  const left = Math.min(from, to);
  const widthPx = Math.abs(to - from) * lineGapPx;
  const direction = to > from ? 'right' : to < from ? 'left' : 'self';
  const words = `${sayClock(row.atMs)} ${sayParties(row)}: ${row.text}`;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the focus stays on the whole
    // biome-ignore lint/a11y/useKeyWithClickEvents: the whole has the keys
    <div
      id={id}
      class={`arrow ${direction} ${row.isError ? 'failed' : ''} ${isCursor ? 'cursor' : ''}`}
      role="option"
      aria-selected={isCursor}
      aria-label={words}
      title={words}
      onClick={onShow}
    >
      <span class="stroke" style={{ left: `${(left + 0.5) * lineGapPx}px`, width: `${widthPx}px` }} />
      <span class="word" style={{ left: `${(left + 0.5) * lineGapPx + 7}px` }}>
        {sayEvent(row)}
      </span>
    </div>
  );
}
