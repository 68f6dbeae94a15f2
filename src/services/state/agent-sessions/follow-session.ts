import { type FSWatcher, watch } from 'node:fs';
import type { SessionEvent } from '../../../domain/agent-session/session-record.ts';
import { createLineSplitter } from '../../../domain/line-splitter.ts';
import type { ServerRecord } from '../../../domain/server-record.ts';
import type { StateFolder } from '../../../domain/state-folder.ts';
import { startInterval } from '../../../domain/timers.ts';
import { openRegularFile } from '../../platform/open-regular-file.ts';
import { unlessMissing } from '../../platform/unless-missing.ts';
import { followServers } from '../server-records/follow-servers.ts';
import { parseSessionEvent } from './read-session-files.ts';
import { filesIn, sessionDirsIn } from './session-dir.ts';

export interface FollowSessionOptions {
  readonly folder: Pick<StateFolder, 'agentSessionsDir' | 'serversDir' | 'socketsDir' | 'lastServerFile'>;
  readonly ownUid: number | null;
  readonly key: string;
  readonly signal: AbortSignal;
  /** Called once with the reason why the records of servers cannot be read; reading is retried. */
  report(problem: string): void;
}

const maxLineBytes = 1_048_576;
const chunkBytes = 65_536;
const keepAliveMs = 60_000;

/**
 * The events of a session from its first to its last: ends when it has settled, when its owner is dead, or when the signal is aborted. It sees new
 * events by watching the file; the death of a server, which no system announces, within a second.
 * @throws Node's own errors
 */
export async function* followSession(options: FollowSessionOptions): AsyncGenerator<SessionEvent, void> {
  const { folder, ownUid, key, signal, report } = options;
  const change = createChange();
  let live: ReadonlySet<string> = new Set();
  const onServers = (running: readonly ServerRecord[]) => {
    live = new Set(running.map(({ serverId }) => serverId));
    change.notify();
  };
  const unfollow = followServers({ folder, ownUid, onServers, report });
  // The watches keep no process alive.
  const clock = startInterval(() => undefined, keepAliveMs).ref();
  const watchFolder = createFolderWatch(change.notify);
  signal.addEventListener('abort', change.notify);
  const file = createGrowingFile();
  try {
    while (!signal.aborted) {
      const changed = change.next();
      const session = sessionDirsIn(folder.agentSessionsDir).find((one) => one.key === key);
      const dir = session === undefined ? null : `${folder.agentSessionsDir}/${session.name}`;
      watchFolder.follow(dir);
      // What came before it settled is read after that has been seen.
      const isOver = session === undefined || !live.has(session.owner);
      if (dir !== null) await file.open(filesIn(dir).events);
      for await (const line of file.readNew()) {
        const event = parseSessionEvent(line);
        if (event !== null) yield event;
      }
      if (isOver) return;
      await changed;
    }
  } finally {
    signal.removeEventListener('abort', change.notify);
    watchFolder.follow(null);
    unfollow();
    clearInterval(clock);
    await file.close();
  }
}

/** Something to wait for, again and again. */
function createChange() {
  let notify: () => void = () => undefined;
  return {
    notify: () => notify(),
    next: () =>
      new Promise<void>((resolve) => {
        notify = resolve;
      }),
  };
}

/** Watches one folder at a time. Where the system allows no more watches, the clock of `followServers` finds the changes. */
function createFolderWatch(onChange: () => void) {
  let watched: string | null = null;
  let watcher: FSWatcher | null = null;
  return {
    follow(dir: string | null) {
      if (dir === watched) return;
      watcher?.close();
      watcher = null;
      watched = dir;
      if (dir === null) return;
      try {
        watcher = watch(dir, { persistent: false }, onChange).on('error', onChange);
      } catch {
        // It has been moved meanwhile.
        watched = null;
      }
    },
  };
}

/** A file that grows, and that may be moved while it is read. */
function createGrowingFile() {
  let file: Awaited<ReturnType<typeof openRegularFile>> = null;
  let position = 0;
  let lines: string[] = [];
  const splitter = createLineSplitter<Buffer>({
    maxLineBytes,
    join: Buffer.concat,
    onLine: (line) => lines.push(line.toString()),
    onTooLong: () => undefined,
  });
  return {
    async open(path: string) {
      file ??= await unlessMissing(openRegularFile(path));
    },
    async *readNew(): AsyncGenerator<string, void> {
      while (file !== null) {
        const { bytesRead, buffer } = await file.handle.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, position);
        if (bytesRead === 0) return;
        position += bytesRead;
        splitter.push(buffer.subarray(0, bytesRead));
        const whole = lines;
        lines = [];
        yield* whole;
      }
    },
    async close() {
      await file?.handle.close();
    },
  };
}
