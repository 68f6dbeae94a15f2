import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createActor, createMachine } from 'xstate';
import { listenForWatchers } from '../../src/services/inspection/listen-for-watchers.ts';
import { tempFolder } from '../doubles/temp-folder.ts';
import { anInspectedServer } from '../fixtures/an-inspected-server.ts';

it('A chart keeps no listener of a watcher that has left', async () => {
  const server = anInspectedServer();
  const path = `${tempFolder()}/a.sock`;
  const { platform } = process;
  onTestFinished(
    listenForWatchers({
      path,
      platform,
      onProblem: () => undefined,
      onWatcher: (one) => (server.inspection ?? server.record('watcher')).admit(one),
    }),
  );
  const actor = createActor(createMachine({ id: 'toggle' }));
  let listeners = 0;
  const { subscribe } = actor;
  const counted = (observer: Parameters<typeof subscribe>[0]) => {
    listeners += 1;
    const subscription = subscribe.call(actor, observer);
    return {
      unsubscribe() {
        listeners -= 1;
        subscription.unsubscribe();
      },
    };
  };
  Object.assign(actor, { subscribe: counted });
  server.show('test', actor);
  actor.start();
  const before = listeners;

  const watcher = connect(path);
  onTestFinished(() => void watcher.destroy());
  await once(watcher, 'readable');
  expect(listeners).toBeGreaterThan(before);
  watcher.destroy();
  await expect.poll(() => server.inspection).toBeNull();
  expect(listeners).toBe(before);
});
