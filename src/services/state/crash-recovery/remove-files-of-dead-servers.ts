import { lstatSync, readdirSync, unlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { StateFolder } from '../../../domain/state-folder.ts';
import { namesIn, unlessMissingSync } from '../../platform/unless-missing.ts';

export interface DeadServersOptions {
  readonly folder: Pick<StateFolder, 'socketsDir' | 'databasesDir'>;
  /**
   * With the server that asks. Called after the listing: a server that starts meanwhile has its record in place before its files.
   * @throws AppError `unavailable` when the folder of records cannot be read
   */
  liveServerIds(): ReadonlySet<string>;
}

/** Of one that was about to be made, too. */
const socketName = /^\.?([^.]+)\.sock(?:\.tmp)?$/;
const copyName = /^([\w-]+)\.\w{6}$/;

/**
 * Removes the sockets of servers that were killed. Other files with the name of a socket stay. Twice is safe, also at the same time and from several
 * servers.
 * @throws what `liveServerIds` throws; AppError `unavailable` when the folder cannot be read; Node's own errors where a socket cannot be removed
 */
export function removeSocketsOfDeadServers({ folder: { socketsDir }, liveServerIds }: DeadServersOptions): void {
  for (const name of ofDeadServers(namesIn(socketsDir), socketName, liveServerIds))
    unlessMissingSync(() => lstatSync(`${socketsDir}/${name}`).isSocket() && unlinkSync(`${socketsDir}/${name}`));
}

/**
 * Removes the copies of databases of servers that died in the middle of a query; one that lives removes its own. Links are not
 * followed. Twice is safe.
 * @returns how many were removed
 * @throws as above
 */
export async function removeCopiesOfDeadServers({ folder, liveServerIds }: DeadServersOptions): Promise<number> {
  const { databasesDir } = folder;
  if (!lstatSync(databasesDir, { throwIfNoEntry: false })?.isDirectory()) return 0;
  const entries = readdirSync(databasesDir, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const names = entries.map(({ name }) => name);
  const dead = ofDeadServers(names, copyName, liveServerIds);
  for (const name of dead) await rm(`${databasesDir}/${name}`, { recursive: true, force: true });
  return dead.length;
}

/** @param pattern its first group is the id of the server */
function ofDeadServers(
  names: readonly string[],
  pattern: RegExp,
  liveServerIds: DeadServersOptions['liveServerIds'],
): string[] {
  const ours = names.flatMap((name) => {
    const serverId = pattern.exec(name)?.[1];
    return serverId === undefined ? [] : [{ name, serverId }];
  });
  if (ours.length === 0) return [];
  const live = liveServerIds();
  return ours.filter(({ serverId }) => !live.has(serverId)).map(({ name }) => name);
}
