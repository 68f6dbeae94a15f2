import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createActor, createMachine } from 'xstate';
import type { InspectionMessage } from '../../src/domain/inspection.ts';
import { listenForWatchers } from '../../src/services/inspection/listen-for-watchers.ts';

import { tempFolder } from '../doubles/temp-folder.ts';
import { anInspectedServer } from '../fixtures/an-inspected-server.ts';

it('A watcher that reads nothing during 20,000 events gets the number of lost messages, the present actors, and what follows', async () => {
  const server = anInspectedServer();
  server.record('greeting');
  const path = `${tempFolder()}/a.sock`;
  const { platform } = process;
  const onProblem = () => undefined;
  onTestFinished(listenForWatchers({ path, platform, onProblem, onWatcher: (one) => server.inspection?.admit(one) }));
  const actor = createActor(createMachine({ id: 'busy', context: { text: 'x'.repeat(200) } }));
  server.show('test', actor);
  actor.start();

  const socket = connect(path);
  onTestFinished(() => void socket.destroy());
  await once(socket, 'readable');
  server.callLog.begin({ id: 1, number: 1, tool: 'brew', arrivedAtMs: 0 }, 'tools/call', undefined, '{}');
  for (let sent = 0; sent < 20_000; sent += 1) {
    actor.send({ type: 'COUNT', sent });
    // The socket holds the first messages; those in the middle are lost.
    if (sent === 10_000) server.callLog.end(1, 'result', '{}');
    if (sent % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk) => {
    text += chunk;
  });
  await expect.poll(() => text).toContain('"maitred.lost"');
  actor.send({ type: 'LAST' });
  await expect.poll(() => text).toMatch(/"type":"LAST".*\n.*"type":"LAST".*\n$/);

  const messages = text
    .trim()
    .split('\n')
    .map((line): InspectionMessage => JSON.parse(line));
  const numbers = messages.flatMap((message) => ('id' in message && message.id !== null ? [Number(message.id)] : []));
  const lost = messages.flatMap((message) => (message.type === 'maitred.lost' ? [message.messages] : []));
  expect(numbers).toEqual([...numbers].sort((one, other) => one - other));
  expect(numbers.length + lost.reduce((sum, count) => sum + count, 0)).toBe((numbers.at(-1) ?? 0) + 1);
  const introduced = messages.slice(messages.findIndex(({ type }) => type === 'maitred.lost') + 1);
  expect(introduced.slice(0, 2)).toMatchObject([
    { type: '@xstate.actor', id: null, name: 'busy' },
    { type: 'maitred.call', id: null, number: 1, outcome: 'result' },
  ]);
});
