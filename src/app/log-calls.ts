import { toFault } from '../domain/app-error.ts';
import type { CallLog, KeptCall } from '../front/call-log.ts';
import type { CallLogFile } from './call-log-file.ts';
import type { Host } from './host.ts';

/** The calls that are written to the file of `--log-calls`. */
export interface LoggedCalls {
  /** Writes all that have been answered until now. */
  flush(): void;
}

/**
 * Writes each answered call to the file that the command line names, after the turn in which it was answered. A host whose file cannot be
 * written is degraded, and writes no more of them.
 * @param whenQuiet settles when the first calls have had their turn: what writes the file is loaded then, or with the first `flush`
 */
export function logCalls({ context, send }: Host, callLog: CallLog, whenQuiet: Promise<void>): LoggedCalls {
  const { callLogFile: path } = context.place;
  if (path === null) return { flush: () => undefined };
  let file: CallLogFile | null = null;
  let unwritten: KeptCall[] = [];
  let isGivenUp = false;
  let isScheduled = false;

  const flush = () => {
    isScheduled = false;
    if (isGivenUp) return;
    const calls = unwritten;
    unwritten = [];
    try {
      file ??= context.files.load<typeof import('./work.ts')>('work').openCallLogFile(context, path);
      file.write(calls);
    } catch (problem) {
      isGivenUp = true;
      unsubscribe();
      send({ type: 'DEGRADED', what: 'the call log', cause: toFault(problem).message });
    }
  };
  const unsubscribe = callLog.subscribe((call) => {
    if (call.outcome === null) return;
    unwritten.push(call);
    if (file === null || isScheduled) return;
    isScheduled = true;
    setImmediate(flush);
  });
  void whenQuiet.then(flush);
  return { flush };
}
