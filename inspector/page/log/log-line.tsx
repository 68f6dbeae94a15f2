import { clockText } from '../../../src/domain/clock-text.ts';
import type { LogRow } from '../../model/log-row.ts';
import { sayParties } from '../../model/say-parties.ts';
import { sayRow } from '../../model/say-row.ts';
import { recording } from '../page-state.ts';

/** A row of the log: when, what, between whom. */
export function LogLine({ row }: { readonly row: LogRow }) {
  const { atMs, text } = row;
  const between = sayParties(row);
  return (
    <>
      <span class="quiet">{clockText(atMs)}</span>
      <span class="what" title={text}>
        {row.isError ? <span class="sign error" /> : null}
        {recording.value === null ? text : sayRow(row, recording.value)}
      </span>
      <span class="to" title={between}>
        {between}
      </span>
    </>
  );
}
