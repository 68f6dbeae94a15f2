import { shortGraceMs } from '../domain/child-process.ts';
import type { ServerRecord } from '../domain/server-record.ts';
import { readOwnUid } from '../services/platform/own-uid.ts';
import { createProcessTable } from '../services/platform/process/create-process-table.ts';
import { endOwned } from '../services/platform/process/end-owned.ts';
import { ownedByServer } from '../services/platform/process/owned-processes.ts';
import { hasOurPids, isSameProcessAlive, readProcessIdentity } from '../services/platform/process-identity.ts';
import { recoverCrashedSessions } from '../services/state/crash-recovery/recover-crashed-sessions.ts';
import { recoverDeadServers } from '../services/state/crash-recovery/recover-dead-servers.ts';
import { removeSocketsOfDeadServers } from '../services/state/crash-recovery/remove-files-of-dead-servers.ts';
import { createServerRecordReader } from '../services/state/server-records/server-record-reader.ts';
import { createSessionLog } from '../services/state/session-log/session-log.ts';
import type { Host } from './host.ts';
import type { TaskFunction } from './task-runner.ts';

/** The start-up task `recovery`: finds, logs and settles what dead servers and crashed sessions left half done. */
export async function recover(
  { context, ensureServerRecord }: Host,
  tmpfsDir: string,
  { signal, report }: Parameters<TaskFunction>[0],
): Promise<void> {
  const { place, serverId, nodeProcess, log } = context;
  const { stateFolder: folder } = place;
  const ownUid = readOwnUid();
  const { bootId } = readProcessIdentity(nodeProcess.pid);
  const reader = createServerRecordReader({ folder, ownUid });
  const isServerAlive = (id: string) => reader.liveServerIds().has(id);
  const table = createProcessTable();

  const endProcessesOf = async (record: ServerRecord) => {
    const isOfThisBoot = record.process.bootId === null || record.process.bootId === bootId;
    if (!isOfThisBoot || !hasOurPids(record.process)) return { processesEnded: 0, survivors: 0 };
    const owned = ownedByServer(table, record.serverId, record.programs);
    const signalled = new Set<number>();
    const survivors = await endOwned(table, owned, {
      limits: { settleMs: 0, graceMs: shortGraceMs },
      signal,
      onSignalled: ({ pid }) => signalled.add(pid),
    });
    return { processesEnded: signalled.size - survivors.length, survivors: survivors.length };
  };

  removeSocketsOfDeadServers({ folder, liveServerIds: () => new Set([...reader.liveServerIds(), serverId]) });
  const servers = await recoverDeadServers({
    folder,
    reader,
    ownUid,
    serverId,
    ensureServerRecord,
    endProcessesOf,
    signal,
  });
  for (const { record, processesEnded, survivors } of servers)
    log.warning('dead_server_recovered', {
      dead_server_id: record.serverId,
      pid: record.process.pid,
      processes_ended: processesEnded,
      survivors,
    });
  const sessionLog = createSessionLog({ folder, serverId, isServerAlive });
  const { recorded, removed, skipped, causes } = await recoverCrashedSessions({
    tmpfsDir,
    ownUid,
    serverId,
    isServerAlive,
    isSameProcessAlive,
    bootId,
    ensureServerRecord,
    sessionLog,
    signal,
    report,
  });
  for (const { sessionId, dirName, pid } of recorded)
    log.warning('crashed_session_recovered', { session_id: sessionId, dir_name: dirName, pid });
  for (const { file, cause } of causes) log.warning('session_file_left_out', { file, cause });
  if (removed > 0 || skipped.leftOut > 0) log.info('session_files_checked', { removed, ...skipped });
}
