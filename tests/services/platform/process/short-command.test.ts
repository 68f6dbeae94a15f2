import { tmpdir } from 'node:os';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { runShortCommand } from '../../../../src/services/platform/process/run-short-command.ts';

const inTemp = { cwd: tmpdir(), timeLimitMs: 10_000 };
const bash = (script: string) => ({ ...inTemp, file: 'bash', args: ['-c', script] });

describe('A short command', () => {
  it('returns its output and how it ended', async () => {
    expect(await runShortCommand(bash('echo out; echo err >&2; exit 3'))).toEqual({
      exitCode: 3,
      stdout: 'out\n',
      stderr: 'err\n',
      isTruncated: false,
      timedOut: false,
    });
  });

  it('inherits the environment, but no variable that ties git to another repository', async () => {
    vi.stubEnv('GIT_DIR', '/nowhere/.git');
    vi.stubEnv('GIT_CONFIG_KEY_0', 'core.bare');
    vi.stubEnv('INHERITED', 'a');
    onTestFinished(() => void vi.unstubAllEnvs());
    const command = { ...bash('echo "$INHERITED$ADDED-$GIT_DIR$GIT_CONFIG_KEY_0"'), env: { ADDED: 'b' } };
    expect(await runShortCommand(command)).toMatchObject({ stdout: 'ab-\n' });
  });

  it('has no exit code when a signal ended it', async () => {
    expect(await runShortCommand(bash('kill -9 $$'))).toMatchObject({ exitCode: null, timedOut: false });
  });

  it('is ended when it writes too much, and its output is marked as truncated', async () => {
    expect(await runShortCommand(bash('yes'))).toMatchObject({ isTruncated: true, timedOut: false });
  });

  it('is ended when its time is up', async () => {
    expect(await runShortCommand({ ...bash('sleep 60'), timeLimitMs: 50 })).toMatchObject({
      exitCode: null,
      timedOut: true,
    });
  });

  it('has no exit code when its time is up, also if it answers the end with exit 0', async () => {
    const command = { ...bash("trap 'exit 0' TERM; while :; do :; done"), timeLimitMs: 150 };
    expect(await runShortCommand(command)).toMatchObject({ exitCode: null, timedOut: true });
  });

  it('is ended when it is cancelled', async () => {
    const controller = new AbortController();
    const running = runShortCommand(bash('sleep 60'), controller.signal);
    controller.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
  });

  it('that does not exist is named, with the fix', async () => {
    await expect(runShortCommand({ ...inTemp, file: 'no-such-program', args: [] })).rejects.toMatchObject({
      code: 'not_found',
      message: 'no-such-program does not exist: install it, or put its folder into PATH.',
    });
  });
});
