import { errorKinds, type Fault, toFault } from '../domain/app-error.ts';
import { defaultEarlySettings } from '../domain/early-settings.ts';
import { shutdownPolicyFor, shutdownTriggersOf } from '../domain/shutdown-policy.ts';
import { type LifecycleImplementation, lifecycleNotProvided, setupLifecycle } from './lifecycle.setup.ts';

const enter = (state: string) => ({ type: 'enterPhase' as const, params: { state } });

/** The event of an invoke that has failed. */
interface Failed {
  readonly event: { readonly error: unknown };
}

const keepFault = {
  type: 'keepFault' as const,
  params: ({ event }: { readonly event: { readonly fault: Fault } }) => event,
};
const keepError = {
  type: 'keepFault' as const,
  params: ({ event }: Failed) => ({ fault: toFault(event.error) }),
};
const timedOut = (message: string) => ({
  type: 'keepFault' as const,
  params: { fault: { code: 'timed_out' as const, message } },
});
const degrade = (what: string) => ({
  type: 'rememberDegradation' as const,
  params: ({ event }: Failed) => ({ what, cause: toFault(event.error).message }),
});
const restartDeadline = ['disarmDeadline', 'armDeadline'] as const;
const restartDrainLimit = ['disarmDrainLimit', 'armDrainLimit'] as const;

const endStates = [{ guard: 'hasFault', target: 'failed' }, { target: 'stopped' }] as const;

/** @param implementation the work behind the names */
export const createLifecycleMachine = (implementation: LifecycleImplementation) =>
  setupLifecycle(implementation).createMachine({
    id: 'lifecycle',
    description: 'The whole life of a server: it opens its transport first and does everything slow afterwards.',
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
      shutdown: null,
    }),
    output: ({ context: { fault } }) => ({ exitCode: fault === null ? 0 : errorKinds[fault.code].exitCode, fault }),
    meta: {
      lifelong: { watchShutdownTriggers: 'A shutdown can be triggered in every state.' },
    },
    invoke: {
      id: 'watchShutdownTriggers',
      src: 'watchShutdownTriggers',
      input: ({ context }) => ({ triggers: shutdownTriggersOf[context.transport] }),
      onError: { actions: degrade('watching for shutdown triggers') },
    },
    on: {
      TASK_SETTLED: { actions: ['keepOutcome', 'beginTasks', 'giveUpFollowers'] },
      RETRY_TASK: { guard: 'mayRetry', actions: 'beginTasks' },
      CALLS_CHANGED: { actions: { type: 'rememberCalls', params: ({ event }) => event } },
      DEGRADED: { actions: { type: 'rememberDegradation', params: ({ event }) => event } },
      SHUTDOWN_TRIGGERED: { target: '.draining', actions: ['rememberTrigger', 'armDeadline'] },
      CRASHED: {
        target: '.draining',
        actions: [keepFault, 'rememberTrigger', 'armDeadline'],
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
          onError: { target: 'compose', actions: keepError },
        },
        after: {
          readLimit: { target: 'compose', actions: timedOut('The configuration could not be read within 5 s.') },
        },
      },
      compose: {
        description: 'Makes what the transport needs, without I/O.',
        entry: [enter('compose'), 'wireTransport'],
        always: 'openTransport',
      },
      openTransport: {
        description: 'Opens the transport. From here on the handshake and the complete tools/list are answered.',
        entry: enter('openTransport'),
        invoke: {
          id: 'openTransport',
          src: 'openTransport',
          onDone: 'deferredInit',
          onError: { target: 'shutdown', actions: keepError },
        },
        after: {
          openLimit: { target: 'shutdown', actions: timedOut('The transport could not be opened within 5 s.') },
        },
      },
      deferredInit: {
        description:
          'Runs the start-up tasks. With a bad configuration the server stays here and every answer says what is wrong.',
        entry: [enter('deferredInit'), 'expectTasks'],
        always: { guard: 'isReady', target: 'ready' },
        on: { BACKEND_REQUESTED: { guard: 'isBackendNotRequested', actions: ['startDeferredInit', 'beginTasks'] } },
      },
      ready: { description: 'Serves calls.', entry: enter('ready') },
      draining: {
        description:
          'Refuses new calls; finishes, aborts and flushes the others by the shutdown policy of the trigger.',
        entry: [enter('draining'), 'armDrainLimit'],
        exit: 'disarmDrainLimit',
        invoke: {
          id: 'drain',
          src: 'drain',
          input: ({ context: { shutdown, settings, fault } }) => ({
            policy: shutdownPolicyFor(shutdown?.trigger ?? 'crashed', settings.drainMs),
            fault,
          }),
          onDone: 'shutdown',
          onError: { target: 'shutdown', actions: degrade('draining') },
        },
        on: {
          DRAIN_LIMIT_PASSED: 'shutdown',
          /** The backend is still loaded for calls that came just before the end of the input. */
          BACKEND_REQUESTED: { guard: 'isBackendNotRequested', actions: ['startDeferredInit', 'beginTasks'] },
          SHUTDOWN_TRIGGERED: [
            { guard: 'isSecondSignal', target: 'shutdown', actions: ['shortenDeadline', ...restartDeadline] },
            { guard: 'isSignal', actions: ['rememberSignal', ...restartDeadline, ...restartDrainLimit] },
            { description: 'The first trigger counts.' },
          ],
          CRASHED: { target: 'shutdown', actions: keepFault },
        },
      },
      shutdown: {
        description: 'Stops what still runs, closes the transport and retires the server record.',
        entry: [enter('shutdown'), 'stopDeferredInit'],
        invoke: {
          id: 'closeTransport',
          src: 'closeTransport',
          onDone: endStates,
          onError: endStates,
        },
        after: { closeLimit: endStates },
        on: {
          DEADLINE_PASSED: endStates,
          SHUTDOWN_TRIGGERED: [
            { guard: 'hasFaultAndSecondSignal', target: 'failed' },
            { guard: 'isSecondSignal', target: 'stopped' },
            { guard: 'isSignal', actions: ['rememberSignal', ...restartDeadline] },
            { description: 'The first trigger counts.' },
          ],
          CRASHED: { target: 'failed', actions: keepFault },
        },
      },
      stopped: { description: 'Ended as asked: exit 0.', type: 'final' },
      failed: { description: 'Ended by a fault: one line on stderr says which, and what to do.', type: 'final' },
    },
  });

/** To be drawn and explored, not run. */
export const lifecycleMachine = /* @__PURE__ */ createLifecycleMachine(/* @__PURE__ */ lifecycleNotProvided());
