import { chmodSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { basename, dirname } from 'node:path';
import { openSocketPath } from './socket-path.ts';

export interface ListenForWatchersOptions {
  /** Where the socket comes to be; its folder is made (0700) where it is missing. */
  readonly path: string;
  readonly platform: NodeJS.Platform;
  onWatcher(socket: Socket): void;
  /** Nobody can come any more; those who are there stay. */
  onProblem(problem: Error): void;
}

/**
 * Makes a socket that only the own user may use (0600), and listens. Whoever sees it can connect. Keeps no process alive.
 * @returns takes the socket away; watchers that have come stay. Twice is safe
 * @throws AppError `unavailable` when the path is too long for this system, and what the system throws
 */
export function listenForWatchers({ path, platform, onWatcher, onProblem }: ListenForWatchersOptions): () => void {
  const temporary = `${dirname(path)}/.${basename(path)}.tmp`;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  rmSync(temporary, { force: true });
  const named = openSocketPath(temporary, platform);
  const server = createServer(onWatcher)
    .unref()
    .once('close', named.release)
    .on('error', (problem) => {
      named.release();
      onProblem(problem);
    })
    .listen(named.path);
  const close = () => {
    if (server.listening) rmSync(path, { force: true });
    server.close();
  };
  // It is there when `listen` returns, unless an error is about to be told.
  if (!server.listening) return close;
  try {
    chmodSync(temporary, 0o600);
    renameSync(temporary, path);
  } catch (problem) {
    server.close();
    throw problem;
  }
  return close;
}
