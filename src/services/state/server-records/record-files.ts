import type { StateFolder } from '../../../domain/state-folder.ts';

type Servers = Pick<StateFolder, 'serversDir'>;

export function recordFileOf(folder: Servers, serverId: string): string {
  return `${folder.serversDir}/${serverId}.json`;
}

/** Always the same for a server, so that one that dies while it writes leaves at most one. */
export function temporaryFileOf(folder: Servers, serverId: string): string {
  return `${folder.serversDir}/.${serverId}.tmp`;
}
