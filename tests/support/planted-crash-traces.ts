import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import type { SessionEvent } from '../../src/domain/agent-session/session-record.ts';
import { aDeadProcess, aServerRecord, plantRecord } from '../doubles/server-records.ts';
import { initOf, plantDeadSession } from '../services/state/agent-sessions/a-session-site.ts';
import type { MarkedWorld } from './marked-world.ts';

/** Files of servers and sessions that died without a shutdown. */
export interface CrashTraces {
  /** @param sessions of a server without a record; each of the others has a session too, which its agent has not named */
  plant(counts: { readonly servers: number; readonly sessions: number }): void;
  readonly serverIds: readonly string[];
  /** The folders of the sessions once they are recorded. */
  readonly sessionDirs: readonly string[];
}

/** What recovery made of them, sorted; a duplicate is listed twice. */
export interface Settled {
  readonly serverIds: readonly string[];
  readonly sessionDirs: readonly string[];
  /** The folders in the index. */
  readonly sessionLines: readonly string[];
  /** Files that are still where they were planted or claimed. */
  readonly unsettled: readonly string[];
}

export function crashTracesIn({ stateFolder }: MarkedWorld): CrashTraces {
  const serverIds: string[] = [];
  const sessionDirs: string[] = [];
  const plantSession = (serverId: string, sessionId: string, events: readonly SessionEvent[]) => {
    const name = `${serverId}.${sessionDirs.length + 1}`;
    const record = { key: name, server_id: serverId, session_id: sessionId, started_at: new Date().toISOString() };
    plantDeadSession(stateFolder, { name, record, events });
    sessionDirs.push(sessionId);
  };
  return {
    serverIds,
    sessionDirs,
    plant({ servers, sessions }) {
      for (let planted = 0; planted < servers; planted += 1) {
        const serverId = `dead-${serverIds.length}`;
        mkdirSync(stateFolder.serversDir, { recursive: true, mode: 0o700 });
        plantRecord(stateFolder, aServerRecord({ serverId, process: aDeadProcess() }));
        serverIds.push(serverId);
        plantSession(serverId, `agent-of-${serverId}`, []);
      }
      for (let planted = 0; planted < sessions; planted += 1) {
        const sessionId = `session-${sessionDirs.length}`;
        plantSession('gone', sessionId, [{ ...initOf(sessionId), at: new Date().toISOString() }]);
      }
    },
  };
}

export function settledIn({ stateFolder }: MarkedWorld): Settled {
  const { serverLogFile, sessionIndexFile, sessionsDir, agentSessionsDir, serversDir, recoveringDir } = stateFolder;
  const recovered = objectsIn(serverLogFile).filter(({ event }) => event === 'dead_server_recovered');
  const unsettled = [agentSessionsDir, recoveringDir, serversDir]
    .flatMap(namesIn)
    .filter((name) => !isUnfinished(name));
  return {
    serverIds: recovered.map(({ dead_server_id }) => String(dead_server_id)).sort(),
    sessionDirs: namesIn(sessionsDir).filter((name) => !isUnfinished(name)),
    sessionLines: objectsIn(sessionIndexFile)
      .map(({ dir_name }) => String(dir_name))
      .sort(),
    unsettled,
  };
}

/** A file of a killed write; it is removed when it is an hour old. */
const isUnfinished = (name: string) => /^\..+\.tmp(-\w{6})?$/.test(name);

const namesIn = (dir: string) => (existsSync(dir) ? readdirSync(dir).sort() : []);

/** @throws SyntaxError where a line is not JSON */
function objectsIn(file: string): Record<string, unknown>[] {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Record<string, unknown>]));
}
