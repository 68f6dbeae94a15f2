import { expect, it, onTestFinished } from 'vitest';
import { assign, createActor, fromPromise, setup } from 'xstate';
import type { Door, Inspection } from '../../src/app/door.ts';
import { type InspectedDoor, startInspection } from '../../src/app/inspection.ts';
import { createRootActors } from '../../src/app/root-actors.ts';
import { listenForWatchers } from '../../src/services/inspection/listen-for-watchers.ts';
import { watchServer } from '../../src/services/inspection/watch-server.ts';
import { tempFolder } from '../doubles/temp-folder.ts';

/** One for each place; told apart so that what comes through says where it came from. */
const planted = (place: string) => `ghp_${place}0123456789abcdefghij`;
const places = [
  'Definition',
  'Context',
  'Input',
  'Event',
  'Action',
  'Output',
  'Error',
  'Cause',
  'Child',
  'Name',
  'Tag',
  'Tool',
];

/** A chart that holds a secret wherever one can be. */
const machine = setup({
  types: {} as { context: Record<string, unknown>; events: { type: string; detail: string }; input: unknown },
  actors: {
    give: fromPromise(async ({ input }) => ({ input, given: planted('Output') })),
    fail: fromPromise(async () => {
      throw new Error(planted('Error'), { cause: planted('Cause') });
    }),
  },
  actions: { tell: (_, _params: { what: string }) => undefined },
}).createMachine({
  id: 'keeper',
  description: planted('Definition'),
  meta: { password: 'a-password-in-a-definition' },
  context: ({ input }) => ({
    input,
    known: 'a-value-that-is-known',
    list: [planted('Context')],
    password: 'by-its-key',
  }),
  initial: 'giving',
  states: {
    giving: {
      tags: planted('Tag'),
      invoke: { id: planted('Name'), src: 'give', input: planted('Child'), onDone: 'waiting' },
    },
    waiting: {
      on: {
        GO: {
          target: 'failing',
          actions: [
            { type: 'tell', params: { what: planted('Action') } },
            assign({ later: ({ event }) => new Map([['of the event', event]]) }),
          ],
        },
      },
    },
    failing: { invoke: { id: 'fail', src: 'fail', onError: 'ended' } },
    ended: { type: 'final' },
  },
  output: ({ context }) => context,
});

function aDoor(): InspectedDoor {
  const door: Pick<InspectedDoor, 'serverId' | 'startedAtMs' | 'roots' | 'secrets'> & {
    inspection: Inspection | null;
  } = {
    serverId: 'server-a',
    startedAtMs: Date.now(),
    roots: createRootActors(),
    secrets: new Set(['a-value-that-is-known']),
    inspection: null,
  };
  const place = { projectDir: `/home/${planted('Name')}` } as Door['place'];
  const view = { state: 'ready', phases: [] } as unknown as Door['view'];
  const front = { admission: { onCalls: null, calls: () => [{ tool: planted('Tool'), sinceMs: 0, waitsFor: null }] } };
  const host = { pid: 1, env: { SOME_PASSWORD: 'of-the-environment' } } as unknown as Door['host'];
  return Object.assign(door, { place, view, host, front });
}

it('Nothing that leaves the process holds a secret, wherever a chart keeps it', async () => {
  const door = aDoor();
  startInspection(door, 'greeting');
  const path = `${tempFolder()}/a.sock`;
  const { platform } = process;
  const onProblem = () => undefined;
  onTestFinished(listenForWatchers({ path, platform, onProblem, onWatcher: (one) => door.inspection?.admit(one) }));

  const actor = createActor(machine, {
    input: { token: 'by-its-key', note: planted('Input'), env: 'of-the-environment' },
  });
  door.roots.add('test', actor);
  let said = '';
  const ended = new Promise<void>((resolve) => actor.subscribe({ complete: resolve }));
  actor.subscribe(({ value }) => {
    if (value === 'waiting') queueMicrotask(() => actor.send({ type: 'GO', detail: planted('Event') }));
  });
  actor.start();
  await ended;
  door.inspection?.leave();
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  for await (const { line, message } of watchServer(path, platform, ending.signal)) {
    said += `${line}\n`;
    if (message.type === '@xstate.snapshot' && message.snapshot.value === 'ended') break;
  }
  // It was all there to be told.
  for (const shown of [
    'keeper',
    'giving',
    'xstate.error.actor.fail',
    '"type":"tell"',
    'of the event',
    '"given"',
    '"cause"',
    'maitred.calls',
  ])
    expect(said).toContain(shown);
  for (const place of places) expect(said).not.toContain(planted(place));
  for (const secret of ['by-its-key', 'a-value-that-is-known', 'a-password-in-a-definition', 'of-the-environment'])
    expect(said).not.toContain(secret);
});
