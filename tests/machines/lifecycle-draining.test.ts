import { describe, expect, it } from 'vitest';
import { initialTransition, transition } from 'xstate';
import { defaultEarlySettings } from '../../src/domain/early-settings.ts';
import { lifecycleMachine } from '../../src/machines/lifecycle.machine.ts';
import { keyStateOf, type ModelEvent, type ModelSnapshot, modelInput } from './lifecycle-model.ts';

const machine = lifecycleMachine.provide({ actions: { wireTransport: () => undefined } });
const atMs = 1_000_000;

const opened: readonly ModelEvent[] = [
  { type: 'xstate.done.actor.readEarlySettings', output: { settings: defaultEarlySettings, fault: null } },
  { type: 'xstate.done.actor.openTransport' },
];
const requested: ModelEvent = { type: 'BACKEND_REQUESTED', atMs };
const inputEnds: ModelEvent = { type: 'SHUTDOWN_TRIGGERED', trigger: 'eof', atMs };
const signal: ModelEvent = { type: 'SHUTDOWN_TRIGGERED', trigger: 'signal', signal: 'SIGTERM', atMs };
const settles = (name: string, outcome: 'done' | 'failed'): ModelEvent => ({
  type: 'TASK_SETTLED',
  name,
  outcome,
  cause: outcome === 'done' ? null : 'broken',
  atMs,
});
const retries = (name: string): ModelEvent => ({ type: 'RETRY_TASK', name, atMs: atMs + 60_000 });

/** The state and the tasks of a server after its transport is open and these events have happened. */
function lifeAfter(events: readonly ModelEvent[]) {
  let [snapshot] = initialTransition(machine, modelInput) as [ModelSnapshot, unknown];
  for (const event of [...opened, ...events])
    [snapshot] = transition(machine, snapshot, event as never) as [ModelSnapshot, unknown];
  const { value, tasks } = keyStateOf(snapshot);
  return [value, tasks.backend, tasks.drift];
}

describe('While a server shuts down', () => {
  it.each<[string, readonly ModelEvent[], string, string]>([
    ['the backend still begins, for calls that came before', [inputEnds, requested], 'running', 'waiting'],
    ['what follows the backend does not begin', [inputEnds, requested, settles('backend', 'done')], 'done', 'waiting'],
    ['… nor if the backend was loading already', [requested, inputEnds, settles('backend', 'done')], 'done', 'waiting'],
    ['… nor after a signal', [requested, signal, settles('backend', 'done')], 'done', 'waiting'],
    [
      'a task that has failed before is not started again',
      [requested, settles('backend', 'done'), settles('drift', 'failed'), inputEnds, retries('drift')],
      'done',
      'failed',
    ],
    [
      'a task that fails now is not started again',
      [requested, inputEnds, settles('backend', 'failed'), retries('backend')],
      'failed',
      'failed',
    ],
    [
      'a task that runs goes on',
      [requested, settles('backend', 'done'), inputEnds, settles('drift', 'done')],
      'done',
      'done',
    ],
  ])('%s', (_, events, backend, drift) => {
    expect(lifeAfter(events)).toEqual(['draining', backend, drift]);
  });

  it('nothing else holds a task back: without a shutdown the same events begin it', () => {
    expect(lifeAfter([requested, settles('backend', 'done')])).toEqual(['ready', 'done', 'running']);
    expect(lifeAfter([requested, settles('backend', 'failed'), retries('backend')])[1]).toBe('running');
  });
});
