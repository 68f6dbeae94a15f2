import { mkdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { createWorkerAgent, type WorkerKind } from '../../fixtures/worker-agent.ts';
import { aSession, marker, placeIn, runAgent } from '../../support/run-agent.ts';

const all = ['init', 'text', 'result'];

it.each<readonly [WorkerKind, readonly string[]]>([
  ['succeeds', all],
  ['exits-early', ['init', 'text']],
  ['not-utf8', ['init', 'text', 'unreadable', 'text', 'result']],
  ['crlf', all],
  ['segfault', ['init']],
  ['result-twice', ['init', 'result', 'text', 'result']],
  ['two-session-ids', ['init', 'sessionId', 'text', 'result']],
  ['long-line', ['init', 'unreadable', 'text', 'result']],
  ['banner', ['unreadable', 'init', 'text', 'result']],
  ['unknown-record', ['init', 'other', 'text', 'result']],
  ['removes-cwd', all],
])('the events of an agent are read whatever it prints and however it ends: %s', async (kind, types) => {
  const dir = tempFolder();
  const cwd = `${dir}/work`;
  mkdirSync(cwd);
  const { events, signal } = await runAgent(createWorkerAgent(kind), aSession({ cwd }), placeIn(dir));
  expect(events.map(({ type }) => type)).toEqual(types);
  expect(signal).toBe(kind === 'segfault' ? 'SIGSEGV' : null);
  if (types.includes('result')) expect(events.at(-1)).toMatchObject({ result: { text: `done\n${marker}` } });
});
