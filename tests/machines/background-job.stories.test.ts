import { describe } from 'vitest';
import { createActor } from 'xstate';
import { AppError } from '../../src/domain/app-error.ts';
import {
  type BackgroundJobEvent,
  backgroundJobMachine,
  backgroundJobWork,
  createBackgroundJobMachine,
} from '../../src/machines/background-job.machine.ts';
import { commandWork } from '../fixtures/commanded-work.ts';
import { after, done, fails, type Run, type Story, testStories } from './stories.ts';

const cancel: BackgroundJobEvent = { type: 'CANCEL' };

const stories: readonly Story<BackgroundJobEvent>[] = [
  {
    title: 'A job that ends well is done',
    rows: [['running', done('runJob'), 'done', { ends: { outcome: 'done', fault: null } }]],
  },
  {
    title: 'A job that fails says why',
    rows: [
      [
        'running',
        fails('runJob', new AppError('unavailable', 'The disk is full.')),
        'failed',
        { ends: { outcome: 'failed', fault: { code: 'unavailable', message: 'The disk is full.' } } },
      ],
    ],
  },
  {
    title: 'A job that nobody needs any more is told to stop, and is cancelled before it has stopped',
    rows: [['running', cancel, 'cancelled', { doing: [], ends: { outcome: 'cancelled', fault: null } }]],
  },
  {
    title: 'A job that takes too long is told to stop, and the reason has its name and its limit',
    rows: [
      [
        'running',
        after(60_000),
        'timedOut',
        {
          doing: [],
          ends: { outcome: 'timedOut', fault: { code: 'timed_out', message: 'upkeep took longer than 60 s' } },
        },
      ],
    ],
  },
];

describe('background job', () => testStories(backgroundJobMachine, startJob, stories));

function startJob(): Run<BackgroundJobEvent> {
  const work = commandWork(backgroundJobWork);
  const input = { jobId: 7, name: 'upkeep', timeLimitMs: 60_000 };
  const actor = createActor(createBackgroundJobMachine(work.actors), { input });
  return { actor, started: () => work.started, send: (event) => actor.send(event) };
}
