import { type FSWatcher, watch } from 'node:fs';
import { toFault } from '../../../domain/app-error.ts';
import type { ServerRecord } from '../../../domain/server-record.ts';
import type { StateFolder } from '../../../domain/state-folder.ts';
import { isSameProcessAlive } from '../../platform/process-identity.ts';
import { createServerRecordReader, type ServerRecordReaderOptions } from './server-record-reader.ts';

export interface FollowServersOptions extends ServerRecordReaderOptions {
  readonly folder: Pick<StateFolder, 'serversDir' | 'socketsDir' | 'lastServerFile'>;
  /** Is given the records of all servers whose process lives, in order of start: at once, after each change of theirs or of their sockets, and every second. */
  onServers(running: readonly ServerRecord[]): void;
  /** Is told once why the records cannot be read; they are tried again. */
  report(problem: string): void;
}

/** What the system does not tell, such as the death of a process, is seen after so long. */
const lookEveryMs = 1_000;
/** Of many changes at once one is looked at. */
const settleMs = 50;

/** Sees servers come and go. Keeps no process alive. @returns what ends it */
export function followServers({ folder, ownUid, onServers, report }: FollowServersOptions): () => void {
  const reader = createServerRecordReader({ folder, ownUid });
  const watchers = new Map<string, FSWatcher>();
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
    for (const dir of [folder.serversDir, folder.socketsDir]) watchFolder(dir);
    const running = read();
    if (running !== null) onServers(running);
  };
  /** Where there is no folder yet, or the system watches no more of them, the clock alone tells. */
  const watchFolder = (dir: string) => {
    if (watchers.has(dir)) return;
    try {
      const watcher = watch(dir, { persistent: false }, () => {
        settling ??= setTimeout(look, settleMs).unref();
      });
      watchers.set(
        dir,
        watcher.on('error', () => watchers.delete(dir)),
      );
    } catch {
      // It is tried again at the next look.
    }
  };
  look();
  const clock = setInterval(look, lookEveryMs).unref();
  return () => {
    clearInterval(clock);
    if (settling !== null) clearTimeout(settling);
    for (const watcher of watchers.values()) watcher.close();
  };
}
