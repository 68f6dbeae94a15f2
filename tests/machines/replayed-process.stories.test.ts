import { describe } from 'vitest';
import { createActor } from 'xstate';
import { AppError } from '../../src/domain/app-error.ts';
import type { StopReason } from '../../src/domain/child-process.ts';
import {
  createReplayedProcessMachine,
  type RecordedEnd,
  type ReplayedProcessEvent,
  replayedProcessMachine,
  replayedProcessWork,
} from '../../src/machines/replayed-process.machine.ts';
import { commandWork } from '../fixtures/commanded-work.ts';
import { after, begins, done, fails, type Run, type Story, testStories } from './stories.ts';

const stop = (reason: StopReason): ReplayedProcessEvent => ({ type: 'STOP', reason });

const failedAlone: RecordedEnd = { reason: 'exited', exit: { code: 3, signal: null }, others: 2 };
const endedByCaller: RecordedEnd = { reason: 'cancelled', exit: { code: 143, signal: null }, others: 1 };

const ends = ({ reason, exit, others }: RecordedEnd, fault: object | null = null) => ({
  doing: [],
  ends: { reason, exit, others, survivors: [], fault },
});
/** It was ended where the recorded program was not. */
const terminated = (reason: StopReason): RecordedEnd => ({
  reason,
  exit: { code: null, signal: 'SIGTERM' },
  others: 0,
});
const differs = new AppError('conflict', 'The input differs.');

/** A program with a minute to run. */
const stories: readonly Story<ReplayedProcessEvent, RecordedEnd>[] = [
  {
    title: 'A program has written its files before its caller sees the recorded end',
    rows: [
      ['playing', begins, 'playing', { doing: ['playOutput'], starts: { playOutput: { processId: 7 } } }],
      ['playing', done('playOutput'), 'writing', { doing: ['writeFiles'], starts: { writeFiles: { processId: 7 } } }],
      ['writing', done('writeFiles'), 'ended', ends(failedAlone)],
    ],
  },
  {
    title: 'A program that was ended by its caller waits until it is ended again',
    given: endedByCaller,
    rows: [
      ['playing', done('playOutput'), 'writing'],
      ['writing', done('writeFiles'), 'waiting', { doing: [] }],
      ['waiting', stop('cancelled'), 'ended', ends(endedByCaller)],
    ],
  },
  {
    title: 'A program that was ended by its caller has timed out when nobody ends it for a minute',
    given: endedByCaller,
    rows: [
      ['playing', done('playOutput'), 'writing'],
      ['writing', done('writeFiles'), 'waiting'],
      ['waiting', after(60_000), 'ended', ends(terminated('timedOut'))],
    ],
  },
  {
    title: 'A program that is ended while it writes its files has all of them, and does not wait',
    given: endedByCaller,
    rows: [
      ['playing', done('playOutput'), 'writing'],
      ['writing', stop('cancelled'), 'writing', { doing: ['writeFiles'], starts: {} }],
      ['writing', stop('timedOut'), 'writing', { doing: ['writeFiles'], starts: {} }],
      ['writing', done('writeFiles'), 'ended', ends(endedByCaller)],
    ],
  },
  {
    title: 'A program that has exited by itself is not ended later, while its files are written',
    rows: [
      ['playing', done('playOutput'), 'writing'],
      ['writing', stop('cancelled'), 'writing', { doing: ['writeFiles'] }],
      ['writing', done('writeFiles'), 'ended', ends(failedAlone)],
    ],
  },
  {
    title: 'A program that is ended while it plays writes its files, and says that a signal ended it',
    rows: [
      ['playing', stop('cancelled'), 'writing', { doing: ['writeFiles'] }],
      ['writing', done('writeFiles'), 'ended', ends(terminated('cancelled'))],
    ],
  },
  {
    title: 'A program that was ended by its caller and is ended earlier now has the recorded exit',
    given: endedByCaller,
    rows: [
      ['playing', stop('cancelled'), 'writing'],
      ['writing', done('writeFiles'), 'ended', ends(endedByCaller)],
    ],
  },
  {
    title: 'A program that plays for a minute is ended, and has timed out',
    rows: [
      ['playing', after(60_000), 'writing', { doing: ['writeFiles'] }],
      ['writing', done('writeFiles'), 'ended', ends(terminated('timedOut'))],
    ],
  },
  {
    title: 'A program that gets another input than the recorded one ends, says why, and writes no files',
    rows: [
      [
        'playing',
        fails('playOutput', differs),
        'ended',
        { ...ends(failedAlone, { code: 'conflict', message: 'The input differs.' }), starts: {} },
      ],
    ],
  },
  {
    title: 'A program whose files cannot be written says why',
    rows: [
      ['playing', done('playOutput'), 'writing'],
      ['writing', fails('writeFiles'), 'ended', ends(failedAlone, { code: 'internal', message: 'broken' })],
    ],
  },
  {
    title: 'A program whose files are not written after a minute says what to do',
    rows: [
      ['playing', done('playOutput'), 'writing'],
      [
        'writing',
        after(60_000),
        'ended',
        ends(failedAlone, {
          code: 'unavailable',
          message:
            'The files of the step 0003-run_cmd/1 could not be written in time: check the disk, then call again.',
        }),
      ],
    ],
  },
];

describe('replayed process', () => testStories(replayedProcessMachine, startProgram, stories));

function startProgram(recorded: RecordedEnd = failedAlone): Run<ReplayedProcessEvent> {
  const work = commandWork(replayedProcessWork);
  const input = { processId: 7, step: '0003-run_cmd/1', recorded, timeLimitMs: 60_000 };
  const actor = createActor(createReplayedProcessMachine(work.actors), { input });
  return { actor, started: () => work.started, send: (event) => actor.send(event) };
}
