import { errorKinds, toFault } from '../domain/app-error.ts';
import { defaultEarlySettings } from '../domain/early-settings.ts';
import { shutdownPolicyFor, shutdownTriggersOf } from '../domain/shutdown-policy.ts';
import { setupLifecycle } from './lifecycle.setup.ts';

const enter = (state: string) => ({ type: 'enterPhase' as const, params: { state } });

const theEnd = [{ guard: 'hasFault', target: 'failed' }, { target: 'stopped' }] as const;

/** @param work what the app does in the chart's names; without it the chart can be looked at, but not lived */
export const createLifecycleMachine = (...work: Parameters<typeof setupLifecycle>) =>
  setupLifecycle(...work).createMachine({
    id: 'lifecycle',
    description: 'The whole life of a server: it greets at the door at once and does everything slow behind it.',
    options: { maxIterations: 1_000 },
    context: ({ input }) => ({
      ...input,
      settings: defaultEarlySettings,
      fault: null,
      phases: [],
      isBackendRequested: false,
      records: {},
      calls: { inFlight: false, waiting: false },
      degraded: [],
      end: null,
    }),
    output: ({ context: { fault } }) => ({ exitCode: fault === null ? 0 : errorKinds[fault.code].exitCode, fault }),
    meta: {
      lifelong: { watchEnds: 'An end can come in every state.' },
    },
    invoke: {
      id: 'watchEnds',
      src: 'watchEnds',
      input: ({ context }) => ({ ends: shutdownTriggersOf[context.transport] }),
      onError: {
        actions: {
          type: 'rememberDegradation',
          params: ({ event }) => ({ what: 'watching for the end', cause: toFault(event.error).message }),
        },
      },
    },
    on: {
      TASK_SETTLED: { actions: ['keepOutcome', 'beginTasks', 'giveUpFollowers'] },
      RETRY_TASK: { guard: 'mayRetry', actions: 'beginTasks' },
      CALLS_CHANGED: { actions: { type: 'rememberCalls', params: ({ event }) => event } },
      DEGRADED: { actions: { type: 'rememberDegradation', params: ({ event }) => event } },
      SHUTDOWN_TRIGGERED: { target: '.draining', actions: ['rememberEnd', 'armDeadline'] },
      CRASHED: {
        target: '.draining',
        actions: [{ type: 'keepFault', params: ({ event }) => event }, 'rememberEnd', 'armDeadline'],
      },
    },
    initial: 'configure',
    states: {
      configure: {
        description: 'Reads the few settings that the first answers depend on.',
        entry: enter('configure'),
        invoke: {
          id: 'readEarlySettings',
          src: 'readEarlySettings',
          onDone: { target: 'compose', actions: { type: 'keepReading', params: ({ event }) => event.output } },
          onError: {
            target: 'compose',
            actions: { type: 'keepFault', params: ({ event }) => ({ fault: toFault(event.error) }) },
          },
        },
        after: {
          readLimit: {
            target: 'compose',
            actions: {
              type: 'keepFault',
              params: { fault: { code: 'timed_out', message: 'The configuration could not be read within 5 s.' } },
            },
          },
        },
      },
      compose: {
        description: 'Wires what the transport needs: no file, no process, no network.',
        entry: [enter('compose'), 'wireTransport'],
        always: 'openTransport',
      },
      openTransport: {
        description: 'Opens the transport; from here on the handshake and the complete tools/list are answered.',
        entry: enter('openTransport'),
        invoke: {
          id: 'openTransport',
          src: 'openTransport',
          onDone: 'deferredInit',
          onError: {
            target: 'shutdown',
            actions: { type: 'keepFault', params: ({ event }) => ({ fault: toFault(event.error) }) },
          },
        },
        after: {
          openLimit: {
            target: 'shutdown',
            actions: {
              type: 'keepFault',
              params: { fault: { code: 'timed_out', message: 'The transport could not be opened within 5 s.' } },
            },
          },
        },
      },
      deferredInit: {
        description:
          'Does the slow work behind the open door; with a bad configuration the server stays here and says so in each answer.',
        entry: [enter('deferredInit'), 'expectTasks'],
        always: { guard: 'isReady', target: 'ready' },
        on: { BACKEND_REQUESTED: { guard: 'isBackendNotRequested', actions: ['startDeferredInit', 'beginTasks'] } },
      },
      ready: { description: 'Serves.', entry: enter('ready') },
      draining: {
        description: 'Refuses, finishes, aborts and flushes, as the reason of the end asks.',
        entry: enter('draining'),
        invoke: {
          id: 'drain',
          src: 'drain',
          input: ({ context: { end, settings, fault } }) => ({
            policy: shutdownPolicyFor(end?.reason ?? 'crashed', settings.drainMs),
            fault,
          }),
          onDone: 'shutdown',
          onError: {
            target: 'shutdown',
            actions: {
              type: 'rememberDegradation',
              params: ({ event }) => ({ what: 'draining', cause: toFault(event.error).message }),
            },
          },
        },
        after: { drainLimit: 'shutdown' },
        on: {
          DEADLINE_PASSED: theEnd,
          /** The kitchen may still open for calls that came with the end of the input. */
          BACKEND_REQUESTED: { guard: 'isBackendNotRequested', actions: ['startDeferredInit', 'beginTasks'] },
          SHUTDOWN_TRIGGERED: [
            { guard: 'isSecondSignal', target: 'shutdown', actions: ['hurry', 'disarmDeadline', 'armDeadline'] },
            { guard: 'isSignal', actions: ['rememberSignal', 'disarmDeadline', 'armDeadline'] },
            { description: 'One reason is enough.' },
          ],
          CRASHED: { target: 'shutdown', actions: { type: 'keepFault', params: ({ event }) => event } },
        },
      },
      shutdown: {
        description: 'Stops what still runs, closes the transport, and takes the heartbeat down.',
        entry: [enter('shutdown'), 'stopDeferredInit'],
        invoke: {
          id: 'closeTransport',
          src: 'closeTransport',
          onDone: theEnd,
          onError: theEnd,
        },
        after: { closeLimit: theEnd },
        on: {
          DEADLINE_PASSED: theEnd,
          SHUTDOWN_TRIGGERED: [
            { guard: 'hasFaultAndSecondSignal', target: 'failed' },
            { guard: 'isSecondSignal', target: 'stopped' },
            { guard: 'isSignal', actions: ['rememberSignal', 'disarmDeadline', 'armDeadline'] },
            { description: 'One reason is enough.' },
          ],
          CRASHED: { target: 'failed', actions: { type: 'keepFault', params: ({ event }) => event } },
        },
      },
      stopped: { description: 'Gone, as it was asked: exit 0.', type: 'final' },
      failed: { description: 'Gone for a reason: one line on stderr says which, and what to do.', type: 'final' },
    },
  });

export const lifecycleMachine = /* @__PURE__ */ createLifecycleMachine();
