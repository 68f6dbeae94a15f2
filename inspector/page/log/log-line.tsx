import { clockText } from '../../../src/domain/clock-text.ts';
import { describeRoute, describeRow, type LogRow } from '../../model/log-row.ts';
import { recording } from '../page-state.ts';

/** A row of the log: time, event, sender and receiver. */
export function LogLine({ row }: { readonly row: LogRow }) {
  const { atMs, text } = row;
  const route = describeRoute(row);
  return (
    <>
      <span class="quiet">{clockText(atMs)}</span>
      <span class="what" title={text}>
        {row.isError ? <span class="sign error" /> : null}
        {recording.value === null ? text : describeRow(row, recording.value)}
      </span>
      <span class="to" title={route}>
        {route}
      </span>
    </>
  );
}
