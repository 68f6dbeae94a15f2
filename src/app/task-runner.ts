import { AppError } from '../domain/app-error.ts';

/** The function behind a start-up task. It stops soon after the signal is aborted. */
export type TaskFunction = (task: { readonly signal: AbortSignal; report(detail: string): void }) => Promise<void>;

/** By the name of the task. */
type TaskFunctions = Readonly<Record<string, TaskFunction | undefined>>;

/** Runs start-up tasks, and tracks aborted ones until they have settled. */
export interface TaskRunner {
  /** Adds the functions that came with the backend. */
  add(functions: TaskFunctions): void;
  run(name: string, signal: AbortSignal): Promise<void>;
  /** How far a task is, by its own report. */
  detail(name: string): string | null;
  whenSettled(): Promise<void>;
}

export function createTaskRunner(functions: TaskFunctions): TaskRunner {
  const known: Record<string, TaskFunction | undefined> = { ...functions };
  const underWay = new Map<string, Promise<unknown>>();
  const details = new Map<string, string>();
  return {
    add: (more) => void Object.assign(known, more),
    async run(name, signal) {
      await underWay.get(name);
      signal.throwIfAborted();
      const work = known[name];
      if (work === undefined) throw new AppError('internal', `the start-up task ${name} has no function`);
      const attempt = work({ signal, report: (detail) => details.set(name, detail) });
      const settled = attempt.then(
        () => underWay.delete(name),
        () => underWay.delete(name),
      );
      underWay.set(name, settled);
      return attempt;
    },
    detail: (name) => details.get(name) ?? null,
    async whenSettled() {
      await Promise.all(underWay.values());
    },
  };
}
