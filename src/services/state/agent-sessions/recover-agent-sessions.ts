import { rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { RunningSession } from '../../../domain/agent-session/session-record.ts';
import { noContract } from '../../../domain/agent-session/skill-contract.ts';
import { toFault } from '../../../domain/app-error.ts';
import { countText } from '../../../domain/count-text.ts';
import type { Redactor } from '../../../domain/redact.ts';
import { serverIdOf } from '../../../domain/retention.ts';
import type { StateFolder } from '../../../domain/state-folder.ts';
import { unlessMissing } from '../../platform/unless-missing.ts';
import { openSessionIndex } from '../session-log/open-session-index.ts';
import { removeUnfinished } from '../session-log/session-dirs.ts';
import { describeSettled } from './describe-settled.ts';
import { publishSession } from './publish-session.ts';
import { readSessionEvents, readSessionRecord, readTrace, removeUnfinishedLine } from './read-session-files.ts';
import { filesIn, type SessionDirName, sessionDirsIn } from './session-dir.ts';
import { type PriceTokens, settleDead } from './settle-dead.ts';

export interface AgentSessionRecoveryOptions {
  readonly folder: Pick<StateFolder, 'agentSessionsDir' | 'sessionsDir' | 'sessionIndexFile'>;
  readonly serverId: string;
  /** Called for other servers. Must be true for a server from its call of `ensureServerRecord` until it is dead. */
  isServerAlive(serverId: string): boolean;
  /** Called before the first claim: other servers must see that the claimer is alive. */
  ensureServerRecord(): void;
  readonly redact: Redactor;
  readonly price: PriceTokens;
  readonly signal: AbortSignal;
  /** Called with a short sentence after each session that is recorded. */
  report(detail: string): void;
}

export interface AgentSessionRecovery {
  /** Sessions that were recorded now: their keys, and the names of their folders in the session log. */
  readonly recorded: readonly { readonly key: string; readonly dirName: string }[];
  /** Sessions that could not be recorded this time. */
  readonly failed: readonly { readonly key: string; readonly cause: string }[];
}

/**
 * Records each session that a dead server left, with the outcome that its files show. Each is recorded exactly once, however many servers do so at
 * once and whenever one of them is killed: the server that renames its folder has claimed it, and the next one takes over what a dead server has
 * claimed. Sessions of live servers are left alone, also those that this server could not settle. Processes of dead servers must have ended.
 * @throws AppError `unavailable` when the folder cannot be read; what `ensureServerRecord` throws; the signal's reason
 *
 * Twice is safe, also at the same time from several servers.
 */
export async function recoverAgentSessions(options: AgentSessionRecoveryOptions): Promise<AgentSessionRecovery> {
  const { folder, signal, report } = options;
  signal.throwIfAborted();
  for (const dir of [folder.agentSessionsDir, folder.sessionsDir, dirname(folder.sessionIndexFile)])
    await removeUnfinished(dir, Date.now(), signal);
  const recorded: { key: string; dirName: string }[] = [];
  const failed: { key: string; cause: string }[] = [];
  for (const session of findDead(options)) {
    signal.throwIfAborted();
    try {
      const dir = await claim(session, options);
      if (dir === null) continue;
      recorded.push({ key: session.key, dirName: await settle(dir, session.key, options) });
      report(`${countText(recorded.length, 'agent session')} recorded`);
    } catch (thrown) {
      signal.throwIfAborted();
      failed.push({ key: session.key, cause: toFault(thrown).message });
    }
  }
  return { recorded, failed };
}

/** Those that an earlier attempt of this server has claimed, and those of dead servers. */
function findDead({ folder, serverId, isServerAlive, ensureServerRecord }: AgentSessionRecoveryOptions) {
  // In this order: a server that starts meanwhile has its record in place before its sessions.
  const sessions = sessionDirsIn(folder.agentSessionsDir);
  const owners = new Set(sessions.map(({ owner }) => owner).filter((owner) => owner !== serverId));
  const dead = new Set([...owners].filter((owner) => !isServerAlive(owner)));
  const found = sessions.filter(({ owner, isRecovered }) => (owner === serverId ? isRecovered : dead.has(owner)));
  if (found.length > 0) ensureServerRecord();
  return found;
}

/** @returns the folder of the session; null: another server was first */
async function claim({ name, key }: SessionDirName, { folder, serverId }: AgentSessionRecoveryOptions) {
  const claimed = `${folder.agentSessionsDir}/${serverId}.${key}`;
  const from = `${folder.agentSessionsDir}/${name}`;
  return unlessMissing(rename(from, claimed).then(() => claimed));
}

async function settle(dir: string, key: string, options: AgentSessionRecoveryOptions): Promise<string> {
  const { redact, price, signal } = options;
  const describe = async () => {
    const files = filesIn(dir);
    const known = await readSessionRecord(files.record);
    const record = known ?? unknownSession(key, (await stat(dir)).mtime.toISOString());
    for (const file of [files.events, files.trace, files.anomalies]) await removeUnfinishedLine(file);
    const events = readSessionEvents(files.events, signal);
    const trace = await readTrace(files.trace, signal);
    return describeSettled(
      record,
      await settleDead({ record, isRecordDamaged: known === null, events, trace }, price),
      redact,
    );
  };
  return publishSession(dir, describe, { ...options, index: openSessionIndex(options) });
}

const unknownSession = (key: string, time: string): RunningSession => ({
  schema_version: 1,
  key,
  server_id: serverIdOf({ name: key }),
  agent: 'unknown',
  session_id: '',
  pid: null,
  skill_command: '',
  step_name: '',
  order_id: '',
  step_key: null,
  kitchen_id: '',
  cwd: '',
  model: null,
  started_at: time,
  state: 'running',
  state_since: time,
  state_deadline: null,
  waits_for: '',
  budget: { turns: null, tokens: null, usd: null },
  marker: null,
  contract: noContract,
});
