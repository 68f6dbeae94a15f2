import { describe } from 'vitest';
import { createActor } from 'xstate';
import { AppError } from '../../src/domain/app-error.ts';
import { defaultEarlySettings } from '../../src/domain/early-settings.ts';
import type { ShutdownPolicy, ShutdownTrigger, TransportKind } from '../../src/domain/shutdown-policy.ts';
import type { StartupTask } from '../../src/domain/startup-task.ts';
import { defineWork } from '../../src/machines/define-work.ts';
import { createLifecycleMachine, lifecycleMachine } from '../../src/machines/lifecycle.machine.ts';
import { type LifecycleEvent, type LifecycleWork, lifecycleWork } from '../../src/machines/lifecycle.setup.ts';
import {
  createStartupTaskMachine,
  type StartupTaskWork,
  startupTaskWork,
} from '../../src/machines/startup-task.machine.ts';
import { commandWork } from '../fixtures/commanded-work.ts';
import { after, begins, broken, done, fails, type Row, type Run, type Story, sends, testStories } from './stories.ts';

/** The server is ready after the audit, which follows the backend; nothing waits for the drift. */
const tasks: readonly StartupTask[] = [
  { name: 'backend', description: 'loading the backend', gating: true, timeLimitMs: 10_000, follows: null },
  { name: 'audit', description: 'reading the audit', gating: true, timeLimitMs: 60_000, follows: 'backend' },
  { name: 'drift', description: 'looking for drift', gating: false, timeLimitMs: 20_000, follows: 'backend' },
];

/** Events happen now. */
type Timeless<Event> = Event extends { atMs: number } ? Omit<Event, 'atMs'> : Event;
type Happens = Timeless<LifecycleEvent>;

const requested: Happens = { type: 'BACKEND_REQUESTED' };
const retried = (name: string): Happens => ({ type: 'RETRY_TASK', name });
const calls = { inFlight: true, waiting: false };
const diskFull = { what: 'the log file', cause: 'disk full' };
const trigger = (name: ShutdownTrigger): Happens => ({ type: 'SHUTDOWN_TRIGGERED', trigger: name });
const signal: Happens = { type: 'SHUTDOWN_TRIGGERED', trigger: 'signal', signal: 'SIGTERM' };
const defect = { code: 'internal', message: 'a defect ended the server' } as const;
const crash: Happens = { type: 'CRASHED', fault: defect };
const secondCrash: Happens = { type: 'CRASHED', fault: { code: 'internal', message: 'its consequence' } };

const read = (drainMs = 1_000) =>
  done('readEarlySettings', { settings: { ...defaultEarlySettings, drainMs }, fault: null });
const badConfig = { code: 'invalid_input', message: 'config.yaml:1:1: timout is not a setting' } as const;
const readBadly = done('readEarlySettings', { settings: defaultEarlySettings, fault: badConfig });

const status = (backend: string, audit: string, drift: string) => ({ tasks: { backend, audit, drift } });
const watcher = 'watchShutdownTriggers';
const watchesFor = (...triggers: readonly ShutdownTrigger[]) => ({ starts: { [watcher]: { triggers } } });
/** The table of shutdowns: after the end of the input, after a signal with a `drain_ms` of 4,000, and after everything else. */
const untilAnswered = { servesBackendCalls: true, finishMs: 1_000, childGraceMs: 500, hardDeadlineMs: 1_800 };
const untilSet = { servesBackendCalls: false, finishMs: 4_000, childGraceMs: 500, hardDeadlineMs: 4_800 };
const atOnce = { servesBackendCalls: false, finishMs: 0, childGraceMs: 1_000, hardDeadlineMs: 1_500 };
/** What a server does with its calls and its programs before it ends. */
const drains = (policy: ShutdownPolicy, fault: object | null = null) => ({ starts: { drain: { policy, fault } } });
const exits = (exitCode: number, fault: object | null = null) => ({ doing: [], ends: { exitCode, fault } });

type LifecycleRow = Row<Happens>;

const opened = (drainMs?: number): readonly LifecycleRow[] => [
  ['configure', read(drainMs), 'openTransport'],
  ['openTransport', done('openTransport'), 'deferredInit'],
];
/** The backend is there; the audit and the drift run. */
const loaded: readonly LifecycleRow[] = [
  ...opened(),
  ['deferredInit', requested, 'deferredInit'],
  ['deferredInit', done('backend'), 'deferredInit', status('done', 'running', 'running')],
];
const ready: readonly LifecycleRow[] = [...loaded, ['deferredInit', done('audit'), 'ready']];
/** A first signal has come, and the calls finish. */
const leaving: readonly LifecycleRow[] = [
  ...opened(),
  ['deferredInit', signal, 'draining', { doing: [watcher, 'drain'] }],
];

interface Given {
  readonly transport?: TransportKind;
  readonly watchFails?: true;
}

const stories: readonly Story<Happens, Given>[] = [
  {
    title: 'A client connects, gets its tools, calls one, and leaves',
    rows: [
      ['configure', read(), 'openTransport', { wired: 1, doing: [watcher, 'openTransport'] }],
      [
        'openTransport',
        done('openTransport'),
        'deferredInit',
        { doing: [watcher], ...status('waiting', 'waiting', 'waiting') },
      ],
      [
        'deferredInit',
        requested,
        'deferredInit',
        { doing: [watcher, 'keepServerRecord', 'backend'], ...status('running', 'waiting', 'waiting') },
      ],
      ['deferredInit', requested, 'deferredInit', { doing: [watcher, 'keepServerRecord', 'backend'], starts: {} }],
      ['deferredInit', done('backend'), 'deferredInit', status('done', 'running', 'running')],
      ['deferredInit', done('audit'), 'ready', status('done', 'done', 'running')],
      ['ready', { type: 'CALLS_CHANGED', ...calls }, 'ready', { calls }],
      ['ready', done('drift'), 'ready', status('done', 'done', 'done')],
      ['ready', trigger('eof'), 'draining', drains(untilAnswered)],
      ['draining', done('drain'), 'shutdown', { doing: [watcher, 'closeTransport'] }],
      [
        'shutdown',
        done('closeTransport'),
        'stopped',
        {
          ...exits(0),
          phases: ['configure', 'compose', 'openTransport', 'deferredInit', 'ready', 'draining', 'shutdown'],
        },
      ],
    ],
  },

  // The start
  {
    title: 'Nothing slow happens before the backend is requested',
    rows: [...opened(), ['deferredInit', after(3_600_000), 'deferredInit', { doing: [watcher] }]],
  },
  {
    title:
      'With a bad configuration the server opens its transport, does no task, and exits with 2 when the client leaves',
    rows: [
      ['configure', readBadly, 'openTransport', { fault: badConfig }],
      ['openTransport', done('openTransport'), 'deferredInit', { tasks: {} }],
      ['deferredInit', requested, 'deferredInit', { doing: [watcher, 'keepServerRecord'] }],
      ['deferredInit', trigger('eof'), 'draining', drains(untilAnswered, badConfig)],
      ['draining', done('drain'), 'shutdown'],
      ['shutdown', done('closeTransport'), 'failed', exits(2, badConfig)],
    ],
  },
  {
    title: 'A configuration that cannot be read does not keep the transport closed',
    rows: [
      [
        'configure',
        fails('readEarlySettings', new AppError('forbidden', 'config.yaml may not be read')),
        'openTransport',
        { fault: { code: 'forbidden', message: 'config.yaml may not be read' } },
      ],
      ['openTransport', done('openTransport'), 'deferredInit', { tasks: {} }],
    ],
  },
  {
    title: 'A configuration that is not read within 5 s does not keep the transport closed',
    rows: [
      [
        'configure',
        after(5_000),
        'openTransport',
        {
          doing: [watcher, 'openTransport'],
          fault: { code: 'timed_out', message: 'The configuration could not be read within 5 s.' },
        },
      ],
      ['openTransport', done('openTransport'), 'deferredInit', { tasks: {} }],
    ],
  },
  {
    title: 'A transport that cannot be opened ends the server, with the reason',
    rows: [
      ['configure', read(), 'openTransport'],
      ['openTransport', fails('openTransport'), 'shutdown', { doing: [watcher, 'closeTransport'] }],
      ['shutdown', done('closeTransport'), 'failed', exits(70, { code: 'internal', message: 'broken' })],
    ],
  },
  {
    title: 'A transport that is not open after 5 s ends the server, within 2 s',
    rows: [
      ['configure', read(), 'openTransport'],
      ['openTransport', after(5_000), 'shutdown', { doing: [watcher, 'closeTransport'] }],
      [
        'shutdown',
        after(2_000),
        'failed',
        exits(124, { code: 'timed_out', message: 'The transport could not be opened within 5 s.' }),
      ],
    ],
  },

  // The tasks
  {
    title: 'A backend that fails takes its followers with it; a call loads it again, but not within 10 s',
    rows: [
      ...opened(),
      ['deferredInit', requested, 'deferredInit'],
      [
        'deferredInit',
        fails('backend'),
        'ready',
        {
          ...status('failed', 'failed', 'failed'),
          causes: ['broken', 'backend has failed: broken', 'backend has failed: broken'],
        },
      ],
      ['ready', after(9_999), 'ready'],
      ['ready', retried('backend'), 'ready', { starts: {}, ...status('failed', 'failed', 'failed') }],
      ['ready', after(1), 'ready'],
      ['ready', retried('backend'), 'ready', status('running', 'failed', 'failed')],
      ['ready', done('backend'), 'ready', { ...status('done', 'running', 'running'), causes: [null, null, null] }],
    ],
  },
  {
    title: 'A backend that takes longer than its 10 s does not keep the server from being ready',
    rows: [
      ...opened(),
      ['deferredInit', requested, 'deferredInit'],
      [
        'deferredInit',
        after(10_000),
        'ready',
        { doing: [watcher, 'keepServerRecord'], ...status('timedOut', 'failed', 'failed') },
      ],
    ],
  },
  {
    title: 'A task that nothing waits for may fail before the server is ready',
    rows: [
      ...loaded,
      ['deferredInit', fails('drift'), 'deferredInit', status('done', 'running', 'failed')],
      ['deferredInit', done('audit'), 'ready', status('done', 'done', 'failed')],
    ],
  },
  {
    title: 'A task that is done or runs is not started again',
    rows: [
      ...ready,
      ['ready', retried('audit'), 'ready', { starts: {}, ...status('done', 'done', 'running') }],
      ['ready', retried('drift'), 'ready', { starts: {}, ...status('done', 'done', 'running') }],
    ],
  },

  // What does not work while the rest does
  {
    title: 'A degraded server serves on, and says what does not work',
    rows: [...ready, ['ready', { type: 'DEGRADED', ...diskFull }, 'ready', { degraded: [diskFull] }]],
  },
  {
    title: 'A server whose record cannot be written serves on, and says so',
    rows: [
      ...ready,
      ['ready', sends('keepServerRecord', { type: 'DEGRADED', ...diskFull }), 'ready', { degraded: [diskFull] }],
    ],
  },
  {
    title: 'A server that cannot watch for what would end it serves, and says so',
    given: { watchFails: true },
    rows: [
      [
        'configure',
        read(),
        'openTransport',
        { doing: ['openTransport'], degraded: [{ what: 'watching for shutdown triggers', cause: 'broken' }] },
      ],
    ],
  },

  // What ends a server, and by when it is gone
  {
    title: 'A server on stdio watches for the end of its input, its output and its parent, and for signals',
    rows: [['configure', begins, 'configure', watchesFor('eof', 'stdoutClosed', 'parentDied', 'signal')]],
  },
  {
    title: 'A server on HTTP watches for signals only',
    given: { transport: 'http' },
    rows: [['configure', begins, 'configure', watchesFor('signal')]],
  },
  {
    title: 'After the end of its input a server is gone in 1.8 s, of which 0.3 s are for closing',
    rows: [
      ...opened(),
      ['deferredInit', sends(watcher, trigger('eof')), 'draining', drains(untilAnswered)],
      ['draining', after(1_500), 'shutdown', { doing: [watcher, 'closeTransport'] }],
      ['shutdown', after(300), 'stopped', exits(0)],
    ],
  },
  {
    title: 'After a signal a server is gone in shutdown.drain_ms and 0.8 s',
    rows: [
      ...opened(4_000),
      ['deferredInit', signal, 'draining', drains(untilSet)],
      ['draining', after(4_500), 'shutdown'],
      ['shutdown', after(300), 'stopped', exits(0)],
    ],
  },
  {
    title: 'After the death of its parent a server is gone in 1.5 s',
    rows: [
      ...opened(),
      ['deferredInit', trigger('parentDied'), 'draining', drains(atOnce)],
      ['draining', after(1_200), 'shutdown'],
      ['shutdown', after(300), 'stopped', exits(0)],
    ],
  },
  {
    title: 'After its output was closed a server is gone in 1.5 s',
    rows: [
      ...opened(),
      ['deferredInit', trigger('stdoutClosed'), 'draining', drains(atOnce)],
      ['draining', after(1_200), 'shutdown'],
      ['shutdown', after(300), 'stopped', exits(0)],
    ],
  },
  {
    title: 'After a crash a server is gone in 1.5 s, and exits with 70',
    rows: [
      ...ready,
      ['ready', crash, 'draining', drains(atOnce, defect)],
      ['draining', after(1_200), 'shutdown'],
      ['shutdown', after(300), 'failed', exits(70, defect)],
    ],
  },
  {
    title: 'A server may be ended before it has opened its transport',
    rows: [
      ['configure', signal, 'draining', { doing: [watcher, 'drain'] }],
      ['draining', done('drain'), 'shutdown'],
      ['shutdown', done('closeTransport'), 'stopped', exits(0)],
    ],
  },
  {
    title: 'A server with a bad configuration that ends at its deadline exits with 2 as well',
    rows: [
      ['configure', readBadly, 'openTransport'],
      ['openTransport', trigger('eof'), 'draining'],
      ['draining', after(1_000), 'draining'],
      ['draining', signal, 'draining'],
      ['draining', after(500), 'shutdown'],
      ['shutdown', after(300), 'failed', exits(2, badConfig)],
    ],
  },
  {
    title: 'Answers that cannot be flushed do not keep a server from ending',
    rows: [
      ...leaving,
      ['draining', fails('drain'), 'shutdown', { degraded: [{ what: 'draining', cause: 'broken' }] }],
      ['shutdown', done('closeTransport'), 'stopped', exits(0)],
    ],
  },
  {
    title: 'A transport that cannot be closed does not keep a server from ending',
    rows: [
      ...leaving,
      ['draining', done('drain'), 'shutdown'],
      ['shutdown', fails('closeTransport'), 'stopped', exits(0)],
    ],
  },
  {
    title: 'A transport that cannot be closed does not hide why a server failed',
    rows: [
      ['configure', read(), 'openTransport'],
      ['openTransport', fails('openTransport', new AppError('conflict', 'The port is taken.')), 'shutdown'],
      ['shutdown', fails('closeTransport'), 'failed', exits(5, { code: 'conflict', message: 'The port is taken.' })],
    ],
  },
  {
    title: 'Closing the transport takes 2 s at most, even if there is more time',
    rows: [
      ...opened(10_000),
      ['deferredInit', signal, 'draining'],
      ['draining', done('drain'), 'shutdown'],
      ['shutdown', after(2_000), 'stopped', exits(0)],
    ],
  },

  // More than one trigger
  {
    title: 'A second signal stops waiting, and leaves 0.3 s to close',
    rows: [
      ...leaving,
      ['draining', after(100), 'draining'],
      ['draining', signal, 'shutdown', { doing: [watcher, 'closeTransport'] }],
      ['shutdown', after(300), 'stopped', exits(0)],
    ],
  },
  {
    title: 'The time to be gone counts from the first trigger, also while the transport closes',
    rows: [
      ...leaving,
      ['draining', after(1_400), 'draining'],
      ['draining', done('drain'), 'shutdown'],
      ['shutdown', after(400), 'stopped', exits(0)],
    ],
  },
  {
    title: 'A second signal while the transport closes ends the server at once',
    rows: [...leaving, ['draining', done('drain'), 'shutdown'], ['shutdown', signal, 'stopped', exits(0)]],
  },
  {
    title: 'A second signal to a server that has failed ends it at once, with its reason',
    rows: [
      ...ready,
      ['ready', crash, 'draining'],
      ['draining', signal, 'draining'],
      ['draining', done('drain'), 'shutdown'],
      ['shutdown', signal, 'failed', exits(70, defect)],
    ],
  },
  {
    title: 'A first signal after the end of the input is no second signal: calls may finish',
    rows: [
      ...opened(),
      ['deferredInit', trigger('eof'), 'draining'],
      ['draining', after(500), 'draining'],
      ['draining', signal, 'draining', { doing: [watcher, 'drain'], starts: {} }],
      ['draining', after(1_000), 'shutdown'],
      ['shutdown', after(300), 'stopped', exits(0)],
    ],
  },
  {
    title:
      'A first signal that leaves less time than the first trigger ends the server by then, even if calls still run',
    rows: [
      ...opened(0),
      ['deferredInit', trigger('eof'), 'draining'],
      ['draining', after(100), 'draining'],
      ['draining', signal, 'draining'],
      ['draining', after(500), 'shutdown'],
      ['shutdown', after(300), 'stopped', exits(0)],
    ],
  },
  {
    title: 'A first signal after a crash does not hide the crash',
    rows: [
      ...opened(0),
      ['deferredInit', crash, 'draining'],
      ['draining', signal, 'draining'],
      ['draining', after(500), 'shutdown'],
      ['shutdown', after(300), 'failed', exits(70, defect)],
    ],
  },
  {
    title: 'A first signal while the transport closes brings the end nearer, and no more',
    rows: [
      ...opened(0),
      ['deferredInit', trigger('eof'), 'draining'],
      ['draining', done('drain'), 'shutdown'],
      ['shutdown', signal, 'shutdown', { doing: [watcher, 'closeTransport'], starts: {} }],
      ['shutdown', after(800), 'stopped', exits(0)],
    ],
  },
  {
    title: 'Of two triggers that are no signals the first counts',
    rows: [
      ...opened(),
      ['deferredInit', trigger('eof'), 'draining'],
      ['draining', after(500), 'draining'],
      ['draining', trigger('parentDied'), 'draining', { starts: {} }],
      ['draining', after(1_000), 'shutdown'],
      ['shutdown', trigger('parentDied'), 'shutdown', { starts: {} }],
      ['shutdown', after(300), 'stopped', exits(0)],
    ],
  },
  {
    title: 'A crash while calls finish stops waiting for them; the first fault is the one that is reported',
    rows: [
      ...leaving,
      ['draining', crash, 'shutdown', { doing: [watcher, 'closeTransport'] }],
      ['shutdown', secondCrash, 'failed', exits(70, defect)],
    ],
  },
  {
    title: 'A crash while the transport closes ends the server at once',
    rows: [...leaving, ['draining', done('drain'), 'shutdown'], ['shutdown', crash, 'failed', exits(70, defect)]],
  },

  // Tasks while a server leaves
  {
    title:
      'While a server leaves, the backend is still loaded for calls that came before; what follows it does not begin',
    rows: [
      ...opened(),
      ['deferredInit', trigger('eof'), 'draining'],
      [
        'draining',
        requested,
        'draining',
        { doing: [watcher, 'drain', 'keepServerRecord', 'backend'], ...status('running', 'waiting', 'waiting') },
      ],
      ['draining', requested, 'draining', { starts: {} }],
      ['draining', done('backend'), 'draining', status('done', 'waiting', 'waiting')],
    ],
  },
  {
    title: 'While a server leaves, what follows the backend does not begin either if the backend was loading already',
    rows: [
      ...opened(),
      ['deferredInit', requested, 'deferredInit'],
      ['deferredInit', signal, 'draining'],
      ['draining', done('backend'), 'draining', status('done', 'waiting', 'waiting')],
    ],
  },
  {
    title: 'While a server leaves, a task that runs goes on',
    rows: [
      ...loaded,
      ['deferredInit', trigger('eof'), 'draining', { doing: [watcher, 'keepServerRecord', 'audit', 'drift', 'drain'] }],
      ['draining', done('drift'), 'draining', status('done', 'running', 'done')],
      ['draining', done('drain'), 'shutdown', { doing: [watcher, 'closeTransport'] }],
    ],
  },
  {
    title: 'While a server leaves, a task that failed before or fails now is not started again',
    rows: [
      ...opened(20_000),
      ['deferredInit', requested, 'deferredInit'],
      ['deferredInit', done('backend'), 'deferredInit'],
      ['deferredInit', fails('drift'), 'deferredInit'],
      ['deferredInit', signal, 'draining'],
      ['draining', fails('audit'), 'draining', status('done', 'failed', 'failed')],
      ['draining', after(10_000), 'draining'],
      ['draining', retried('drift'), 'draining', { starts: {}, ...status('done', 'failed', 'failed') }],
      ['draining', retried('audit'), 'draining', { starts: {}, ...status('done', 'failed', 'failed') }],
    ],
  },
];

describe('life cycle', () => testStories(lifecycleMachine, startLife, stories));

/** The work of the life cycle and of its tasks, in one order. A task's work has the name of the task. */
const allWork = defineWork<LifecycleWork & StartupTaskWork>({ ...lifecycleWork.kinds, ...startupTaskWork.kinds });

function startLife({ transport = 'stdio', watchFails }: Given = {}): Run<Happens> {
  const work = commandWork(allWork, watchFails ? { [watcher]: broken } : {});
  let wired = 0;
  const actor = createActor(
    createLifecycleMachine({
      actors: { ...work.actors, startupTask: createStartupTaskMachine(work.actors) },
      wireTransport() {
        wired += 1;
      },
    }),
    { input: { transport, tasks } },
  );
  return {
    actor,
    started: () =>
      work.started.map((start) => ({
        ...start,
        name: start.name === 'runTask' ? (start.input as StartupTask).name : start.name,
        send: (event) => start.send({ ...event, atMs: Date.now() }),
      })),
    send: (event) => actor.send({ ...event, atMs: Date.now() } as LifecycleEvent),
    sees() {
      const { records, calls, degraded, fault, phases } = actor.getSnapshot().context;
      return {
        tasks: Object.fromEntries(Object.entries(records).map(([name, record]) => [name, record.status])),
        causes: Object.values(records).map(({ cause }) => cause),
        calls,
        degraded,
        fault,
        phases: phases.map(({ state }) => state),
        wired,
      };
    },
  };
}
