import { type FSWatcher, watch } from 'node:fs';
import { AppError } from '../../domain/app-error.ts';
import { dayText, secondText } from '../../domain/clock-text.ts';
import { encodeJson } from '../../domain/encode-json.ts';
import { printable } from '../../domain/printable-text.ts';
import type { JournalRecord } from '../../domain/recipe-run/journal-record.ts';
import type { Journals } from '../../services/journal/journals.ts';
import type { CliHost } from '../cli-host.ts';
import { outputOf } from '../inspect/stream-servers.ts';
import { paintRecord } from '../order/follow-run.ts';
import { type Paint, paintFor } from '../report.ts';
import { findReadableRun } from './find-run.ts';
import type { OpenRuns } from './open-runs.ts';

export interface LogsOptions {
  readonly follow?: boolean;
  readonly json?: boolean;
}

/**
 * `maitred runs logs`: what the run has done, a line for each record. With `follow`, until it has ended, at a request to end, or when stdout is
 * closed.
 * @throws AppError as `findReadableRun` and `Journals.read` do; `unavailable` where the run cannot be watched
 */
export async function printLogs(
  host: CliHost,
  { journals, runsDir }: OpenRuns,
  given: string,
  { follow = false, json: asJson = false }: LogsOptions,
): Promise<void> {
  const { runId } = await findReadableRun(journals, given);
  const ending = new AbortController();
  const output = outputOf(host, () => ending.abort());
  const paint = paintFor(host);
  let printed = 0;
  /** @returns whether the run has ended */
  const printNew = async (reading: Pick<Awaited<ReturnType<Journals['read']>>, 'records' | 'state'>) => {
    const { records, state } = reading;
    for (const record of records.slice(printed))
      for (const line of asJson ? [printable(encodeJson(record))] : linesOf(record, paint))
        if (!ending.signal.aborted) await output.write(`${line}\n`);
    printed = records.length;
    return state.ended !== null;
  };
  if (!follow) {
    await printNew(await journals.read(runId));
    return;
  }
  void host.whenAskedToEnd().then(() => ending.abort());
  const changes = watchFolder(`${runsDir}/${runId}`, ending.signal);
  try {
    while (!ending.signal.aborted) {
      const changed = changes.next();
      if (await printNew(await journals.read(runId))) return;
      await changed;
    }
  } finally {
    changes.close();
  }
}

function linesOf(record: JournalRecord, paint: Paint): readonly string[] {
  const atMs = Date.parse(record.at);
  const time = paint('faint', `${dayText(atMs)}${secondText(atMs).slice(5)}`);
  const [first = '', ...others] = paintRecord(record, paint);
  return [`${time}  ${first}`, ...others.map((line) => `                     ${line}`)];
}

/** Changes of a folder, to wait for, again and again. */
function watchFolder(dir: string, signal: AbortSignal) {
  let notify: () => void = () => undefined;
  const onChange = () => notify();
  let watcher: FSWatcher;
  try {
    watcher = watch(dir, onChange).on('error', onChange);
  } catch (thrown) {
    throw new AppError('unavailable', `${dir} cannot be watched: run the command again without --follow.`, {
      cause: thrown,
    });
  }
  signal.addEventListener('abort', onChange);
  return {
    next: () =>
      new Promise<void>((resolve) => {
        notify = resolve;
      }),
    close() {
      signal.removeEventListener('abort', onChange);
      watcher.close();
    },
  };
}
