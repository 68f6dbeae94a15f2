import type { StateFolder } from '../../../domain/state-folder.ts';
import { type JsonlFile, openJsonlFile } from '../../platform/jsonl-file.ts';

export interface SessionIndexOptions {
  readonly folder: Pick<StateFolder, 'sessionIndexFile'>;
  readonly serverId: string;
  /** Called for other servers: the lock of a dead one is broken. Must be true for a server from before it writes until it is dead. */
  isServerAlive(serverId: string): boolean;
  /** How long to wait for a locked index. */
  readonly lockWaitMs?: number;
}

/** The index of settled sessions, which several servers change. */
export const openSessionIndex = ({
  folder,
  serverId,
  isServerAlive,
  lockWaitMs = 2_000,
}: SessionIndexOptions): JsonlFile =>
  openJsonlFile(folder.sessionIndexFile, {
    holder: serverId,
    holderKind: 'server',
    isHolderAlive: isServerAlive,
    waitMs: lockWaitMs,
  });
