import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/domain/app-error.ts';
import type { FailureRecord } from '../../src/domain/failure-record.schema.ts';
import { type LogRecord, logThrough } from '../../src/domain/log-record.ts';
import { createRedactor } from '../../src/domain/redact.ts';
import { createBackgroundJobRunner } from '../../src/runners/background-jobs.ts';
import { writeFileAtomically } from '../../src/services/platform/files.ts';
import { tempFolder } from '../doubles/temp-folder.ts';
import { createCommandedClock } from '../fixtures/commanded-clock.ts';

/** A runner whose clock stands still, and what it says to the rest of the server. */
function aRunner() {
  const clock = createCommandedClock();
  const failures: FailureRecord[] = [];
  const logged: LogRecord[] = [];
  const followed: [string, unknown][] = [];
  const registered: unknown[] = [];
  const server = { isShuttingDown: false };
  const runner = createBackgroundJobRunner({
    log: logThrough((record) => logged.push(record)),
    redact: createRedactor(['very-secret-value']),
    isShuttingDown: () => server.isShuttingDown,
    recordFailure: (failure) => failures.push(failure),
    writeFileAtomically,
    register: (workers) => void registered.push(workers),
    follow: (name, actor) => void actor.subscribe(({ value }) => followed.push([name, value])),
    clock,
  });
  expect(registered).toEqual([runner]);
  const names = () => runner.running.map(({ name }) => name);
  return { runner, clock, failures, logged, followed, server, names };
}

/** Work that ends on command, and tells whether it has been aborted. */
function someJob({ ignoresAbort = false } = {}) {
  let signal: AbortSignal | undefined;
  let finish: () => void = () => undefined;
  let fail: (problem: unknown) => void = () => undefined;
  return {
    run: (given: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        signal = given;
        finish = resolve;
        fail = reject;
        if (!ignoresAbort) given.addEventListener('abort', () => reject(given.reason), { once: true });
      }),
    isAborted: () => signal?.aborted,
    finish: () => finish(),
    fail: (problem: unknown) => fail(problem),
  };
}

const spec = (run: (signal: AbortSignal) => Promise<void>, statusFile?: string) => ({
  name: 'report_bug',
  timeLimitMs: 60_000,
  run,
  ...(statusFile === undefined ? {} : { statusFile }),
});

const statusIn = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
const never = new AbortController().signal;

describe('A background job', () => {
  it('starts at once, is listed while it runs, and records no failure when it succeeds', async () => {
    const { runner, names, failures, logged, followed } = aRunner();
    const job = someJob();
    const { over } = runner.submit(spec(job.run));
    expect(names()).toEqual(['report_bug']);
    expect(runner.running[0]?.forMs).toBeGreaterThanOrEqual(0);
    job.finish();
    expect(await over).toBe('done');
    await runner.whenSettled();
    expect([names(), failures]).toEqual([[], []]);
    expect(logged.map(({ level, event }) => [level, event])).toEqual([['INFO', 'background_job_ended']]);
    expect(followed).toEqual([
      ['backgroundJob.1', 'running'],
      ['backgroundJob.1', 'done'],
    ]);
  });

  it('that fails is one line in the log and one record in the audit, without secrets', async () => {
    const { runner, failures, logged } = aRunner();
    const job = someJob();
    const { over } = runner.submit(spec(job.run));
    job.fail(new AppError('process_failed', 'push with very-secret-value was refused'));
    expect(await over).toBe('failed');
    expect(logged.map(({ level, event, fields }) => [level, event, fields.name, fields.code])).toEqual([
      ['WARNING', 'background_job_failed', 'report_bug', 'process_failed'],
    ]);
    expect(failures).toEqual([
      {
        timestamp: instant,
        skill_command: 'report_bug',
        exit_code: -1,
        subtype: 'background_exception',
        needs_retry: false,
        retry_reason: 'none',
        stderr: 'push with [redacted] was refused',
      },
    ]);
  });

  it('with a defect is logged with its stack, also if it throws before it returns a promise', async () => {
    const { runner, failures, logged } = aRunner();
    const { over } = runner.submit(
      spec(() => {
        throw new Error('a defect');
      }),
    );
    expect(await over).toBe('failed');
    expect(logged).toMatchObject([{ level: 'ERROR', fields: { stack: expect.stringContaining('Error: a defect\n') } }]);
    expect(failures).toMatchObject([{ stderr: 'a defect' }]);
  });

  it('that takes too long is aborted, and counts as failed', async () => {
    const { runner, clock, failures, names } = aRunner();
    const job = someJob({ ignoresAbort: true });
    const { over } = runner.submit(spec(job.run));
    clock.fire((ms) => ms === 60_000);
    expect([await over, job.isAborted()]).toEqual(['timedOut', true]);
    expect(failures).toMatchObject([{ stderr: 'report_bug took longer than 60 s' }]);
    expect(names()).toEqual(['report_bug']);
    job.finish();
    await runner.whenSettled();
    expect(names()).toEqual([]);
  });

  it('that is cancelled is aborted and is not a failure; cancelling again changes nothing', async () => {
    const { runner, failures } = aRunner();
    const job = someJob();
    const { over, cancel } = runner.submit(spec(job.run));
    cancel();
    cancel();
    expect([await over, job.isAborted(), failures]).toEqual(['cancelled', true, []]);
    cancel();
    await runner.whenSettled();
  });

  it('is refused while the server shuts down', () => {
    const { runner, server, names } = aRunner();
    server.isShuttingDown = true;
    const submit = () => runner.submit(spec(async () => undefined));
    expect(submit).toThrow(
      expect.objectContaining({ code: 'unavailable', message: expect.stringContaining('shutting down') }),
    );
    expect(names()).toEqual([]);
  });
});

describe('The status file of a background job', () => {
  it('is pending while the job runs, and complete when it has ended', async () => {
    const { runner } = aRunner();
    const path = `${tempFolder()}/reports/one.status.json`;
    const job = someJob();
    const { dispatched, over } = runner.submit(spec(job.run, path));
    await dispatched;
    expect(statusIn(path)).toEqual({ status: 'pending', dispatched_at: instant });
    job.finish();
    await over;
    expect(statusIn(path)).toEqual({ status: 'complete', dispatched_at: instant, completed_at: instant });
  });

  it('holds the reason of a failure, truncated and without secrets', async () => {
    const { runner } = aRunner();
    const path = `${tempFolder()}/status.json`;
    const job = someJob();
    const { over } = runner.submit(spec(job.run, path));
    job.fail(new Error(`very-secret-value ${'😀'.repeat(600)}`));
    await over;
    expect(statusIn(path)).toEqual({
      status: 'failed',
      dispatched_at: instant,
      completed_at: instant,
      error: `[redacted] ${'😀'.repeat(489)}`,
    });
  });

  it('is failed after a timeout, and cancelled after a cancellation', async () => {
    const { runner, clock } = aRunner();
    const dir = tempFolder();
    const late = runner.submit(spec(someJob().run, `${dir}/late`));
    clock.fire(() => true);
    await late.over;
    expect(statusIn(`${dir}/late`)).toMatchObject({ status: 'failed', error: 'report_bug took longer than 60 s' });
    const unwanted = runner.submit(spec(someJob().run, `${dir}/unwanted`));
    unwanted.cancel();
    await unwanted.over;
    expect(statusIn(`${dir}/unwanted`)).toMatchObject({ status: 'cancelled', completed_at: instant });
  });

  it('that cannot be written is logged, and the job goes on', async () => {
    const { runner, logged } = aRunner();
    const path = `${tempFolder()}/taken`;
    mkdirSync(path);
    const job = someJob();
    const { dispatched, over } = runner.submit(spec(job.run, path));
    await dispatched;
    job.finish();
    expect(await over).toBe('done');
    expect(logged.filter(({ event }) => event === 'status_file_not_written')).toHaveLength(2);
  });
});

describe('A shutdown', () => {
  it('lets jobs finish that do so in time, and does not wait if none runs', async () => {
    const { runner } = aRunner();
    await runner.drain(60_000, never);
    const path = `${tempFolder()}/status.json`;
    const job = someJob();
    const { over } = runner.submit(spec(job.run, path));
    const drained = runner.drain(60_000, never);
    job.finish();
    await drained;
    expect([await over, statusIn(path).status]).toEqual(['done', 'complete']);
  });

  it.each<[string, (drain: (finishMs: number, signal: AbortSignal) => Promise<void>) => Promise<void>]>([
    ['at once where nothing may finish', (drain) => drain(0, never)],
    ['when the time is up', (drain) => drain(1, never)],
    ['when it is told to hurry', (drain) => drain(60_000, AbortSignal.abort())],
  ])('cancels the rest %s, and their status files show it', async (_, leave) => {
    const { runner, failures } = aRunner();
    const path = `${tempFolder()}/status.json`;
    const job = someJob();
    const { over } = runner.submit(spec(job.run, path));
    await leave(runner.drain);
    expect([await over, job.isAborted(), statusIn(path).status, failures]).toEqual([
      'cancelled',
      true,
      'cancelled',
      [],
    ]);
  });

  it('waits for a job that ignores its signal; its status file does not', async () => {
    const { runner } = aRunner();
    const path = `${tempFolder()}/status.json`;
    const job = someJob({ ignoresAbort: true });
    const { over } = runner.submit(spec(job.run, path));
    let isDrained = false;
    const drained = runner.drain(0, never).then(() => {
      isDrained = true;
    });
    await over;
    expect([existsSync(path) && statusIn(path).status, isDrained]).toEqual(['cancelled', false]);
    job.finish();
    await drained;
  });
});
