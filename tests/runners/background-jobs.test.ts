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

/** A supervisor whose clock stands still, and what it says to the rest of the server. */
function aSupervisor() {
  const clock = createCommandedClock();
  const failures: FailureRecord[] = [];
  const logged: LogRecord[] = [];
  const followed: [string, unknown][] = [];
  const registered: unknown[] = [];
  const server = { isLeaving: false };
  const supervisor = createBackgroundJobRunner({
    log: logThrough((record) => logged.push(record)),
    redact: createRedactor(['very-secret-value']),
    isShuttingDown: () => server.isLeaving,
    recordFailure: (failure) => failures.push(failure),
    writeFileAtomically,
    register: (workers) => void registered.push(workers),
    follow: (name, actor) => void actor.subscribe(({ value }) => followed.push([name, value])),
    clock,
  });
  expect(registered).toEqual([supervisor]);
  const names = () => supervisor.running.map(({ name }) => name);
  return { supervisor, clock, failures, logged, followed, server, names };
}

/** Work that ends on command, and tells whether it has been aborted. */
function someWork({ isDeaf = false } = {}) {
  let signal: AbortSignal | undefined;
  let finish: () => void = () => undefined;
  let fail: (problem: unknown) => void = () => undefined;
  return {
    run: (given: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        signal = given;
        finish = resolve;
        fail = reject;
        if (!isDeaf) given.addEventListener('abort', () => reject(given.reason), { once: true });
      }),
    isAborted: () => signal?.aborted,
    finish: () => finish(),
    fail: (problem: unknown) => fail(problem),
  };
}

const order = (run: (signal: AbortSignal) => Promise<void>, statusFile?: string) => ({
  name: 'report_bug',
  timeLimitMs: 60_000,
  run,
  ...(statusFile === undefined ? {} : { statusFile }),
});

const statusIn = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
const never = new AbortController().signal;

describe('Background work', () => {
  it('begins at once, is named while it runs, and leaves no trace of failure when it has ended', async () => {
    const { supervisor, names, failures, logged, followed } = aSupervisor();
    const work = someWork();
    const { over } = supervisor.submit(order(work.run));
    expect(names()).toEqual(['report_bug']);
    expect(supervisor.running[0]?.forMs).toBeGreaterThanOrEqual(0);
    work.finish();
    expect(await over).toBe('done');
    await supervisor.whenSettled();
    expect([names(), failures]).toEqual([[], []]);
    expect(logged.map(({ level, event }) => [level, event])).toEqual([['INFO', 'background_job_ended']]);
    expect(followed).toEqual([
      ['backgroundJob.1', 'running'],
      ['backgroundJob.1', 'done'],
    ]);
  });

  it('that fails is one line in the log and one record in the audit, without secrets', async () => {
    const { supervisor, failures, logged } = aSupervisor();
    const work = someWork();
    const { over } = supervisor.submit(order(work.run));
    work.fail(new AppError('process_failed', 'push with very-secret-value was refused'));
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

  it('with a defect is logged with its stack, also where it breaks before it has begun', async () => {
    const { supervisor, failures, logged } = aSupervisor();
    const { over } = supervisor.submit(
      order(() => {
        throw new Error('a defect');
      }),
    );
    expect(await over).toBe('failed');
    expect(logged).toMatchObject([{ level: 'ERROR', fields: { stack: expect.stringContaining('Error: a defect\n') } }]);
    expect(failures).toMatchObject([{ stderr: 'a defect' }]);
  });

  it('that takes too long is aborted, and counts as failed', async () => {
    const { supervisor, clock, failures, names } = aSupervisor();
    const work = someWork({ isDeaf: true });
    const { over } = supervisor.submit(order(work.run));
    clock.fire((ms) => ms === 60_000);
    expect([await over, work.isAborted()]).toEqual(['timedOut', true]);
    expect(failures).toMatchObject([{ stderr: 'report_bug took longer than 60 s' }]);
    expect(names()).toEqual(['report_bug']);
    work.finish();
    await supervisor.whenSettled();
    expect(names()).toEqual([]);
  });

  it('that is cancelled is aborted and is no failure; again, and afterwards, changes nothing', async () => {
    const { supervisor, failures } = aSupervisor();
    const work = someWork();
    const { over, cancel } = supervisor.submit(order(work.run));
    cancel();
    cancel();
    expect([await over, work.isAborted(), failures]).toEqual(['cancelled', true, []]);
    cancel();
    await supervisor.whenSettled();
  });

  it('is refused while the server shuts down', () => {
    const { supervisor, server, names } = aSupervisor();
    server.isLeaving = true;
    const submit = () => supervisor.submit(order(async () => undefined));
    expect(submit).toThrow(
      expect.objectContaining({ code: 'unavailable', message: expect.stringContaining('shutting down') }),
    );
    expect(names()).toEqual([]);
  });
});

describe('The status file of background work', () => {
  it('says pending while it runs, and complete when it has ended', async () => {
    const { supervisor } = aSupervisor();
    const path = `${tempFolder()}/reports/one.status.json`;
    const work = someWork();
    const { dispatched, over } = supervisor.submit(order(work.run, path));
    await dispatched;
    expect(statusIn(path)).toEqual({ status: 'pending', dispatched_at: instant });
    work.finish();
    await over;
    expect(statusIn(path)).toEqual({ status: 'complete', dispatched_at: instant, completed_at: instant });
  });

  it('says why it failed, without secrets and cut', async () => {
    const { supervisor } = aSupervisor();
    const path = `${tempFolder()}/status.json`;
    const work = someWork();
    const { over } = supervisor.submit(order(work.run, path));
    work.fail(new Error(`very-secret-value ${'😀'.repeat(600)}`));
    await over;
    expect(statusIn(path)).toEqual({
      status: 'failed',
      dispatched_at: instant,
      completed_at: instant,
      error: `[redacted] ${'😀'.repeat(489)}`,
    });
  });

  it('says failed when the time was up, and cancelled when nobody wanted it any more', async () => {
    const { supervisor, clock } = aSupervisor();
    const dir = tempFolder();
    const late = supervisor.submit(order(someWork().run, `${dir}/late`));
    clock.fire(() => true);
    await late.over;
    expect(statusIn(`${dir}/late`)).toMatchObject({ status: 'failed', error: 'report_bug took longer than 60 s' });
    const unwanted = supervisor.submit(order(someWork().run, `${dir}/unwanted`));
    unwanted.cancel();
    await unwanted.over;
    expect(statusIn(`${dir}/unwanted`)).toMatchObject({ status: 'cancelled', completed_at: instant });
  });

  it('that cannot be written is logged, and the work goes on', async () => {
    const { supervisor, logged } = aSupervisor();
    const path = `${tempFolder()}/taken`;
    mkdirSync(path);
    const work = someWork();
    const { dispatched, over } = supervisor.submit(order(work.run, path));
    await dispatched;
    work.finish();
    expect(await over).toBe('done');
    expect(logged.filter(({ event }) => event === 'status_file_not_written')).toHaveLength(2);
  });
});

describe('A server that leaves', () => {
  it('lets background work finish that does so in time, and waits for nothing where nothing runs', async () => {
    const { supervisor } = aSupervisor();
    await supervisor.drain(60_000, never);
    const path = `${tempFolder()}/status.json`;
    const work = someWork();
    const { over } = supervisor.submit(order(work.run, path));
    const drained = supervisor.drain(60_000, never);
    work.finish();
    await drained;
    expect([await over, statusIn(path).status]).toEqual(['done', 'complete']);
  });

  it.each<[string, (drain: (finishMs: number, signal: AbortSignal) => Promise<void>) => Promise<void>]>([
    ['at once where nothing may finish', (drain) => drain(0, never)],
    ['when the time is up', (drain) => drain(1, never)],
    ['when it is told to hurry', (drain) => drain(60_000, AbortSignal.abort())],
  ])('cancels the rest %s, and its status file says so', async (_, leave) => {
    const { supervisor, failures } = aSupervisor();
    const path = `${tempFolder()}/status.json`;
    const work = someWork();
    const { over } = supervisor.submit(order(work.run, path));
    await leave(supervisor.drain);
    expect([await over, work.isAborted(), statusIn(path).status, failures]).toEqual([
      'cancelled',
      true,
      'cancelled',
      [],
    ]);
  });

  it('waits for work that is deaf to its signal; its status file does not', async () => {
    const { supervisor } = aSupervisor();
    const path = `${tempFolder()}/status.json`;
    const work = someWork({ isDeaf: true });
    const { over } = supervisor.submit(order(work.run, path));
    let isDrained = false;
    const drained = supervisor.drain(0, never).then(() => {
      isDrained = true;
    });
    await over;
    expect([existsSync(path) && statusIn(path).status, isDrained]).toEqual(['cancelled', false]);
    work.finish();
    await drained;
  });
});
