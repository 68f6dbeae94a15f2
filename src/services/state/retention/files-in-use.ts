import { readdirSync, statSync } from 'node:fs';
import { serverIdOf } from '../../../domain/retention.ts';
import type { ProcessIdentity, ServerRecord } from '../../../domain/server-record.ts';
import { readProcStat } from '../../platform/proc-stat.ts';
import { hasOurPids } from '../../platform/process-identity.ts';
import type { ListedFile } from './plan-retention.ts';

/**
 * Whether a server holds a file open, as it does with the output of a command until it has answered. True where that cannot be seen: on
 * systems other than Linux, and of servers in another pid namespace.
 * @param listRecords called once, when it is first needed
 */
export function createFilesInUse(listRecords: () => readonly ServerRecord[]): (file: ListedFile) => boolean {
  const heldByServer = new Map<string, ReadonlySet<number> | null>();
  let records: readonly ServerRecord[] | null = null;
  const heldBy = (serverId: string) => {
    records ??= listRecords();
    const record = records.find((one) => one.serverId === serverId);
    return record === undefined ? null : inodesHeldBy(record.process);
  };
  return (file) => {
    const serverId = serverIdOf(file);
    if (!heldByServer.has(serverId)) heldByServer.set(serverId, heldBy(serverId));
    return heldByServer.get(serverId)?.has(file.inode) ?? true;
  };
}

/** null: unknown, also where another process has the pid here. */
function inodesHeldBy(identity: ProcessIdentity): ReadonlySet<number> | null {
  if (!hasOurPids(identity)) return null;
  const { pid, startTicks } = identity;
  const stat = readProcStat(pid);
  if (stat === null || stat.startTicks !== startTicks) return null;
  const dir = `/proc/${pid}/fd`;
  try {
    const inodes = readdirSync(dir).map((fd) => statSync(`${dir}/${fd}`, { throwIfNoEntry: false })?.ino);
    return new Set(inodes.filter((inode) => inode !== undefined));
  } catch {
    // The process has ended, or its descriptors are not ours to see.
    return null;
  }
}
