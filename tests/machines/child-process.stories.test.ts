import { describe } from 'vitest';
import { createActor } from 'xstate';
import { AppError } from '../../src/domain/app-error.ts';
import type { StopReason } from '../../src/domain/child-process.ts';
import {
  type ChildProcessEvent,
  childProcessMachine,
  childProcessWork,
  createChildProcessMachine,
} from '../../src/machines/child-process.machine.ts';
import { commandWork } from '../fixtures/commanded-work.ts';
import { after, broken, done, fails, type Run, type Story, sends, testStories } from './stories.ts';

const stop = (reason: StopReason, graceMs: number): ChildProcessEvent => ({ type: 'STOP', reason, graceMs });

const exitedWell = { exit: { code: 0, signal: null }, others: 0, survivors: [] };
const terminated = { exit: { code: null, signal: 'SIGTERM' }, others: 3, survivors: [42] };
const unknown = { exit: { code: null, signal: null }, others: 0, survivors: [] };

const noSuchProgram = new AppError('not_found', 'There is no program tsk.');
const fault = { code: 'not_found', message: 'There is no program tsk.' };
const defect = { code: 'internal', message: 'broken' };

/** The start of an ending that waits this long for readers of its output, and then this long from SIGTERM to SIGKILL. */
const ending = (settleMs: number, graceMs: number) => ({
  doing: ['endProcesses'],
  starts: { endProcesses: { processId: 7, limits: { settleMs, graceMs } } },
});

const ends = (reason: StopReason, result: object, fault: object | null = null) => ({
  doing: [],
  ends: { reason, ...result, fault },
});

/** A program with a minute to run and 2 s from SIGTERM to SIGKILL. */
const stories: readonly Story<ChildProcessEvent, { readonly watchFails: true }>[] = [
  {
    title: 'A program that exits by itself gives readers of its output 100 ms, and nothing of it is left',
    rows: [
      ['spawning', done('spawnProcess'), 'running', { doing: ['waitForExit', 'watchOutput'] }],
      ['running', done('waitForExit'), 'ending', ending(100, 2_000)],
      [
        'ending',
        done('endProcesses', { ...exitedWell, others: 2 }),
        'ended',
        ends('exited', { ...exitedWell, others: 2 }),
      ],
    ],
  },
  {
    title: 'A program that cannot be started says why, and nothing is ended',
    rows: [['spawning', fails('spawnProcess', noSuchProgram), 'ended', ends('exited', unknown, fault)]],
  },
  {
    title: 'A program that has not started after 10 s is ended, in case it has',
    rows: [
      ['spawning', after(10_000), 'ending', ending(0, 2_000)],
      ['ending', done('endProcesses', terminated), 'ended', ends('timedOut', terminated)],
    ],
  },
  {
    title: 'A program that runs for a minute is ended, and has timed out even if it then exits with 0',
    rows: [
      ['spawning', done('spawnProcess'), 'running'],
      ['running', after(60_000), 'ending', ending(0, 2_000)],
      ['ending', done('endProcesses', exitedWell), 'ended', ends('timedOut', exitedWell)],
    ],
  },
  {
    title: 'A program that writes too much is ended, and its output is no longer watched',
    rows: [
      ['spawning', done('spawnProcess'), 'running', { doing: ['waitForExit', 'watchOutput'] }],
      ['running', sends('watchOutput', stop('tooMuchOutput', 2_000)), 'ending', ending(0, 2_000)],
      ['ending', done('endProcesses', exitedWell), 'ended', ends('tooMuchOutput', exitedWell)],
    ],
  },
  {
    title: 'A program that is no longer needed is ended, with less time if its server has less',
    rows: [
      ['spawning', done('spawnProcess'), 'running'],
      ['running', stop('cancelled', 500), 'ending', ending(0, 500)],
      ['ending', done('endProcesses', terminated), 'ended', ends('cancelled', terminated)],
    ],
  },
  {
    title: 'A program that is no longer needed never gets more time than it had',
    rows: [
      ['spawning', done('spawnProcess'), 'running'],
      ['running', stop('cancelled', 9_000), 'ending', ending(0, 2_000)],
    ],
  },
  {
    title:
      'A program that is no longer needed before it has started is started, and ended at once without having been watched',
    rows: [
      ['spawning', stop('cancelled', 500), 'spawning', { doing: ['spawnProcess'], starts: {} }],
      ['spawning', stop('timedOut', 1_000), 'spawning', { doing: ['spawnProcess'], starts: {} }],
      ['spawning', done('spawnProcess'), 'ending', ending(0, 500)],
      ['ending', done('endProcesses', terminated), 'ended', ends('cancelled', terminated)],
    ],
  },
  {
    title: 'A program that is no longer needed and cannot be started says why',
    rows: [
      ['spawning', stop('cancelled', 500), 'spawning'],
      ['spawning', fails('spawnProcess', noSuchProgram), 'ended', ends('cancelled', unknown, fault)],
    ],
  },
  {
    title:
      'An ending that gets less time starts again with its whole limit; the result of the first is ignored, its reason stays',
    rows: [
      ['spawning', done('spawnProcess'), 'running'],
      ['running', stop('cancelled', 2_000), 'ending', ending(0, 2_000)],
      ['ending', after(5_000), 'ending'],
      ['ending', stop('timedOut', 500), 'ending', ending(0, 500)],
      ['ending', done('endProcesses', { ...terminated, others: 99 }, 1), 'ending', { doing: ['endProcesses'] }],
      ['ending', after(7_499), 'ending', { doing: ['endProcesses'] }],
      ['ending', done('endProcesses', terminated), 'ended', ends('cancelled', terminated)],
    ],
  },
  {
    title: 'An ending that gets no less time goes on',
    rows: [
      ['spawning', done('spawnProcess'), 'running'],
      ['running', stop('cancelled', 500), 'ending', ending(0, 500)],
      ['ending', stop('timedOut', 500), 'ending', { doing: ['endProcesses'], starts: {} }],
      ['ending', stop('timedOut', 2_000), 'ending', { doing: ['endProcesses'], starts: {} }],
      ['ending', done('endProcesses', terminated), 'ended', ends('cancelled', terminated)],
    ],
  },
  {
    title: 'An ending is given up 7 s after its SIGKILL was due, and says what to do',
    rows: [
      ['spawning', done('spawnProcess'), 'running'],
      ['running', done('waitForExit'), 'ending', ending(100, 2_000)],
      [
        'ending',
        after(9_000),
        'ended',
        ends('exited', unknown, {
          code: 'unavailable',
          message: 'The processes could not be ended in time: check with ps what holds them, then call again.',
        }),
      ],
    ],
  },
  {
    title: 'An ending that fails says why',
    rows: [
      ['spawning', done('spawnProcess'), 'running'],
      ['running', stop('cancelled', 2_000), 'ending'],
      ['ending', fails('endProcesses'), 'ended', ends('cancelled', unknown, defect)],
    ],
  },
  {
    title: 'A program whose exit cannot be seen is ended, and the outcome says why',
    rows: [
      ['spawning', done('spawnProcess'), 'running'],
      ['running', fails('waitForExit'), 'ending', ending(100, 2_000)],
      ['ending', done('endProcesses', terminated), 'ended', ends('exited', terminated, defect)],
    ],
  },
  {
    title: 'A program whose output cannot be watched is ended, and the outcome says why',
    given: { watchFails: true },
    rows: [
      ['spawning', done('spawnProcess'), 'ending', { doing: ['endProcesses'] }],
      ['ending', done('endProcesses', terminated), 'ended', ends('exited', terminated, defect)],
    ],
  },
];

describe('child process', () => testStories(childProcessMachine, startProgram, stories));

function startProgram(given: { readonly watchFails: true } | undefined): Run<ChildProcessEvent> {
  const work = commandWork(childProcessWork, given === undefined ? {} : { watchOutput: broken });
  const input = { processId: 7, timeLimitMs: 60_000, graceMs: 2_000 };
  const actor = createActor(createChildProcessMachine(work.actors), { input });
  return { actor, started: () => work.started, send: (event) => actor.send(event) };
}
