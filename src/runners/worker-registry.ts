import { usualGraceMs } from '../domain/child-process.ts';
import { createListeners } from '../domain/listeners.ts';
import type { RunningProgram } from '../domain/server-record.ts';
import type { ShutdownPolicy } from '../domain/shutdown-policy.ts';

/** What the life cycle asks of a runner. */
export interface Workers {
  /** The programs that have not ended. */
  programs?(): readonly RunningProgram[];
  /** Gives running work `finishMs`, or until the signal is aborted, then cancels it; settles when all of it has ended. */
  drain?(finishMs: number, signal: AbortSignal): Promise<void>;
  /** Settles when all that runs now has ended. */
  whenSettled?(): Promise<void>;
  /** Kills what still runs, and settles when none of it is left. Twice is safe. */
  killAll?(): Promise<void>;
  /** Called just before the process exits: kills what still runs, synchronously. */
  leave?(): void;
}

/** Everything that works behind the calls of a process, whichever runner runs it. */
export interface WorkerRegistry {
  add(workers: Workers): void;
  /** A program has been started, or has ended. */
  notify(): void;
  /** Calls back after each `notify`; returns a function that ends it. */
  subscribe(listener: () => void): () => void;
  readonly programs: readonly RunningProgram[];
  /** From SIGTERM to SIGKILL, as of now: a shutdown may leave less time. */
  readonly graceMs: number;
  /** Gives work the time of the policy, then cancels it; settles when all of it has ended. */
  drain(policy: Pick<ShutdownPolicy, 'finishMs' | 'childGraceMs'>, signal: AbortSignal): Promise<void>;
  whenSettled(): Promise<void>;
  killAll(): Promise<void>;
  leave(): void;
}

export function createWorkerRegistry(): WorkerRegistry {
  const all: Workers[] = [];
  const { notify, subscribe } = createListeners();
  let graceMs = usualGraceMs;
  return {
    add: (workers) => void all.push(workers),
    notify,
    subscribe,
    get programs() {
      return all.flatMap((workers) => workers.programs?.() ?? []);
    },
    get graceMs() {
      return graceMs;
    },
    async drain({ finishMs, childGraceMs }, signal) {
      graceMs = childGraceMs;
      await Promise.all(all.map((workers) => workers.drain?.(finishMs, signal)));
    },
    async whenSettled() {
      await Promise.all(all.map((workers) => workers.whenSettled?.()));
    },
    async killAll() {
      await Promise.all(all.map((workers) => workers.killAll?.()));
    },
    leave() {
      for (const workers of all) workers.leave?.();
    },
  };
}
