import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/domain/app-error.ts';
import { configSchema } from '../../../src/domain/config.schema.ts';
import { readOutput } from '../../../src/services/platform/process/read-output.ts';
import { testCheck } from '../../../src/tools/workspace/test-check.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { aScope, aWorkspace, callTool, programsThatEnd } from '../../doubles/tool-calls.ts';

const settings = configSchema.parse({ test_check: { command: ['npm', 'test'], timeout: 60 } });
const noFiles = () => ({ has: () => false, read: () => null });
const services = { settings, workspace: aWorkspace, readOutput, projectFiles: noFiles };
const args = { worktree_path: '/shop' };
const call = (ending: Parameters<typeof programsThatEnd>[0]) =>
  callTool(testCheck, args, { ...services, ...programsThatEnd(ending) });
const callFailing = (thrown: unknown) =>
  callTool(testCheck, args, { ...services, processes: { run: () => Promise.reject(thrown) } });

describe('test_check', () => {
  it('runs the configured command in the resolved folder, not as a headless session', async () => {
    const { processes, started } = programsThatEnd();
    await callTool(testCheck, args, { ...services, processes });
    expect(started).toStrictEqual([
      {
        file: 'npm',
        args: ['test'],
        cwd: '/real/shop',
        env: { MAITRED_HEADLESS: undefined },
        timeLimitMs: 60_000,
        keptOutputBytes: 64 * 1_024 ** 2,
        outputLimitBytes: 1_024 ** 3,
        tailBytes: 16 * 1_024,
        tailJsonBytes: 16 * 1_024,
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
    ['exit code 0 with a red summary', { stdout: red }, false, red, /reports a failure: "=== 2 failed/],
    ['exit code 0 with a red summary on stderr', { stdout: green, stderr: red }, false, red, /reports a failure/],
    ['a signal', { exit: { code: null, signal: 'SIGKILL' } }, false, null, /ended by SIGKILL/],
    ['a timeout', { reason: 'timedOut', stdout: green }, false, green, /longer than 60 s.*test_check\.timeout/],
    ['too much output', { reason: 'tooMuchOutput' }, false, null, /more than 16 times run_cmd.max_output_mib/],
  ] as const)('adjudicates %s', async (_, ending, passed, summary, error) => {
    const result = await call(ending);
    expect(result).toMatchObject({ passed, summary });
    if (error === undefined) expect(result).not.toHaveProperty('error');
    else expect(result.error).toMatch(error);
  });

  const piped = ['bash', '-c', 'npm test 2>&1 | tee log'];
  const unknown =
    /^Whether the tests passed is unknown: a pipe in test_check\.command may hide .* no summary .*pipefail/;
  const missing = /^Whether the tests passed is unknown: .* parts that were not kept/;
  it.each([
    ['a green summary', { stdout: green }, true, undefined],
    ['a red summary', { stdout: red }, false, /reports a failure/],
    ['no summary', { stdout: 'all is well' }, null, unknown],
    ['no output', {}, null, unknown],
    ['a green summary, and output that is missing', { stdout: green, isOutputDiskFull: true }, null, missing],
    ['exit code 1 and no summary', { exit: { code: 1, signal: null } }, false, undefined],
    ['exit code 1 and a green summary', { exit: { code: 1, signal: null }, stdout: green }, false, undefined],
    ['a timeout and a green summary', { reason: 'timedOut', stdout: green }, false, /longer than 60 s/],
  ] as const)('behind a pipe adjudicates %s', async (_, ending, passed, error) => {
    const settings = configSchema.parse({ test_check: { command: piped, timeout: 60 } });
    const result = await callTool(testCheck, args, { ...services, ...programsThatEnd(ending), settings });
    expect(result.passed).toBe(passed);
    if (error === undefined) expect(result).not.toHaveProperty('error');
    else expect(result.error).toMatch(error);
  });

  it('finds a pipe in the scripts of the folder that is tested', async () => {
    const projectFiles = (dir: string) => ({
      has: () => true,
      read: (name: string) =>
        `${dir}/${name}` === '/real/shop/package.json' ? '{ "scripts": { "test": "mocha | tee log" } }' : null,
    });
    expect(await callTool(testCheck, args, { ...services, ...programsThatEnd(), projectFiles })).toMatchObject({
      passed: null,
      error: expect.stringContaining('a pipe in the script "test" of package.json'),
    });
  });

  it('searches all of the output, not only the end that it returns', async () => {
    const file = `${tempFolder()}/output`;
    const coverage = ` src/shop.ts | ${'100 | '.repeat(10)}\n`.repeat(400);
    const output = ` Test Files  1 failed | 2 passed (3)\n${coverage}`;
    writeFileSync(file, output);
    const stdout = { text: coverage.slice(-16_384), sizeBytes: output.length, truncatedBytes: 10_000, file };
    expect(await call({ stdout })).toMatchObject({
      passed: false,
      summary: 'Test Files  1 failed | 2 passed (3)',
      error: expect.stringContaining('reports a failure'),
    });
  });

  it('warns of a full disk, and passes all the same', async () => {
    expect(await call({ isOutputDiskFull: true })).toMatchObject({
      passed: true,
      note: expect.stringContaining('disk of the state folder was full'),
    });
  });

  it('starts nothing without a configured command, and says how to set one', async () => {
    const { processes, started } = programsThatEnd();
    await expect(
      callTool(testCheck, args, { ...services, processes, settings: configSchema.parse({}) }),
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
    const scope = aScope(AbortSignal.abort(new Error('cancelled')));
    await expect(
      callTool(testCheck, args, { ...services, ...programsThatEnd({ reason: 'cancelled' }) }, scope),
    ).rejects.toThrow('cancelled');
  });
});
