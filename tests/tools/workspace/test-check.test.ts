import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/domain/app-error.ts';
import { configSchema } from '../../../src/domain/config.schema.ts';
import { testCheck } from '../../../src/tools/workspace/test-check.ts';
import { aScope, aWorkspace, callTool, programsThatEnd } from '../../doubles/tool-calls.ts';

const settings = configSchema.parse({ test_check: { command: ['npm', 'test'], timeout: 60 } });
const args = { worktree_path: '/shop' };
const call = (ending: Parameters<typeof programsThatEnd>[0]) =>
  callTool(testCheck, args, { ...programsThatEnd(ending), settings, workspace: aWorkspace });
const callFailing = (thrown: unknown) =>
  callTool(testCheck, args, { processes: { run: () => Promise.reject(thrown) }, settings, workspace: aWorkspace });

describe('test_check', () => {
  it('runs the configured command in the resolved folder, not as a headless session', async () => {
    const { processes, started } = programsThatEnd();
    await callTool(testCheck, args, { processes, settings, workspace: aWorkspace });
    expect(started).toStrictEqual([
      {
        file: 'npm',
        args: ['test'],
        cwd: '/real/shop',
        env: { MAITRED_HEADLESS: undefined },
        timeLimitMs: 60_000,
        outputLimitBytes: 4 * 1_024 ** 3,
        tailBytes: 16 * 1_024,
      },
    ]);
  });

  const red = '=== 2 failed in 0.01s ===';
  const green = '3 passed in 0.01s';
  it.each([
    ['exit code 0 without a summary', {}, true, null, undefined],
    ['exit code 0 with a green summary', { stdout: green }, true, green, undefined],
    ['exit code 1 with a red summary', { exit: { code: 1, signal: null }, stdout: red }, false, red, undefined],
    ['exit code 1 with a green summary', { exit: { code: 1, signal: null }, stdout: green }, false, green, undefined],
    ['exit code 0 with a red summary', { stdout: red }, false, red, /summary reports 2 failed/],
    ['exit code 0 with a red summary on stderr', { stdout: green, stderr: red }, false, red, /summary reports 2/],
    ['a signal', { exit: { code: null, signal: 'SIGKILL' } }, false, null, /ended by SIGKILL/],
    ['a timeout', { reason: 'timedOut', stdout: green }, false, green, /longer than 60 s.*test_check\.timeout/],
    ['too much output', { reason: 'tooMuchOutput' }, false, null, /more than 4 GiB/],
  ] as const)('adjudicates %s', async (_, ending, passed, summary, error) => {
    const result = await call(ending);
    expect(result).toMatchObject({ passed, summary });
    if (error === undefined) expect(result).not.toHaveProperty('error');
    else expect(result.error).toMatch(error);
  });

  it('warns of a full disk, and passes all the same', async () => {
    expect(await call({ isOutputDiskFull: true })).toMatchObject({
      passed: true,
      note: expect.stringContaining('disk of the state folder is full'),
    });
  });

  it('starts nothing without a configured command, and says how to set one', async () => {
    const { processes, started } = programsThatEnd();
    await expect(
      callTool(testCheck, args, { processes, settings: configSchema.parse({}), workspace: aWorkspace }),
    ).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('maitred config set test_check.command'),
    });
    expect(started).toEqual([]);
  });

  it('names the configuration key of a program that does not exist', async () => {
    await expect(callFailing(new AppError('not_found', 'npm is not there.'))).rejects.toMatchObject({
      code: 'not_found',
      message: 'npm is not there. test_check.command in the configuration names it.',
      details: { key: 'test_check.command' },
    });
  });

  it('passes on other errors as they are', async () => {
    const full = new AppError('unavailable', 'no more processes');
    await expect(callFailing(full)).rejects.toBe(full);
  });

  it('has no result once it is cancelled', async () => {
    const services = { ...programsThatEnd({ reason: 'cancelled' }), settings, workspace: aWorkspace };
    const scope = aScope(AbortSignal.abort(new Error('cancelled')));
    await expect(callTool(testCheck, args, services, scope)).rejects.toThrow('cancelled');
  });
});
