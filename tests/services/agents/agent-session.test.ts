import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import type { AgentEvent } from '../../../src/domain/agent-session/agent-event.ts';
import { createAgentSession } from '../../../src/services/agents/agent-session.ts';
import { createScriptAgent } from '../../../src/services/agents/script.ts';
import type { ConnectedProcesses } from '../../../src/services/platform/process/child-processes.ts';
import type { ProcessTable } from '../../../src/services/platform/process/process-table.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { aSession, marker, placeIn } from '../../support/run-agent.ts';

const exit = { code: 0, signal: null };
const usage = { input_tokens: 10, output_tokens: 5, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
const init = { type: 'init', sessionId: 's', model: 'm', version: null, tools: [], mcpServers: [] } as const;
const answer = (messageId: string) => ({ type: 'usage', messageId, model: 'm', usage }) as const;
const result = {
  type: 'result',
  result: {
    subtype: 'success',
    isError: false,
    text: marker,
    errors: [],
    turns: null,
    costUsd: null,
    usage: null,
    usageByModel: {},
  },
} as const;

/** A session whose processes print these events, one process after another, and exit. */
function aScriptedSession(rounds: readonly (readonly AgentEvent[])[]) {
  const left = [...rounds];
  const logDirs: (string | null | undefined)[] = [];
  const processes: ConnectedProcesses = {
    async connect(_, { logDir, onPipes }) {
      logDirs.push(logDir);
      const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
      onPipes({ pid: 1_234, stdin, stdout, stderr, exited: Promise.resolve(exit) });
      stderr.end();
      stderr.resume();
      stdout.end((left.shift() ?? []).map((event) => `${JSON.stringify(event)}\n`).join(''));
      return { reason: 'exited', exit, others: 0, survivors: [] };
    },
  };
  const place = placeIn(tempFolder());
  const session = createAgentSession({
    spec: aSession(),
    adapter: createScriptAgent({ scriptFile: '/script.yaml', passed: [] }),
    place,
    processes,
    table: {} as ProcessTable,
    trace: { follow: () => undefined },
    prices: { costUsd: async (byModel) => (byModel.m?.output_tokens ?? 0) / 100 },
    spentByServer: () => null,
    onEvent: () => undefined,
    onUnpriced: () => null,
    redact: (text) => text,
  });
  return { session, place, logDirs };
}

const startedBy = new AbortController().signal;

it('A session that is started anew forgets what the first attempt said, and counts what it used', async () => {
  const { session } = aScriptedSession([
    [init, { type: 'text', text: 'first' }, answer('a'), result],
    [init, { type: 'text', text: 'second' }, answer('b')],
  ]);
  await session.start({ kind: 'first' }, startedBy);
  await session.finish();
  expect([session.channel, session.digest.result?.text]).toEqual(['channel_a', marker]);
  await session.start({ kind: 'first' }, startedBy);
  await session.finish();
  const { turns, texts, result: last } = session.digest;
  expect({ channel: session.channel, turns, texts, last, costUsd: session.costUsd }).toEqual({
    channel: 'dir_missing',
    turns: 2,
    texts: ['second'],
    last: null,
    costUsd: 0.1,
  });
  expect(session.digest.usage).toMatchObject({ input_tokens: 20, output_tokens: 10 });
});

it('Each process of a session is started with the folder in which its agent keeps logs', async () => {
  const { session, place, logDirs } = aScriptedSession([[init], [init]]);
  for (const round of ['first', 'nudge'] as const) {
    await session.start(
      round === 'first' ? { kind: round } : { kind: round, sessionId: 's', prompt: 'go on' },
      startedBy,
    );
    await session.finish();
  }
  expect(logDirs).toEqual([`${place.sessionDir}/agent-log`, `${place.sessionDir}/agent-log`]);
});
