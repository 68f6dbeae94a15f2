import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createActor, createMachine } from 'xstate';
import { listenForWatchers } from '../../src/services/inspection/listen-for-watchers.ts';
import { tempFolder } from '../doubles/temp-folder.ts';
import { anInspectedServer } from '../fixtures/an-inspected-server.ts';

it('A chart keeps nothing of those who have looked at it and left', async () => {
  const door = anInspectedServer();
  const path = `${tempFolder()}/a.sock`;
  const { platform } = process;
  onTestFinished(
    listenForWatchers({
      path,
      platform,
      onProblem: () => undefined,
      onWatcher: (one) => (door.inspection ?? door.record('watcher')).admit(one),
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
  door.show('test', actor);
  actor.start();
  const before = listeners;

  const watcher = connect(path);
  onTestFinished(() => void watcher.destroy());
  await once(watcher, 'readable');
  expect(listeners).toBeGreaterThan(before);
  watcher.destroy();
  await expect.poll(() => door.inspection).toBeNull();
  expect(listeners).toBe(before);
});
