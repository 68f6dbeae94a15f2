import type { LogRow } from '../../model/log-row.ts';
import { sayEvent } from '../../model/say-event.ts';
import { sayParties } from '../../model/say-parties.ts';
import { sayClock } from '../../model/time-words.ts';
import { server } from '../page-state.ts';

/** A row of the log: when, what, between whom. */
export function LogLine({ row }: { readonly row: LogRow }) {
  const { atMs, text } = row;
  const between = sayParties(row);
  return (
    <>
      <span class="quiet">{sayClock(atMs)}</span>
      <span class="what" title={text}>
        {row.isError ? <span class="sign error" /> : null}
        {sayEvent(row, server.value?.recording.outcomeOf(row.position)?.transitions[0]?.taken.source)}
      </span>
      <span class="to" title={between}>
        {between}
      </span>
    </>
  );
}
