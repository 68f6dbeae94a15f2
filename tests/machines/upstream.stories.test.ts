import { describe } from 'vitest';
import { createActor } from 'xstate';
import { AppError, type Fault } from '../../src/domain/app-error.ts';
import type { CommandEnd } from '../../src/domain/upstream.ts';
import {
  createUpstreamMachine,
  type UpstreamEvent,
  type UpstreamInput,
  upstreamMachine,
  upstreamWork,
} from '../../src/machines/upstream.machine.ts';
import { commandWork } from '../fixtures/commanded-work.ts';
import { after, begins, broken, done, fails, type Row, type Run, type Story, testStories } from './stories.ts';

type UpstreamRow = Row<UpstreamEvent>;

const introduced: UpstreamEvent = { type: 'INTRODUCED' };
const requested: UpstreamEvent = { type: 'REQUESTED' };
const used: UpstreamEvent = { type: 'USE_CHANGED', isUsed: true };
const unused: UpstreamEvent = { type: 'USE_CHANGED', isUsed: false };
const stop = (patienceMs: number): UpstreamEvent => ({ type: 'STOP', patienceMs });

const exited: Fault = { code: 'unavailable', message: 'exit code 3' };
const closedOutput: Fault = { code: 'unavailable', message: 'closed its output' };
const breaks: UpstreamEvent = { type: 'BROKEN', fault: closedOutput };
const refusal = new AppError('process_failed', 'refused initialize');

const ends = (end: Partial<CommandEnd> = {}) =>
  done('runCommand', { atMs: 1_000_000, fault: exited, isHopeless: false, ...end });

/** The start of an ending that first leaves the command this time to end by itself. */
const ending = (patienceMs: number) => ({
  doing: ['runCommand', 'endCommand'],
  starts: { endCommand: { patienceMs } },
});

const starts: readonly UpstreamRow[] = [
  ['running.awaitingClient', introduced, 'running.starting', { doing: ['runCommand', 'shakeHands'] }],
  ['running.starting', done('shakeHands'), 'running.up.unused', { doing: ['runCommand', 'serveClient'], fault: null }],
];

/** A command that fails at each of these moments, in milliseconds, before and after rests of this length. */
const failsAgain = (...turns: readonly (readonly [atMs: number, backOffMs: number])[]): readonly UpstreamRow[] =>
  turns.flatMap(([atMs, backOffMs]): readonly UpstreamRow[] => [
    ['running.starting', ends({ atMs }), 'backingOff', { doing: [], fault: 'exit code 3' }],
    ['backingOff', after(backOffMs), 'running.starting', { doing: ['runCommand', 'shakeHands'] }],
  ]);

const givesUp: readonly UpstreamRow[] = [
  ['running.awaitingClient', introduced, 'running.starting'],
  ['running.starting', ends({ isHopeless: true }), 'givenUp.resting', { doing: [], fault: 'exit code 3' }],
];

const lazily = { isOnDemand: true };
const idly = { idleLimitMs: 600_000 };

const stories: readonly Story<UpstreamEvent, Partial<UpstreamInput>>[] = [
  {
    title: 'A command is started at once, is introduced when the client has come, and serves it',
    rows: [['running.awaitingClient', begins, 'running.awaitingClient', { doing: ['runCommand'] }], ...starts],
  },
  {
    title: 'A command on demand is started by the first request, and the client may come before or after that',
    given: lazily,
    rows: [
      ['down', begins, 'down', { doing: [] }],
      ['down', introduced, 'down', { doing: [] }],
      ['down', used, 'running.starting', { doing: ['runCommand', 'shakeHands'] }],
    ],
  },
  {
    title: 'A command on demand that nobody needed is never started',
    given: lazily,
    rows: [['down', stop(1_000), 'ended', { doing: [] }]],
  },
  {
    title: 'Requests come and go while it is up',
    rows: [
      ...starts,
      ['running.up.unused', used, 'running.up.used', { doing: ['runCommand', 'serveClient'] }],
      ['running.up.used', unused, 'running.up.unused', { doing: ['runCommand', 'serveClient'] }],
    ],
  },
  {
    title: 'Requests that came before it was up are in use at once',
    rows: [
      ['running.awaitingClient', used, 'running.awaitingClient'],
      ['running.awaitingClient', introduced, 'running.starting'],
      ['running.starting', done('shakeHands'), 'running.up.used'],
    ],
  },
  {
    title: 'With --idle it is stopped when no request was without an answer for so long, and started by the next one',
    given: idly,
    rows: [
      ...starts,
      ['running.up.unused', after(600_000), 'running.stopping', ending(2_000)],
      ['running.stopping', ends(), 'down', { doing: [], fault: null }],
      ['down', used, 'running.starting', { doing: ['runCommand', 'shakeHands'] }],
    ],
  },
  {
    title: 'Each request begins the time without one anew',
    given: idly,
    rows: [
      ...starts,
      ['running.up.unused', after(599_999), 'running.up.unused'],
      ['running.up.unused', used, 'running.up.used'],
      ['running.up.used', after(3_600_000), 'running.up.used'],
      ['running.up.used', unused, 'running.up.unused'],
      ['running.up.unused', after(600_000), 'running.stopping'],
    ],
  },
  {
    title: 'A request that comes while it is stopped starts it again once it is gone',
    given: idly,
    rows: [
      ...starts,
      ['running.up.unused', after(600_000), 'running.stopping'],
      ['running.stopping', used, 'running.stopping', { doing: ['runCommand', 'endCommand'] }],
      ['running.stopping', ends(), 'running.starting', { doing: ['runCommand', 'shakeHands'], fault: null }],
    ],
  },
  {
    title: 'Without --idle it is never stopped for want of requests',
    rows: [...starts, ['running.up.unused', after(10 * 86_400_000), 'running.up.unused']],
  },
  {
    title: 'A start that takes longer than --start-timeout fails and says so',
    rows: [
      ['running.awaitingClient', after(3_600_000), 'running.awaitingClient'],
      ['running.awaitingClient', introduced, 'running.starting'],
      [
        'running.starting',
        after(60_000),
        'running.stopping',
        {
          ...ending(2_000),
          fault: 'the server did not answer initialize and its lists within 60 s (--start-timeout)',
        },
      ],
      [
        'running.stopping',
        ends(),
        'backingOff',
        { fault: 'the server did not answer initialize and its lists within 60 s (--start-timeout)' },
      ],
    ],
  },
  {
    title: 'A server that refuses to be introduced is ended, and started again after a rest',
    rows: [
      ['running.awaitingClient', introduced, 'running.starting'],
      [
        'running.starting',
        fails('shakeHands', refusal),
        'running.stopping',
        { ...ending(2_000), fault: 'refused initialize' },
      ],
      ['running.stopping', ends(), 'backingOff', { doing: [], fault: 'refused initialize' }],
      ['backingOff', after(250), 'running.starting'],
    ],
  },
  {
    title: 'A command that ends before the client has come is started again, and introduced when it comes',
    rows: [
      ['running.awaitingClient', ends(), 'backingOff', { doing: [], fault: 'exit code 3' }],
      ['backingOff', introduced, 'backingOff'],
      ['backingOff', after(250), 'running.starting'],
    ],
  },
  {
    title: 'A command whose pipes break is ended whether or not it has been introduced, and the break is the fault',
    rows: [
      ['running.awaitingClient', breaks, 'running.stopping', { ...ending(2_000), fault: 'closed its output' }],
      ['running.stopping', introduced, 'running.stopping'],
      ['running.stopping', ends({ atMs: 1_000 }), 'backingOff', { doing: [], fault: 'closed its output' }],
      ['backingOff', after(250), 'running.starting'],
      ['running.starting', breaks, 'running.stopping', { ...ending(2_000), fault: 'closed its output' }],
      ['running.stopping', ends({ atMs: 2_000 }), 'backingOff'],
      ['backingOff', after(500), 'running.starting'],
      ['running.starting', done('shakeHands'), 'running.up.unused', { fault: null }],
      ['running.up.unused', breaks, 'running.stopping', { ...ending(2_000), fault: 'closed its output' }],
      [
        'running.stopping',
        { type: 'BROKEN', fault: exited },
        'running.stopping',
        { doing: ['runCommand', 'endCommand'], starts: {}, fault: 'closed its output' },
      ],
      ['running.stopping', ends({ atMs: 3_000 }), 'backingOff', { doing: [], fault: 'closed its output' }],
    ],
  },
  {
    title: 'A command that ends while it serves is started again, and has no fault once it is up again',
    rows: [
      ...starts,
      ['running.up.unused', ends(), 'backingOff', { doing: [], fault: 'exit code 3' }],
      ['backingOff', after(250), 'running.starting', { fault: 'exit code 3' }],
      ['running.starting', done('shakeHands'), 'running.up.unused', { fault: null }],
    ],
  },
  {
    title: 'A failed command on demand is started again only while a request needs it',
    given: lazily,
    rows: [
      ['down', introduced, 'down'],
      ['down', used, 'running.starting'],
      ['running.starting', ends({ atMs: 1_000 }), 'backingOff'],
      ['backingOff', after(250), 'running.starting'],
      ['running.starting', ends({ atMs: 2_000 }), 'backingOff'],
      ['backingOff', unused, 'backingOff'],
      ['backingOff', after(500), 'down', { doing: [], fault: 'exit code 3' }],
    ],
  },
  {
    title:
      'A command rests twice as long after each failure; after five in ten minutes it is given up, and once more after the next',
    rows: [
      ['running.awaitingClient', introduced, 'running.starting'],
      ...failsAgain([0, 250], [100_000, 500], [200_000, 1_000], [300_000, 2_000]),
      ['running.starting', ends({ atMs: 599_999 }), 'givenUp.resting', { doing: [], fault: 'exit code 3' }],
      ['givenUp.resting', after(10_000), 'givenUp.retryable'],
      ['givenUp.retryable', requested, 'running.starting', { doing: ['runCommand', 'shakeHands'] }],
      ['running.starting', ends({ atMs: 610_000 }), 'givenUp.resting'],
    ],
  },
  {
    title: 'Failures of more than ten minutes ago do not count',
    rows: [
      ['running.awaitingClient', introduced, 'running.starting'],
      ...failsAgain([0, 250], [100_000, 500], [200_000, 1_000], [300_000, 2_000], [601_000, 2_000], [902_000, 500]),
    ],
  },
  {
    title: 'A command that was given up is started by the first request that comes 10 s later or more',
    rows: [
      ...givesUp,
      ['givenUp.resting', used, 'givenUp.resting', { doing: [] }],
      ['givenUp.resting', requested, 'givenUp.resting', { doing: [] }],
      ['givenUp.resting', after(10_000), 'givenUp.retryable', { doing: [] }],
      ['givenUp.retryable', after(3_600_000), 'givenUp.retryable', { doing: [] }],
      ['givenUp.retryable', requested, 'running.starting', { doing: ['runCommand', 'shakeHands'] }],
      ['running.starting', done('shakeHands'), 'running.up.used', { fault: null }],
    ],
  },
  {
    title: 'A command that would fail in the same way again is given up at once',
    rows: [...givesUp, ['givenUp.resting', stop(0), 'ended']],
  },
  {
    title: 'A shutdown closes its input and leaves it as much time as there is; then nothing of it is left',
    rows: [
      ...starts,
      ['running.up.unused', stop(700), 'running.stopping', ending(700)],
      ['running.stopping', ends(), 'ended', { doing: [] }],
    ],
  },
  {
    title: 'A shutdown before the client has come ends the command',
    rows: [
      ['running.awaitingClient', stop(700), 'running.stopping', ending(700)],
      ['running.stopping', introduced, 'running.stopping', { doing: ['runCommand', 'endCommand'] }],
      ['running.stopping', ends(), 'ended', { doing: [] }],
    ],
  },
  {
    title: 'A shutdown while it starts ends the command, and its failures are no news',
    rows: [
      ['running.awaitingClient', introduced, 'running.starting'],
      ['running.starting', stop(700), 'running.stopping', ending(700)],
      ['running.stopping', breaks, 'running.stopping', { fault: null }],
      ['running.stopping', ends({ isHopeless: true }), 'ended', { doing: [] }],
    ],
  },
  {
    title: 'A shutdown while a failed start is ended leaves the rest of the ending its own time, and starts nothing',
    rows: [
      ['running.awaitingClient', introduced, 'running.starting'],
      ['running.starting', fails('shakeHands', refusal), 'running.stopping', ending(2_000)],
      ['running.stopping', stop(0), 'running.stopping', ending(0)],
      ['running.stopping', ends(), 'ended', { doing: [], fault: 'refused initialize' }],
    ],
  },
  {
    title: 'A shutdown while it is stopped for want of requests starts nothing for those that come',
    given: idly,
    rows: [
      ...starts,
      ['running.up.unused', after(600_000), 'running.stopping', ending(2_000)],
      ['running.stopping', stop(500), 'running.stopping', ending(500)],
      ['running.stopping', used, 'running.stopping'],
      ['running.stopping', ends(), 'ended', { doing: [] }],
    ],
  },
  {
    title: 'A second STOP shortens the ending',
    rows: [
      ...starts,
      ['running.up.unused', stop(700), 'running.stopping', ending(700)],
      ['running.stopping', stop(0), 'running.stopping', ending(0)],
      ['running.stopping', ends(), 'ended', { doing: [] }],
    ],
  },
  {
    title: 'A shutdown while a failed command rests ends it at once',
    rows: [
      ['running.awaitingClient', ends(), 'backingOff'],
      ['backingOff', stop(1_000), 'ended', { doing: [] }],
    ],
  },
  {
    title: 'A shutdown does not wait for a command that cannot be ended: it has its patience and 15 s',
    rows: [
      ...starts,
      ['running.up.unused', stop(700), 'running.stopping', ending(700)],
      ['running.stopping', after(15_700), 'ended', { doing: [] }],
    ],
  },
  {
    title: 'A command that cannot be ended is given up with the first fault, so that no second one runs beside it',
    rows: [
      ...starts,
      ['running.up.unused', breaks, 'running.stopping', ending(2_000)],
      ['running.stopping', used, 'running.stopping'],
      ['running.stopping', after(17_000), 'givenUp.resting', { doing: [], fault: 'closed its output' }],
      ['givenUp.resting', requested, 'givenUp.resting'],
    ],
  },
  {
    title: 'A command that was not used and cannot be ended is given up and says so',
    given: idly,
    rows: [
      ...starts,
      ['running.up.unused', after(600_000), 'running.stopping', ending(2_000)],
      [
        'running.stopping',
        after(17_000),
        'givenUp.resting',
        { doing: [], fault: 'the command could not be ended in time' },
      ],
    ],
  },
  {
    title: 'An ending that fails has its time all the same, and says why',
    given: idly,
    rows: [
      ...starts,
      ['running.up.unused', after(600_000), 'running.stopping', ending(2_000)],
      ['running.stopping', fails('endCommand'), 'running.stopping', { doing: ['runCommand'], fault: 'broken' }],
      ['running.stopping', ends(), 'down'],
    ],
  },
  {
    title: 'A server that cannot be connected with the client is ended, and says why',
    given: { isBroken: true } as Partial<UpstreamInput>,
    rows: [
      ['running.awaitingClient', introduced, 'running.starting'],
      ['running.starting', done('shakeHands'), 'running.stopping', { ...ending(2_000), fault: 'broken' }],
      ['running.stopping', ends(), 'backingOff', { doing: [], fault: 'broken' }],
    ],
  },
  {
    title: 'A command that cannot be run at all is given up and says why',
    rows: [
      ['running.awaitingClient', fails('runCommand'), 'givenUp.resting', { doing: [], fault: 'broken' }],
      ['givenUp.resting', requested, 'givenUp.resting', { doing: [] }],
    ],
  },
  {
    title: 'A command whose run fails during a shutdown has ended',
    rows: [
      ['running.awaitingClient', stop(700), 'running.stopping'],
      ['running.stopping', fails('runCommand'), 'ended', { doing: [] }],
    ],
  },
];

describe('upstream', () => testStories(upstreamMachine, startUpstream, stories));

function startUpstream(given: Partial<UpstreamInput & { isBroken: true }> = {}): Run<UpstreamEvent> {
  const { isBroken, ...changes } = given;
  const work = commandWork(upstreamWork, isBroken ? { serveClient: broken } : {});
  const input: UpstreamInput = { isOnDemand: false, idleLimitMs: null, startLimitMs: 60_000, ...changes };
  const actor = createActor(createUpstreamMachine(work.actors), { input });
  return {
    actor,
    started: () => work.started,
    send: (event) => actor.send(event),
    sees: () => ({ fault: actor.getSnapshot().context.fault?.message ?? null }),
  };
}
