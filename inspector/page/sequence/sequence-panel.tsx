import { computed, signal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { createEventLog } from '../../model/event-log.ts';
import { sayCount } from '../../model/say-count.ts';
import { type Sequence, sequenceBefore } from '../../model/sequence.ts';
import { ActorOnly, wantedActorId } from '../log/actor-only.tsx';
import { goTo, moment, recording } from '../page-state.ts';
import { placeOf } from '../parts/place-of.ts';
import { lineGapPx, timePx } from './line-gap.ts';
import { SequenceRow } from './sequence-row.tsx';

/** Of the last so many events. */
const mostArrows = 50;

const log = computed(() =>
  recording.value === null
    ? null
    : createEventLog(recording.value, { onlyEvents: true, sessionId: wantedActorId.value }),
);
const cursorAt = signal<number | null>(null);

/** Which actor has sent what to which, the newest at the bottom. */
export function SequencePanel() {
  const box = useRef<HTMLDivElement>(null);
  const sequence: Sequence | null = log.value === null ? null : sequenceBefore(log.value, moment.value, mostArrows);
  const count = sequence?.arrows.length ?? 0;
  const newest = sequence?.arrows.at(-1)?.row.position;
  useLayoutEffect(() => {
    const element = box.current;
    const arrow = sequence?.arrows.at(-1);
    if (element === null || arrow === undefined) return;
    const rightPx = timePx + (Math.max(arrow.from, arrow.to) + 1) * lineGapPx;
    const leftPx = Math.min(arrow.from, arrow.to) * lineGapPx;
    const left = Math.min(Math.max(element.scrollLeft, rightPx - element.clientWidth), leftPx);
    element.scrollTo({ top: element.scrollHeight, left });
  }, [newest]);
  useLayoutEffect(() => {
    if (cursorAt.value !== null) box.current?.querySelector('.cursor')?.scrollIntoView({ block: 'nearest' });
  }, [cursorAt.value]);
  if (sequence === null || count === 0)
    return (
      <>
        <Filters />
        <p class="nothing">No event between actors before this moment.</p>
      </>
    );

  const { lifelines, arrows, before } = sequence;
  const found = arrows.findIndex(({ row }) => row.position === cursorAt.value);
  const at = found < 0 ? count - 1 : found;
  const show = (index: number) => {
    const row = arrows[index]?.row;
    if (row === undefined) return;
    cursorAt.value = row.position;
    goTo((recording.value?.outcomeOf(row.position)?.position ?? row.position) + 1);
  };
  const placeAfter: Readonly<Record<string, number>> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: count - 1 };
  const widthPx = lifelines.length * lineGapPx;
  return (
    <>
      <Filters />
      <div class="sequence scroll" ref={box}>
        <ol class="lifelines" aria-label="Actors of the sequence" style={{ width: `${timePx + widthPx}px` }}>
          {lifelines.map(({ sessionId, name }) => (
            <li key={sessionId ?? ''} title={sessionId ?? name}>
              {name}
            </li>
          ))}
        </ol>
        {before === 0 ? null : <p class="earlier quiet">{sayCount(before)} earlier events</p>}
        <div
          class="arrows"
          role="listbox"
          aria-label="Events between actors"
          aria-activedescendant={`arrow-${at}`}
          tabIndex={0}
          data-view="sequence"
          style={{ width: `${timePx + widthPx}px`, '--gap': `${lineGapPx}px` }}
          onClick={({ target }) => show(placeOf(target))}
          onKeyDown={(event) => {
            const place = placeAfter[event.key];
            if (place !== undefined)
              cursorAt.value = arrows[Math.min(Math.max(place, 0), count - 1)]?.row.position ?? null;
            else if (event.key === 'Enter' || event.key === ' ') show(at);
            else return;
            event.preventDefault();
          }}
        >
          {arrows.map((arrow, index) => (
            <SequenceRow key={arrow.row.position} arrow={arrow} place={index} isCursor={index === at} />
          ))}
        </div>
      </div>
    </>
  );
}

function Filters() {
  return (
    <div class="filters">
      <ActorOnly />
    </div>
  );
}
