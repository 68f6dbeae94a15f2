import { onTestFinished } from 'vitest';
import type { RunningSession, SessionEvent, SettledSession } from '../../../src/domain/agent-session/session-record.ts';
import { logThrough } from '../../../src/domain/log-record.ts';
import { createRedactor } from '../../../src/domain/redact.ts';
import { createSessionStore, type OpenSession } from '../../../src/services/state/agent-sessions/session-store.ts';
import { aResult, aRunningSession, atSecond, someTokens } from '../../doubles/agent-sessions.ts';
import { aDeadProcess, aServerRecord, aStateFolder, plantRecord } from '../../doubles/server-records.ts';
import { runProgram } from '../run-program.ts';

/** What a session does from its first to its last event. */
export const events: readonly SessionEvent[] = [
  { at: atSecond(0), type: 'state', state: 'running', reason: null },
  {
    at: atSecond(1),
    type: 'init',
    sessionId: 'session-1',
    model: 'sonnet',
    version: '2.0.0',
    tools: ['Bash', 'Write'],
    mcpServers: [],
  },
  { at: atSecond(2), type: 'usage', messageId: 'm1', model: 'sonnet', usage: someTokens },
  { at: atSecond(2), type: 'text', text: 'I write the plan.\nIt has two lines.' },
  {
    at: atSecond(3),
    type: 'toolCall',
    id: 'c1',
    name: 'Write',
    input: { file_path: '/work/shop/plan.md', content: 'one\ntwo' },
    filePath: '/work/shop/plan.md',
  },
  { at: atSecond(4), type: 'toolResult', callId: 'c1', isError: false, text: 'written' },
  { at: atSecond(5), type: 'toolCall', id: 'c2', name: 'Bash', input: { command: 'ring\u001b[2J' }, filePath: null },
  { at: atSecond(6), type: 'toolResult', callId: 'c2', isError: true, text: 'no such\nprogram' },
  { at: atSecond(80), type: 'result', result: aResult() },
];

/** The sessions of a living and of a dead server. */
export function aSessionWorld() {
  const folder = aStateFolder();
  plantRecord(folder, aServerRecord({ serverId: 'alive' }));
  plantRecord(folder, aServerRecord({ serverId: 'gone', process: aDeadProcess() }));
  const storeOf = (serverId: string) =>
    createSessionStore({
      folder,
      serverId,
      redact: createRedactor(new Set()),
      log: logThrough(() => undefined),
      isServerAlive: (id) => id === serverId,
      ensureServerRecord: () => undefined,
    });
  const stores = { alive: storeOf('alive'), gone: storeOf('gone') };
  let number = 0;

  const begin = async (
    server: keyof typeof stores,
    change: Partial<RunningSession> = {},
    done: readonly SessionEvent[] = events,
  ): Promise<OpenSession> => {
    number += 1;
    const record = aRunningSession({ key: `${server}.${number}`, server_id: server, ...change });
    const session = await stores[server].begin(record);
    onTestFinished(() => session.discard());
    for (const event of done) session.append(event);
    return session;
  };

  return {
    folder,
    /** A session that has done these things and runs. */
    begin,
    async settle(settled: SettledSession, change: Partial<RunningSession> = {}): Promise<string> {
      const session = await begin('alive', change);
      return session.settle(settled);
    },
    run: (...args: string[]) => runProgram(['sessions', ...args], { env: { MAITRED_STATE_DIR: folder.dir } }),
  };
}
