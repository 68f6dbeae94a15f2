import { lstatSync, readdirSync, unlinkSync } from 'node:fs';
import type { StateFolder } from '../../domain/state-folder.ts';
import { errorCodeOf } from '../platform/error-code.ts';
import type { ServerRecordReader } from '../state/server-records/server-record-reader.ts';

export interface SweepDeadSocketsOptions {
  readonly folder: Pick<StateFolder, 'socketsDir'>;
  readonly reader: Pick<ServerRecordReader, 'liveServerIds'>;
  /** Of the server that sweeps. */
  readonly serverId: string;
}

/**
 * Removes the sockets that servers left which were killed. What only has the name of a socket stays. Several servers may do it at once.
 * @throws AppError `unavailable` when the folder of records cannot be read, and what the system throws where a socket cannot be removed
 */
export function sweepDeadSockets({ folder, reader, serverId }: SweepDeadSocketsOptions): void {
  // Listed before the records: a server that begins meanwhile has its record in place before its socket.
  const sockets = namesIn(folder.socketsDir).flatMap((name) => {
    const [, id] = socketName.exec(name) ?? [];
    return id === undefined ? [] : [{ id, path: `${folder.socketsDir}/${name}` }];
  });
  if (sockets.length === 0) return;
  const live = new Set([...reader.liveServerIds(), serverId]);
  for (const { id, path } of sockets) if (!live.has(id)) removeSocket(path);
}

/** Also of one that was about to be made. */
const socketName = /^\.?([^.]+)\.sock(?:\.tmp)?$/;

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch (thrown) {
    if (errorCodeOf(thrown) === 'ENOENT') return [];
    throw thrown;
  }
}

function removeSocket(path: string): void {
  try {
    if (lstatSync(path).isSocket()) unlinkSync(path);
  } catch (thrown) {
    if (errorCodeOf(thrown) !== 'ENOENT') throw thrown;
  }
}
