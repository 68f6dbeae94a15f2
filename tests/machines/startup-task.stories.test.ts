import { describe } from 'vitest';
import { createActor, fromTransition } from 'xstate';
import {
  createStartupTaskMachine,
  type StartupTaskEvent,
  startupTaskMachine,
  startupTaskWork,
  type TaskSettled,
} from '../../src/machines/startup-task.machine.ts';
import { commandWork } from '../fixtures/commanded-work.ts';
import { after, done, fails, type Run, type Story, testStories } from './stories.ts';

const begin: StartupTaskEvent = { type: 'BEGIN' };
const told = (outcome: string, cause: string | null) => ({ type: 'TASK_SETTLED', name: 'audit', outcome, cause });

/** `hears` is what the life cycle has heard of the task, oldest first. */
const stories: readonly Story<StartupTaskEvent>[] = [
  {
    title: 'A task does nothing before its turn',
    rows: [['waiting', after(3_600_000), 'waiting', { doing: [], hears: [] }]],
  },
  {
    title: 'A task that runs is not begun again; when it ends well it is done',
    rows: [
      ['waiting', begin, 'running', { starts: { runTask: { name: 'audit' } }, hears: [] }],
      ['running', begin, 'running', { doing: ['runTask'], starts: {} }],
      ['running', done('runTask'), 'done', { hears: [told('done', null)] }],
    ],
  },
  {
    title: 'A task that fails says why; its second attempt starts without that reason',
    rows: [
      ['waiting', begin, 'running'],
      [
        'running',
        fails('runTask', new Error('no such folder')),
        'failed',
        { hears: [told('failed', 'no such folder')] },
      ],
      ['failed', begin, 'running', { starts: { runTask: { name: 'audit' } } }],
      ['running', done('runTask'), 'done', { hears: [told('failed', 'no such folder'), told('done', null)] }],
    ],
  },
  {
    title: 'A task that takes too long is told to stop, and may begin again with its whole time',
    rows: [
      ['waiting', begin, 'running'],
      [
        'running',
        after(60_000),
        'timedOut',
        { doing: [], hears: [told('timedOut', 'reading the audit took longer than 60 s')] },
      ],
      ['timedOut', begin, 'running', { doing: ['runTask'] }],
      ['running', after(60_000), 'timedOut', { doing: [] }],
    ],
  },
];

describe('start-up task', () => testStories(startupTaskMachine, startTask, stories));

/** A task below a life cycle that only listens. */
function startTask(): Run<StartupTaskEvent> {
  const hears: Omit<TaskSettled, 'atMs'>[] = [];
  const lifecycle = createActor(
    fromTransition((_, { atMs: _atMs, ...event }: TaskSettled) => {
      if (event.type === 'TASK_SETTLED') hears.push(event);
      return null;
    }, null),
  ).start();
  const work = commandWork(startupTaskWork);
  const actor = createActor(createStartupTaskMachine(work.actors), {
    parent: lifecycle,
    input: { name: 'audit', description: 'reading the audit', gating: true, timeLimitMs: 60_000, follows: 'backend' },
  });
  return {
    actor,
    started: () => work.started,
    send: (event) => actor.send(event),
    sees: () => ({ hears: [...hears] }),
  };
}
