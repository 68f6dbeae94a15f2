import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/domain/app-error.ts';
import { configSchema } from '../../../src/domain/config.schema.ts';
import { resetWorkspace } from '../../../src/tools/workspace/reset-workspace.ts';
import { aWorkspace, callTool, folderThatIsEmptied, programsThatEnd } from '../../doubles/tool-calls.ts';

const configured = { reset_workspace: { command: ['make', 'reset'], preserve_dirs: ['cache'] } };

function aReset(ending: Parameters<typeof programsThatEnd>[0] = {}, config: object = configured) {
  const { processes, started } = programsThatEnd(ending);
  const { emptyFolder, orders } = folderThatIsEmptied();
  const services = { processes, emptyFolder, settings: configSchema.parse(config), workspace: aWorkspace };
  return { services, started, orders };
}

describe('reset_workspace', () => {
  it('runs the reset command in the marked folder, then empties it but for the marker and what is preserved', async () => {
    const { services, started, orders } = aReset();
    expect(await callTool(resetWorkspace, { test_dir: '/tmp/t' }, services)).toMatchObject({ success: true });
    expect(started).toMatchObject([{ file: 'make', args: ['reset'], cwd: '/real/tmp/t', timeLimitMs: 60_000 }]);
    const keep = ['.maitred-workspace', '.gitignore', 'cache'];
    expect(orders).toEqual([{ path: '/real/tmp/t', identity: keep.join(), keep }]);
  });

  it.each([
    [
      'exits with 7',
      { exit: { code: 7, signal: null }, stderr: 'no database' },
      'process_failed',
      /exit code 7/,
      { exit_code: 7, signal: null, output: 'no database' },
    ],
    ['is ended by a signal', { exit: { code: null, signal: 'SIGTERM' } }, 'process_failed', /SIGTERM/, {}],
    ['takes too long, also if it then exits with 0', { reason: 'timedOut' }, 'timed_out', /longer than 60 s/, {}],
    ['writes too much', { reason: 'tooMuchOutput' }, 'process_failed', /16 times/, {}],
  ] as const)('deletes nothing when the command %s', async (_, ending, code, why, details) => {
    const { services, orders } = aReset(ending);
    await expect(callTool(resetWorkspace, { test_dir: '/tmp/t' }, services)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(new RegExp(`nothing was deleted.*${why.source}`)),
      details,
    });
    expect(orders).toEqual([]);
  });

  it('runs nothing in a folder without the marker', async () => {
    const { services, started } = aReset();
    const disposableFolder = () => Promise.reject(new AppError('forbidden', 'no marker'));
    await expect(
      callTool(resetWorkspace, { test_dir: '/tmp/t' }, { ...services, workspace: { ...aWorkspace, disposableFolder } }),
    ).rejects.toMatchObject({ code: 'forbidden' });
    expect(started).toEqual([]);
  });

  it('deletes nothing if the command has taken the marker away', async () => {
    const { services, started, orders } = aReset();
    const disposableFolder: typeof aWorkspace.disposableFolder = async (...question) => {
      if (started.length > 0) throw new AppError('forbidden', 'no marker');
      return aWorkspace.disposableFolder(...question);
    };
    await expect(
      callTool(resetWorkspace, { test_dir: '/tmp/t' }, { ...services, workspace: { ...aWorkspace, disposableFolder } }),
    ).rejects.toMatchObject({ code: 'forbidden' });
    expect({ started: started.length, orders }).toEqual({ started: 1, orders: [] });
  });

  it('is turned off without a reset command, and names the other tool', async () => {
    const { services, orders } = aReset({}, {});
    await expect(callTool(resetWorkspace, { test_dir: '/tmp/t' }, services)).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringMatching(/maitred config set reset_workspace\.command .* reset_test_dir/),
    });
    expect(orders).toEqual([]);
  });
});
