import { describe, expect, it } from 'vitest';
import { createTaskRunner, type TaskFunction } from '../../src/app/task-runner.ts';

interface Attempt {
  readonly signal: AbortSignal;
  resolve(): void;
  reject(error: Error): void;
}

/** A runner of one task, each attempt of which settles when the test says so. */
function aTask() {
  const attempts: Attempt[] = [];
  const audit: TaskFunction = ({ signal }) =>
    new Promise((resolve, reject) => void attempts.push({ signal, resolve, reject }));
  const runner = createTaskRunner({ audit });
  const start = () => {
    const controller = new AbortController();
    const outcome = runner.run('audit', controller.signal).then(
      () => 'done',
      (problem) => String(problem.message),
    );
    return { outcome, abort: () => controller.abort(new Error('aborted')) };
  };
  const startAndAbort = async () => {
    const { abort } = start();
    await settled();
    abort();
  };
  return { runner, attempts, start, startAndAbort };
}

/** Everything that could begin has begun. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('A start-up task that is started again', () => {
  it.each([
    ['succeeds late', (attempt: Attempt | undefined) => attempt?.resolve()],
    ['fails late', (attempt: Attempt | undefined) => attempt?.reject(new Error('interrupted'))],
  ])('begins only when the aborted attempt has settled, which %s', async (_, settle) => {
    const { attempts, start, startAndAbort } = aTask();
    await startAndAbort();
    const again = start();
    await settled();
    expect(attempts).toHaveLength(1);
    settle(attempts[0]);
    await settled();
    expect(attempts).toHaveLength(2);
    expect(attempts[1]?.signal.aborted).toBe(false);
    attempts[1]?.resolve();
    expect(await again.outcome).toBe('done');
  });

  it('does not begin at all if it is aborted before that', async () => {
    const { attempts, start, startAndAbort } = aTask();
    await startAndAbort();
    const again = start();
    again.abort();
    attempts[0]?.resolve();
    expect(await again.outcome).toBe('aborted');
    expect(attempts).toHaveLength(1);
  });

  it('begins at once after an attempt that has failed', async () => {
    const { attempts, start } = aTask();
    const first = start();
    await settled();
    attempts[0]?.reject(new Error('the disk is full'));
    expect(await first.outcome).toBe('the disk is full');
    start();
    await settled();
    expect(attempts).toHaveLength(2);
  });
});

it('A start-up task counts as under way until its aborted attempt has settled', async () => {
  const { runner, attempts, startAndAbort } = aTask();
  await startAndAbort();
  let isSettled = false;
  const whenSettled = runner.whenSettled().then(() => {
    isSettled = true;
  });
  await settled();
  expect(isSettled).toBe(false);
  attempts[0]?.resolve();
  await whenSettled;
});

it('A start-up task without a function fails, and says which it is', async () => {
  const { signal } = new AbortController();
  await expect(createTaskRunner({}).run('audit', signal)).rejects.toMatchObject({
    code: 'internal',
    message: 'the start-up task audit has no function',
  });
});
