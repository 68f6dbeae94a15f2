import { type FSWatcher, watch } from 'node:fs';
import { toFault } from '../../../domain/app-error.ts';
import type { ServerRecord } from '../../../domain/server-record.ts';
import type { StateFolder } from '../../../domain/state-folder.ts';
import { startInterval, startTimer } from '../../../domain/timers.ts';
import { createServerRecordReader, isServerAlive, type ServerRecordReaderOptions } from './server-record-reader.ts';

export interface FollowServersOptions extends ServerRecordReaderOptions {
  readonly folder: Pick<StateFolder, 'serversDir' | 'socketsDir' | 'lastServerFile'>;
  /** Called with the records of all servers whose process runs, in order of start: at once, after each change of a record or socket, and every second. */
  onServers(running: readonly ServerRecord[]): void;
  /** Called once with the reason why the records cannot be read. Reading is retried. */
  report(problem: string): void;
}

/** Finds changes that the system does not announce, such as the death of a process. */
const readEveryMs = 1_000;
/** Many changes at once lead to one reading. */
const settleMs = 50;

/** Follows which servers run. Keeps no process alive. @returns a function that ends it */
export function followServers({ folder, ownUid, onServers, report }: FollowServersOptions): () => void {
  const reader = createServerRecordReader({ folder, ownUid });
  const watchers = new Map<string, FSWatcher>();
  let settling: NodeJS.Timeout | null = null;
  let reported = '';

  const readRunning = () => {
    try {
      const { records } = reader.list();
      reported = '';
      return records.filter(isServerAlive);
    } catch (problem) {
      const { message } = toFault(problem);
      if (message !== reported) report(message);
      reported = message;
      return null;
    }
  };
  const update = () => {
    settling = null;
    for (const dir of [folder.serversDir, folder.socketsDir]) watchFolder(dir);
    const running = readRunning();
    if (running !== null) onServers(running);
  };
  /** Where the folder does not exist yet, or the system allows no more watches, the clock finds the changes. */
  const watchFolder = (dir: string) => {
    if (watchers.has(dir)) return;
    try {
      const watcher = watch(dir, { persistent: false }, () => {
        settling ??= startTimer(update, settleMs);
      });
      watchers.set(
        dir,
        watcher.on('error', () => watchers.delete(dir)),
      );
    } catch {
      // Retried with the next update.
    }
  };
  update();
  const clock = startInterval(update, readEveryMs);
  return () => {
    clearInterval(clock);
    if (settling !== null) clearTimeout(settling);
    for (const watcher of watchers.values()) watcher.close();
  };
}
