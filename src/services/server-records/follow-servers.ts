import { type FSWatcher, watch } from 'node:fs';
import { toFault } from '../../domain/app-error.ts';
import type { ServerRecord } from '../../domain/server-record.ts';
import { isSameProcessAlive } from '../platform/process-identity.ts';
import { createServerRecordReader, type ServerRecordReaderOptions } from './server-record-reader.ts';

export interface FollowServersOptions extends ServerRecordReaderOptions {
  /** Is given the records of all servers whose process lives, in order of start: at once, after each change, and every second. */
  onLook(running: readonly ServerRecord[]): void;
  /** Is told once why the records cannot be read; they are tried again. */
  report(problem: string): void;
}

/** What changes without a word of the system, such as a process that is killed, is seen after so long. */
const lookEveryMs = 1_000;
/** Of many changes at once one is looked at. */
const settleMs = 50;

/** Sees servers come and go. Keeps no process alive. @returns what ends it */
export function followServers({ folder, ownUid, onLook, report }: FollowServersOptions): () => void {
  const reader = createServerRecordReader({ folder, ownUid });
  let watcher: FSWatcher | null = null;
  let settling: NodeJS.Timeout | null = null;
  let reported = '';

  const read = () => {
    try {
      const { records } = reader.list();
      reported = '';
      return records.filter((record) => isSameProcessAlive(record.process));
    } catch (problem) {
      const { message } = toFault(problem);
      if (message !== reported) report(message);
      reported = message;
      return null;
    }
  };
  const look = () => {
    settling = null;
    watcher ??= watchFolder();
    const running = read();
    if (running !== null) onLook(running);
  };
  const forgetWatcher = () => {
    watcher?.close();
    watcher = null;
  };
  /** null where there is no folder yet, or the system watches no more of them: then the clock alone tells. */
  const watchFolder = () => {
    try {
      return watch(folder.serversDir, { persistent: false }, () => {
        settling ??= setTimeout(look, settleMs).unref();
      }).on('error', forgetWatcher);
    } catch {
      return null;
    }
  };
  look();
  const clock = setInterval(look, lookEveryMs).unref();
  return () => {
    clearInterval(clock);
    if (settling !== null) clearTimeout(settling);
    forgetWatcher();
  };
}
