import { clockText } from '../../../src/domain/clock-text.ts';
import type { Note } from '../../model/session-timeline.ts';
import { PartText } from './part-text.tsx';

/** What happened beside the turns, on one line. */
export function NoteView({ note: { atMs, text, isError, detail } }: { readonly note: Note }) {
  return (
    <>
      <p class={isError ? 'failed' : undefined}>
        {isError ? <span class="sign error" aria-hidden="true" /> : null}
        {text} {atMs === null ? null : <span class="quiet">{clockText(atMs)}</span>}
      </p>
      {detail === null ? null : <PartText part={detail} />}
    </>
  );
}
