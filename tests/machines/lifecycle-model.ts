import type { AnyMachineSnapshot, SnapshotFrom } from 'xstate';
import { defaultEarlySettings } from '../../src/domain/early-settings.ts';
import type { StartupTask } from '../../src/domain/startup-task.ts';
import type { lifecycleMachine } from '../../src/machines/lifecycle.machine.ts';
import type { LifecycleContext, LifecycleEvent, LifecycleInput } from '../../src/machines/lifecycle.setup.ts';

/** One gating task and one other: enough for every edge, few enough to walk them all. */
export const modelTasks: readonly StartupTask[] = [
  { name: 'backend', description: 'loading the backend', gating: true, timeLimitMs: 10_000, follows: null },
  { name: 'drift', description: 'looking for drift', gating: false, timeLimitMs: 20_000, follows: 'backend' },
];

export const modelInput: LifecycleInput = { transport: 'stdio', tasks: modelTasks };

export type ModelSnapshot = SnapshotFrom<typeof lifecycleMachine>;

/** An event of the model: those of the chart, and those that XState makes of its actors and timers. */
export type ModelEvent =
  | LifecycleEvent
  | { readonly type: `xstate.done.actor.${string}`; readonly output?: unknown }
  | { readonly type: `xstate.error.actor.${string}`; readonly error: unknown }
  | { readonly type: `xstate.after.${string}` };

/** What the walk compares after each step: everything that a guard reads, in words. */
export interface KeyState {
  readonly value: unknown;
  readonly status: string;
  readonly fault: string | null;
  readonly trigger: string | null;
  readonly signals: number;
  readonly isBackendRequested: boolean;
  readonly tasks: Readonly<Record<string, string>>;
  readonly calls: LifecycleContext['calls'];
}

export function keyStateOf({ value, status, context }: Pick<ModelSnapshot, 'value' | 'status' | 'context'>): KeyState {
  const { fault, shutdown, records, calls, isBackendRequested } = context;
  return {
    value,
    status,
    fault: fault?.code ?? null,
    trigger: shutdown?.trigger ?? null,
    signals: shutdown?.signals ?? 0,
    isBackendRequested,
    tasks: Object.fromEntries(Object.entries(records).map(([name, record]) => [name, record.status])),
    calls,
  };
}

/** What makes two configurations different: what the guards read, and what can happen next. */
export function serializeModelState(snapshot: AnyMachineSnapshot): string {
  const { value, fault, trigger, signals, tasks, isBackendRequested } = keyStateOf(snapshot as ModelSnapshot);
  const isLeaving = trigger !== null || value === 'shutdown';
  const open = Object.entries(tasks).filter(([, status]) => status === 'running' || status === 'waiting');
  const whatCounts = value === 'draining' ? open : isLeaving ? [] : Object.entries(tasks);
  return JSON.stringify([
    value,
    fault !== null,
    trigger !== null,
    signals > 0,
    value === 'shutdown' || isBackendRequested,
    whatCounts,
  ]);
}

/** The time in the model. It stands still. */
export const modelNowMs = 1_000_000;
const atMs = modelNowMs;
const fault = { code: 'invalid_input', message: 'config.yaml:1:1: bad' } as const;
const good = { settings: defaultEarlySettings, fault: null };
const reading = 'xstate.done.actor.readEarlySettings';

/** The events that can happen in a configuration, each with every payload that makes a difference. */
export function modelEvents(snapshot: AnyMachineSnapshot): ModelEvent[] {
  const { value, context } = snapshot as ModelSnapshot;
  switch (value) {
    case 'configure':
      return [
        { type: reading, output: good },
        { type: reading, output: { ...good, fault } },
        { type: 'xstate.error.actor.readEarlySettings', error: new Error('unreadable') },
        { type: 'xstate.after.readLimit.lifecycle.configure' },
        ...triggers(),
      ];
    case 'openTransport':
      return [
        { type: 'xstate.done.actor.openTransport' },
        { type: 'xstate.error.actor.openTransport', error: new Error('no stdin') },
        { type: 'xstate.after.openLimit.lifecycle.openTransport' },
        ...triggers(),
      ];
    case 'deferredInit':
    case 'ready':
      return [{ type: 'BACKEND_REQUESTED', atMs }, ...taskEvents(context), ...traffic, ...triggers()];
    case 'draining':
      return [
        { type: 'xstate.done.actor.drain' },
        { type: 'xstate.error.actor.drain', error: new Error('cannot flush') },
        { type: 'DRAIN_LIMIT_PASSED' },
        { type: 'BACKEND_REQUESTED', atMs },
        ...taskEvents(context).filter(({ type }) => type === 'TASK_SETTLED'),
        ...traffic,
        ...triggers(),
      ];
    case 'shutdown':
      return [
        { type: 'xstate.done.actor.closeTransport' },
        { type: 'xstate.error.actor.closeTransport', error: new Error('cannot close') },
        { type: 'xstate.after.closeLimit.lifecycle.shutdown' },
        ...triggers(),
        ...(context.shutdown === null ? [] : [{ type: 'DEADLINE_PASSED' } as const]),
      ];
    default:
      return [];
  }
}

const traffic: readonly ModelEvent[] = [
  { type: 'CALLS_CHANGED', inFlight: true, waiting: false },
  { type: 'DEGRADED', what: 'the log file', cause: 'disk full' },
];

/** One trigger for each row of the table of shutdowns; a closed stdout shares the row of a dead parent. */
function triggers(): ModelEvent[] {
  return [
    { type: 'SHUTDOWN_TRIGGERED', trigger: 'eof', atMs },
    { type: 'SHUTDOWN_TRIGGERED', trigger: 'signal', signal: 'SIGTERM', atMs },
    { type: 'SHUTDOWN_TRIGGERED', trigger: 'parentDied', atMs },
    { type: 'CRASHED', fault: { code: 'internal', message: 'a defect' }, atMs },
  ];
}

function taskEvents({ records }: LifecycleContext): ModelEvent[] {
  return Object.entries(records).flatMap(([name, { status }]): ModelEvent[] => {
    if (status === 'running')
      return (['done', 'failed', 'timedOut'] as const).map((outcome) => ({
        type: 'TASK_SETTLED',
        name,
        outcome,
        cause: outcome === 'done' ? null : 'broken',
        atMs,
      }));
    if (status === 'failed' || status === 'timedOut')
      return [atMs, atMs + 10_000].map((retryAtMs) => ({ type: 'RETRY_TASK', name, atMs: retryAtMs }));
    return [];
  });
}
