import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { RunningSession, SessionEvent } from '../../../../src/domain/agent-session/session-record.ts';
import { type JsonObject, parseJsonObject } from '../../../../src/domain/json-object.ts';
import { logThrough } from '../../../../src/domain/log-record.ts';
import { createRedactor } from '../../../../src/domain/redact.ts';
import { type StateFolder, stateFolderAt } from '../../../../src/domain/state-folder.ts';
import { createSessionStore } from '../../../../src/services/state/agent-sessions/session-store.ts';
import { createStepSessions } from '../../../../src/services/state/agent-sessions/step-sessions.ts';
import { aRunningSession, atSecond } from '../../../doubles/agent-sessions.ts';
import { tempFolder } from '../../../doubles/temp-folder.ts';

export const aSecret = 'hunter2-hunter2';

/** A state folder, and the sessions of one server in it. */
export function aSessionSite({ serverId = 'server-a' } = {}) {
  const folder = stateFolderAt(`${tempFolder()}/state`);
  const logged: string[] = [];
  const store = createSessionStore({
    folder,
    serverId,
    redact: createRedactor(new Set([aSecret])),
    log: logThrough(({ event }) => logged.push(event)),
    isServerAlive: (id) => id === serverId,
    ensureServerRecord: () => undefined,
  });
  return { folder, store, logged };
}

/** The first event of a session: its agent has named it. */
export const initOf = (sessionId = 'session-1'): SessionEvent => ({
  at: atSecond(1),
  type: 'init',
  sessionId,
  model: 'opus',
  version: '2.0.0',
  tools: null,
  mcpServers: [],
});

interface DeadSession {
  /** A text: the file as it is. */
  readonly record?: Partial<RunningSession> | string;
  readonly events?: readonly SessionEvent[];
  readonly name?: string;
}

/** Writes the folder of a session as its server leaves it when it dies. */
export function plantDeadSession(
  folder: StateFolder,
  { record = {}, events = [initOf()], name = 'dead.1' }: DeadSession = {},
): string {
  const dir = `${folder.agentSessionsDir}/${name}`;
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const whole = aRunningSession({ key: 'dead.1', server_id: 'dead', ...(typeof record === 'string' ? {} : record) });
  const files = {
    'record.json': typeof record === 'string' ? record : JSON.stringify(whole),
    'events.jsonl': events.map((event) => `${JSON.stringify(event)}\n`).join(''),
  };
  for (const [file, text] of Object.entries(files)) writeFileSync(`${dir}/${file}`, text, { mode: 0o600 });
  return dir;
}

/** What finds the sessions of steps; `logged` gets what it reports. */
export const aStepSearch = (folder: StateFolder, logged: string[] = []) =>
  createStepSessions({ folder, log: logThrough(({ event }) => logged.push(event)) });

export const namesIn = (dir: string): readonly string[] => (existsSync(dir) ? readdirSync(dir).sort() : []);

export const jsonIn = (path: string): JsonObject => JSON.parse(readFileSync(path, 'utf8'));

/** @throws SyntaxError where a line is not JSON */
export function linesIn(path: string): readonly JsonObject[] {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
}

/** The folders of running and of settled sessions, and the folders that the index names; the unfinished line of a killed append is left out. */
export const sessionsOf = ({ agentSessionsDir, sessionsDir, sessionIndexFile }: StateFolder) => ({
  running: namesIn(agentSessionsDir).filter((name) => !name.startsWith('.')),
  settled: namesIn(sessionsDir).filter((name) => !name.startsWith('.')),
  lines: (existsSync(sessionIndexFile) ? readFileSync(sessionIndexFile, 'utf8').split('\n') : []).flatMap(
    (line) => parseJsonObject(line)?.dir_name ?? [],
  ),
});
