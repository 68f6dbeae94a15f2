import type { Fault } from '../domain/app-error.ts';
import type { StartupTaskStatus } from '../domain/startup-task.ts';

/** What the front sees of a start-up task. */
export interface TaskView {
  readonly status: StartupTaskStatus;
  readonly description: string;
  readonly startedAtMs: number | null;
  readonly cause: string | null;
  /** How far the task is, by its own report. */
  readonly detail: string | null;
  /** What its program has written lately, for errors; empty: nothing. */
  output(): string;
}

/** Whether what a call needs is there, and the text for people when it is not. */
export interface Readiness {
  unmet(needs: readonly string[]): string[];
  hasFailed(name: string): boolean;
  /** The error of the first need that has failed; null while all can still be met. */
  failureOf(needs: readonly string[]): Fault | null;
  /** What a call waits for, for people. */
  explain(needs: readonly string[], nowMs: number): string;
  /** The error when the time to wait is up. */
  notReady(needs: readonly string[], nowMs: number): Fault;
}

/**
 * @param logFile where people can read more; null: no file is kept
 * @param waitLimitName the setting or option for how long a call waits
 */
export function createReadiness(
  task: (name: string) => TaskView | null,
  logFile: () => string | null,
  waitLimitName: string,
): Readiness {
  const unmet = (needs: readonly string[]) => needs.filter((name) => task(name)?.status !== 'done');
  const hasFailed = (name: string) => ['failed', 'timedOut'].includes(task(name)?.status ?? '');
  const runningMs = (name: string, nowMs: number) => {
    const startedAtMs = task(name)?.startedAtMs ?? null;
    return startedAtMs === null ? null : nowMs - startedAtMs;
  };
  const outputOf = (needs: readonly string[]) => {
    const output = needs.map((name) => task(name)?.output() ?? '').join('');
    return output === '' ? {} : { output };
  };
  const explain = (needs: readonly string[], nowMs: number) => {
    const waits = unmet(needs).map((name) => {
      const what = task(name)?.detail ?? task(name)?.description ?? name;
      return `waiting for ${name}: ${what} (${((runningMs(name, nowMs) ?? 0) / 1_000).toFixed(1)} s)`;
    });
    return waits.length === 0 ? 'waiting for other calls to finish' : waits.join('; ');
  };
  return {
    unmet,
    hasFailed,
    explain,
    failureOf(needs) {
      const name = needs.find(hasFailed);
      if (name === undefined) return null;
      const { description = name, cause = null } = task(name) ?? {};
      return {
        code: 'unavailable',
        message: `${description} failed: ${(cause ?? 'no cause was given').replace(/\.$/, '')}. Call again after 10 s to start another attempt.`,
        details: { task: name, cause, log_file: logFile(), ...outputOf([name]) },
      };
    },
    notReady(needs, nowMs) {
      const waitsFor = unmet(needs).map((name) => {
        const ms = runningMs(name, nowMs);
        return { task: name, running_seconds: ms === null ? null : ms / 1_000 };
      });
      return {
        code: 'not_ready',
        message: `Still ${explain(needs, nowMs)}. Call again in a moment; ${waitLimitName} sets how long a call waits.`,
        details: { waits_for: waitsFor, ...outputOf(needs) },
      };
    },
  };
}
