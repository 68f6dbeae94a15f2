import { toFault } from '../domain/app-error.ts';
import { shortGraceMs } from '../domain/child-process.ts';
import type { ServerRecord } from '../domain/server-record.ts';
import { createPrices } from '../services/agents/prices.ts';
import { readOwnUid } from '../services/platform/own-uid.ts';
import { createProcessTable } from '../services/platform/process/create-process-table.ts';
import { endOwned } from '../services/platform/process/end-owned.ts';
import { ownedByServer } from '../services/platform/process/owned-processes.ts';
import { hasOurPids, readProcessIdentity } from '../services/platform/process-identity.ts';
import { recoverAgentSessions } from '../services/state/agent-sessions/recover-agent-sessions.ts';
import { recoverDeadServers } from '../services/state/crash-recovery/recover-dead-servers.ts';
import { removeSocketsOfDeadServers } from '../services/state/crash-recovery/remove-files-of-dead-servers.ts';
import { createServerRecordReader } from '../services/state/server-records/server-record-reader.ts';
import type { Host } from './host.ts';
import { redactorFor } from './secrets.ts';
import type { TaskFunction } from './task-runner.ts';

/** The start-up task `recovery`: finds, logs and settles what dead servers and their sessions left half done. */
export async function recover(
  { context, ensureServerRecord }: Host,
  { signal, report }: Parameters<TaskFunction>[0],
): Promise<void> {
  const { place, serverId, nodeProcess, log, files } = context;
  const { stateFolder: folder } = place;
  const ownUid = readOwnUid();
  const { bootId } = readProcessIdentity(nodeProcess.pid);
  const reader = createServerRecordReader({ folder, ownUid });
  const isServerAlive = (id: string) => reader.liveServerIds().has(id);
  const table = createProcessTable();
  const prices = createPrices(() => files.load<typeof import('./prices.ts')>('prices'));

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
  const agentSessions = await recoverAgentSessions({
    folder,
    serverId,
    isServerAlive,
    ensureServerRecord,
    redact: redactorFor(context),
    price: (usageByModel) =>
      prices.costUsd(usageByModel).catch((problem: unknown) => {
        log.warning('prices_not_loaded', { error: toFault(problem).message });
        return null;
      }),
    signal,
    report,
  });
  for (const { key, dirName } of agentSessions.recorded)
    log.warning('agent_session_recovered', { session: key, dir_name: dirName });
  for (const { key, cause } of agentSessions.failed) log.warning('agent_session_left_out', { session: key, cause });
}
