import { closeSync, openSync, readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startDetached } from '../../../../src/services/platform/process/start-detached.ts';
import { tempFolder } from '../../../doubles/temp-folder.ts';

const never = new AbortController().signal;

/** Starts a script of the shell; what it writes is in the file. */
function aStart(script: string, signal = never) {
  const outputFile = `${tempFolder()}/output`;
  const outputFd = openSync(outputFile, 'a');
  onTestFinished(() => closeSync(outputFd));
  const env = { PATH: process.env.PATH };
  const started = startDetached({ file: 'sh', args: ['-c', script], cwd: '/', env, outputFd }, signal);
  return { started, output: () => readFileSync(outputFile, 'utf8') };
}

const isRunning = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('A program in the background', () => {
  it('goes on after it has announced itself, leads a session of its own, and has no input', async () => {
    const { started, output } = aStart('cat; echo "$$" >&3; exec 3>&-; echo printed; exec sleep 60');
    const announced = await started;
    const pid = Number('line' in announced ? announced.line : Number.NaN);
    onTestFinished(() => void process.kill(pid, 'SIGKILL'));
    expect(isRunning(pid)).toBe(true);
    // A group of the same number can be signalled only if the program leads it.
    expect(() => process.kill(-pid, 0)).not.toThrow();
    await expect.poll(output).toBe('printed\n');
  });

  it('that announces itself and ends at once has been heard', async () => {
    expect(await aStart('echo news >&3; exit 3').started).toEqual({ line: 'news' });
  });

  it('that ends before is reported with its exit code, also where what it left keeps the pipe open', async () => {
    const { started, output } = aStart('sleep 20 & echo $!; exit 3');
    expect(await started).toEqual({ exit: { code: 3, signal: null } });
    process.kill(Number(output()), 'SIGKILL');
  });

  it('is ended where it is not wanted any more', async () => {
    const ending = new AbortController();
    const { started } = aStart('exec sleep 60', ending.signal);
    ending.abort();
    expect(await started).toEqual({ exit: { code: null, signal: 'SIGTERM' } });
  });

  it('that does not exist is an error that says so', async () => {
    const spec = { file: '/no/such/program', args: [], cwd: '/', env: {}, outputFd: 1 };
    await expect(startDetached(spec, never)).rejects.toMatchObject({ code: 'not_found' });
  });
});
