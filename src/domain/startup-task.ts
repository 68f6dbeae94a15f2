/** A slow task that runs after the transport is open. */
export interface StartupTask<Name extends string = string> {
  readonly name: Name;
  /** What the task does, for people: shown in progress messages and in `maitred status`. */
  readonly description: string;
  /** Whether `ready` waits for it. */
  readonly gating: boolean;
  readonly timeLimitMs: number;
  /** The task that must be done first; null: it starts when the backend is requested. */
  readonly follows: Name | null;
}

export type StartupTaskName = 'backend' | 'recovery' | 'audit' | 'upkeep' | 'drift';

/** In order of start. `app/server.ts` has their functions. */
export const startupTasks: readonly StartupTask<StartupTaskName>[] = [
  { name: 'backend', description: 'loading the backend', gating: true, timeLimitMs: 10_000, follows: null },
  {
    name: 'recovery',
    description: 'recovering what dead servers and sessions left',
    gating: true,
    timeLimitMs: 30_000,
    follows: 'backend',
  },
  {
    name: 'audit',
    description: 'reading the audit of the last 24 hours',
    gating: true,
    timeLimitMs: 60_000,
    // Its report includes the sessions that the recovery records.
    follows: 'recovery',
  },
  {
    name: 'upkeep',
    description: 'removing expired files from the state folder',
    gating: false,
    timeLimitMs: 60_000,
    // What is to be recovered does not expire before.
    follows: 'recovery',
  },
  {
    name: 'drift',
    description: "repairing the plugin's hooks",
    gating: false,
    timeLimitMs: 10_000,
    follows: 'recovery',
  },
];

/** What a tool may wait for: a task, or `ready` for every gating task. */
export type Need = StartupTaskName | 'ready';

export const tasksOfNeeds = (needs: readonly Need[]): StartupTaskName[] =>
  needs.flatMap((need) =>
    need === 'ready' ? startupTasks.filter(({ gating }) => gating).map(({ name }) => name) : [need],
  );

export const startupTaskStatuses = ['waiting', 'running', 'done', 'failed', 'timedOut'] as const;
export type StartupTaskStatus = (typeof startupTaskStatuses)[number];

/** The state of a start-up task. Times are milliseconds since the epoch. */
export interface StartupTaskRecord {
  readonly status: StartupTaskStatus;
  readonly gating: boolean;
  readonly attempts: number;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  /** Why it failed or timed out, and what to do about it. */
  readonly cause: string | null;
}

/** A call that needs a failed task starts it again, at most once in this time. */
const retryAfterMs = 10_000;

export type StartupTaskRecords = Readonly<Record<string, StartupTaskRecord>>;

export function waitingRecords(tasks: readonly StartupTask[]): StartupTaskRecords {
  return Object.fromEntries(
    tasks.map(({ name, gating }) => [
      name,
      { status: 'waiting', gating, attempts: 0, startedAtMs: null, endedAtMs: null, cause: null },
    ]),
  );
}

export function withTaskBegun(records: StartupTaskRecords, name: string, atMs: number): StartupTaskRecords {
  const attempts = (records[name]?.attempts ?? 0) + 1;
  return withChange(records, name, { status: 'running', attempts, startedAtMs: atMs, endedAtMs: null, cause: null });
}

export type StartupTaskOutcome = Exclude<StartupTaskStatus, 'waiting' | 'running'>;

export function withTaskSettled(
  records: StartupTaskRecords,
  name: string,
  outcome: StartupTaskOutcome,
  cause: string | null,
  atMs: number,
): StartupTaskRecords {
  return withChange(records, name, { status: outcome, endedAtMs: atMs, cause });
}

/** An unknown name changes nothing. */
function withChange(records: StartupTaskRecords, name: string, change: Partial<StartupTaskRecord>): StartupTaskRecords {
  const record = records[name];
  return record === undefined ? records : { ...records, [name]: { ...record, ...change } };
}

export function areGatingTasksSettled(records: StartupTaskRecords): boolean {
  return Object.values(records).every(
    ({ gating, status }) => !gating || (status !== 'waiting' && status !== 'running'),
  );
}

/** Names of the followers of a task that is done, except those that run or are done. `settled` is null once the backend is requested. */
export function tasksThatMayBegin(
  tasks: readonly StartupTask[],
  records: StartupTaskRecords,
  settled: string | null,
): string[] {
  return tasks
    .filter(
      ({ name, follows }) => follows === settled && !['running', 'done'].includes(records[name]?.status ?? 'done'),
    )
    .map(({ name }) => name);
}

/** Whether a failed task may start again at this time. */
export function mayRetryTask(records: StartupTaskRecords, name: string, atMs: number): boolean {
  const record = records[name];
  if (record === undefined || (record.status !== 'failed' && record.status !== 'timedOut')) return false;
  return record.endedAtMs === null || atMs - record.endedAtMs >= retryAfterMs;
}

/** Tasks that follow a failed task cannot start: they fail too, with the same cause, and so do their followers. */
export function withFollowersGivenUp(
  tasks: readonly StartupTask[],
  records: StartupTaskRecords,
  failed: string,
  cause: string,
  atMs: number,
): StartupTaskRecords {
  return tasksThatMayBegin(tasks, records, failed).reduce(
    (before, name) =>
      withFollowersGivenUp(tasks, withTaskSettled(before, name, 'failed', cause, atMs), name, cause, atMs),
    records,
  );
}
