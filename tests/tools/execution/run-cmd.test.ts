import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/domain/app-error.ts';
import { configSchema } from '../../../src/domain/config.schema.ts';
import { runCmd } from '../../../src/tools/execution/run-cmd.ts';
import { aScope, aWorkspace, callTool, programsThatEnd } from '../../doubles/tool-calls.ts';

const settings = configSchema.parse({});
const args = { cmd: 'make | tail', cwd: '/shop' };
const call = (ending: Parameters<typeof programsThatEnd>[0], more: { timeout?: number } = {}) =>
  callTool(runCmd, { ...args, ...more }, { ...programsThatEnd(ending), settings, workspace: aWorkspace });

describe('run_cmd', () => {
  it('starts bash in the resolved folder, with a time limit and output limits', async () => {
    const { processes, started } = programsThatEnd();
    const services = { processes, settings, workspace: aWorkspace };
    await callTool(runCmd, { ...args, timeout: 1.5 }, services);
    await callTool(runCmd, { ...args, step_name: 'build' }, services);
    const command = { file: 'bash', args: ['-c', 'make | tail'], cwd: '/real/shop' };
    const tailBytes = 16 * 1_024;
    const output = { keptOutputBytes: 64 * 1_024 ** 2, outputLimitBytes: 1_024 ** 3 };
    const limits = { ...output, tailBytes, tailJsonBytes: tailBytes };
    expect(started).toEqual([
      { ...command, ...limits, env: {}, timeLimitMs: 1_500 },
      { ...command, ...limits, env: { SCENARIO_STEP_NAME: 'build' }, timeLimitMs: 600_000 },
    ]);
  });

  it.each([
    ['exits with 0', {}, { success: true, exit_code: 0, signal: null, timed_out: false, note: null }],
    ['exits with 3', { exit: { code: 3, signal: null } }, { success: false, exit_code: 3, note: null }],
    [
      'is ended by a signal',
      { exit: { code: null, signal: 'SIGSEGV' } },
      { success: false, exit_code: -1, signal: 'SIGSEGV' },
    ],
    [
      'takes too long, also if it then exits with 0',
      { reason: 'timedOut', others: 2 },
      {
        success: false,
        exit_code: -1,
        timed_out: true,
        background_processes_ended: 0,
        note: expect.stringMatching(/longer than 600 s .* larger timeout/),
      },
    ],
    [
      'writes too much',
      {
        reason: 'tooMuchOutput',
        stdout: { text: 'y', sizeBytes: 1_100 * 1_024 ** 2, truncatedBytes: 1_100 * 1_024 ** 2 - 1, file: '/o' },
      },
      {
        success: false,
        exit_code: -1,
        timed_out: false,
        note: expect.stringMatching(/1100 MiB to stdout, more than 16 times .* raise run_cmd.max_output_mib/),
      },
    ],
    [
      'writes on while the disk is low',
      { reason: 'diskLow', lowDisk: { dir: '/state/output', freeBytes: 3_500_000, reserveBytes: 1_024 ** 3 } },
      {
        success: false,
        exit_code: -1,
        note: expect.stringMatching(
          /ended. \/state\/output has 3.3 MiB free, and 1024 MiB are kept in reserve. .*maitred status --clean/,
        ),
      },
    ],
    ['leaves processes behind', { others: 2 }, { success: true, background_processes_ended: 2, note: null }],
    [
      'leaves processes that cannot be ended, and fills the disk',
      { survivors: [7, 8], isOutputDiskFull: true },
      { success: true, note: expect.stringMatching(/disk of the state folder was full.* could not be ended: 7, 8\./) },
    ],
  ] as const)('has the outcome of a command that %s', async (_, ending, result) => {
    expect(await call(ending)).toMatchObject(result);
  });

  it('says how much output is truncated, and names the file with all of it', async () => {
    const stdout = { text: 'the end', sizeBytes: 1_007, truncatedBytes: 1_000, file: '/state/output/1.stdout' };
    expect(await call({ stdout, stderr: 'careful' })).toMatchObject({
      stdout: '[… 1000 bytes before this are left out]\nthe end',
      stdout_cut: { size_bytes: 1_007, cut_bytes: 1_000, dropped_bytes: 0, file: '/state/output/1.stdout' },
      stderr: 'careful',
      stderr_cut: null,
      note: null,
    });
  });

  it('says that the middle of the output was not kept, how much at least, and which setting changes that', async () => {
    const stdout = { text: 'the end', sizeBytes: 1_007, truncatedBytes: 1_000, file: '/state/output/1.stdout' };
    expect(await call({ stdout: { ...stdout, dropped: { bytes: 800, isExact: false } } })).toMatchObject({
      success: true,
      stdout: '[… at least 1000 bytes before this are left out]\nthe end',
      stdout_cut: { size_bytes: 1_007, cut_bytes: 1_000, dropped_bytes: 800 },
      note: expect.stringMatching(/stdout.* at least 800 bytes .*run_cmd.max_output_mib/),
    });
    expect(await call({ stdout: { ...stdout, dropped: { bytes: 800, isExact: true } } })).toMatchObject({
      stdout: '[… 1000 bytes before this are left out]\nthe end',
      note: 'The file of stdout has its beginning and its end: 800 bytes between them were not kept (run_cmd.max_output_mib).',
    });
  });

  it('says that there is no file where the disk had no room for it', async () => {
    const stdout = { text: 'the end', sizeBytes: 1_007, truncatedBytes: 1_000, file: null };
    expect(await call({ stdout: { ...stdout, dropped: { bytes: 1_000, isExact: true } } })).toMatchObject({
      stdout_cut: { cut_bytes: 1_000, dropped_bytes: 1_000, file: null },
      note: expect.stringContaining('No file of stdout was kept'),
    });
  });

  it('reports the running time and the last line, without control characters', async () => {
    const scope = aScope();
    for (const lastLine of [null, '17 of 23\u001b[K'])
      await callTool(
        runCmd,
        args,
        { ...programsThatEnd({}, { elapsedMs: 2_400, lastLine }), settings, workspace: aWorkspace },
        scope,
      );
    expect(scope.reports).toEqual(['running for 2 s', 'running for 2 s: 17 of 23\\u001b[K']);
  });

  it('has no result once it is cancelled', async () => {
    const signal = AbortSignal.abort(new Error('cancelled'));
    const services = { ...programsThatEnd({ reason: 'cancelled' }), settings, workspace: aWorkspace };
    await expect(callTool(runCmd, args, services, aScope(signal))).rejects.toThrow('cancelled');
  });

  it('starts nothing in a folder that the workspace rejects', async () => {
    const { processes, started } = programsThatEnd();
    const folder = (path: string, argument: string): string => {
      throw new AppError('forbidden', `${argument} ${path}`);
    };
    await expect(
      callTool(runCmd, args, { processes, settings, workspace: { ...aWorkspace, folder } }),
    ).rejects.toMatchObject({
      code: 'forbidden',
      message: 'cwd /shop',
    });
    expect(started).toEqual([]);
  });

  it.each([{ cmd: '' }, { cmd: 'a\0b' }, { cwd: '' }, { timeout: 0 }, { timeout: 86_401 }])('rejects %j', (wrong) => {
    expect(runCmd.input.safeParse({ ...args, ...wrong }).success).toBe(false);
  });
});
