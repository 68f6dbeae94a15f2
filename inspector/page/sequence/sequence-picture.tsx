import { signal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { countText } from '../../../src/domain/count-text.ts';
import { type Sequence, touchedLifelines } from '../../model/sequence.ts';
import { goTo, recording } from '../page-state.ts';
import { itemIndexOf } from '../widgets/item-index.ts';
import { withBreaks } from '../widgets/with-breaks.tsx';
import { SequenceRow, timePx } from './sequence-row.tsx';
import { useScrolled } from './use-scrolled.ts';

/** The minimum distance between two lifelines. */
const leastGapPx = 48;
/** The height of an arrow with its text. */
const rowPx = 30;
/** The heights of the names above the lifelines and of the line about earlier events; the style sheet has the same values. */
const namesPx = 44;
const earlierPx = 24;

const cursorAt = signal<number | null>(null);

/** The lifelines that the visible arrows touch, and the arrows. */
export function SequencePicture({ lifelines, arrows, before }: Sequence) {
  const box = useRef<HTMLDivElement>(null);
  const { topPx, heightPx, widthPx } = useScrolled(box).value;
  const count = arrows.length;

  const aboveRowsPx = before === 0 ? 0 : earlierPx;
  const firstSeen = Math.min(count - 1, Math.floor(Math.max(0, topPx - aboveRowsPx) / rowPx));
  const endOfSeen = Math.ceil((topPx + heightPx - namesPx - aboveRowsPx) / rowPx);
  const shown = touchedLifelines(arrows.slice(firstSeen, Math.max(endOfSeen, firstSeen + 1)));
  const gapPx = Math.max(leastGapPx, Math.floor((widthPx - timePx) / shown.length));
  const wholePx = timePx + shown.length * gapPx;

  const newest = arrows.at(-1);
  const newestEnds = newest === undefined ? [] : [shown.indexOf(newest.from ?? newest.to), shown.indexOf(newest.to)];
  useLayoutEffect(() => {
    box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [newest?.row.position]);
  useLayoutEffect(() => {
    if (box.current === null || newestEnds.includes(-1)) return;
    const { scrollLeft, clientWidth } = box.current;
    const [leftPx, rightPx] = [Math.min(...newestEnds) * gapPx, timePx + (Math.max(...newestEnds) + 1) * gapPx];
    box.current.scrollLeft = Math.min(Math.max(scrollLeft, rightPx - clientWidth), leftPx);
  }, [newestEnds.join(), gapPx]);
  useLayoutEffect(() => {
    if (cursorAt.value !== null) box.current?.querySelector('.cursor')?.scrollIntoView({ block: 'nearest' });
  }, [cursorAt.value]);

  const found = arrows.findIndex(({ row }) => row.position === cursorAt.value);
  const at = found < 0 ? count - 1 : found;
  const show = (index: number) => {
    const row = arrows[index]?.row;
    if (row === undefined) return;
    cursorAt.value = row.position;
    goTo((recording.value?.outcomeOf(row.position)?.position ?? row.position) + 1);
  };
  const placeAfter: Readonly<Record<string, number>> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: count - 1 };
  return (
    <div class="sequence" ref={box}>
      <ol class="lifelines" aria-label="Actors of the sequence" style={{ width: `${wholePx}px` }}>
        {shown.map((line) => {
          const { sessionId = null, name = '' } = lifelines[line] ?? {};
          return (
            <li key={line} title={sessionId === null ? name : `${name}, ${sessionId}`}>
              <span>{withBreaks(name)}</span>
            </li>
          );
        })}
      </ol>
      {before === 0 ? null : <p class="earlier quiet">{countText(before, 'earlier event')}</p>}
      <div
        class="arrows"
        role="listbox"
        aria-label="Events between actors"
        aria-activedescendant={`arrow-${at}`}
        tabIndex={0}
        data-view="sequence"
        style={{ width: `${wholePx}px`, '--gap': `${gapPx}px` }}
        onClick={({ target }) => show(itemIndexOf(target))}
        onKeyDown={(event) => {
          const place = placeAfter[event.key];
          if (place !== undefined)
            cursorAt.value = arrows[Math.min(Math.max(place, 0), count - 1)]?.row.position ?? null;
          else if (event.key === 'Enter' || event.key === ' ') show(at);
          else return;
          event.preventDefault();
        }}
      >
        {arrows.map(({ from, to, row }, index) => (
          <SequenceRow
            key={row.position}
            row={row}
            from={from === null ? null : shown.indexOf(from)}
            to={shown.indexOf(to)}
            lines={shown.length}
            gapPx={gapPx}
            place={index}
            isCursor={index === at}
          />
        ))}
      </div>
    </div>
  );
}
