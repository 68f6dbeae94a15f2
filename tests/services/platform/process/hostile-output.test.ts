import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { aProcessService, aSpec, neverStopped } from './a-process-service.ts';

const own = { text: 'mine\n', sizeBytes: 5, truncatedBytes: 0, file: null };

describe.runIf(process.platform === 'linux')('A program that lays hands on the file of its own output', () => {
  it('has removed it: what it wrote is returned all the same', async () => {
    const outcome = await runAndReplace('true');
    expect(outcome).toMatchObject({ reason: 'exited', exit: { code: 7, signal: null }, stdout: own });
  });

  it('has made it longer than any disk: its end is returned', async () => {
    const service = aProcessService();
    const spec = aSpec(service, 'echo first; truncate -s 4T /dev/stdout');
    const { stdout } = await service.processes.run(spec, { signal: neverStopped() });
    expect(stdout.sizeBytes).toBe(4 * 1024 ** 4);
    expect(stdout.text).toBe('\0'.repeat(spec.tailBytes));
  });

  it('has written only control characters: less is returned where the text is bounded as JSON, and the file is named', async () => {
    const service = aProcessService();
    const spec = aSpec(service, 'head -c 4000 /dev/zero', { tailJsonBytes: 4_096 });
    const { stdout } = await service.processes.run(spec, { signal: neverStopped() });
    expect(JSON.stringify(stdout.text).length).toBeGreaterThan(4_000);
    expect(JSON.stringify(stdout.text).length).toBeLessThanOrEqual(4_096);
    expect(stdout.truncatedBytes).toBe(4_000 - stdout.text.length);
    expect(existsSync(stdout.file ?? '')).toBe(true);
  });

  it('has put a link in its place: nothing of the file behind it is shown', async () => {
    const outcome = await runAndReplace('echo secret > secret; ln -s "$PWD/secret"');
    expect(outcome).toMatchObject({ reason: 'exited', exit: { code: 7, signal: null }, stdout: own });
  });

  it('has put a folder in its place: what it wrote is returned all the same', async () => {
    const outcome = await runAndReplace('mkdir');
    expect(outcome).toMatchObject({ reason: 'exited', exit: { code: 7, signal: null }, stdout: own });
  });

  it('has put a pipe in its place: the server does not wait for a writer', async () => {
    const service = aProcessService();
    const file = `${service.outputDir}/${service.serverId}.1.stdout`;
    // Saves the test from waiting for ever.
    const rescuer = spawn(
      'bash',
      ['-c', 'until [ -p "$1" ]; do sleep 0.1; done; sleep 3; > rescued; : > "$1"', '', file],
      {
        cwd: service.dir,
        stdio: 'ignore',
      },
    );
    onTestFinished(() => void rescuer.kill('SIGKILL'));
    const spec = aSpec(service, replacing('mkfifo'));
    const outcome = await service.processes.run(spec, { signal: neverStopped() });
    expect(existsSync(`${service.dir}/rescued`)).toBe(false);
    expect(outcome).toMatchObject({ reason: 'exited', exit: { code: 7, signal: null }, stdout: own });
  });

  it('cannot make the server overwrite an existing file', async () => {
    const service = aProcessService();
    mkdirSync(service.outputDir, { recursive: true });
    writeFileSync(`${service.outputDir}/${service.serverId}.1.stdout`, 'another one’s');
    const spec = aSpec(service, 'echo mine');
    await expect(service.processes.run(spec, { signal: neverStopped() })).rejects.toMatchObject({
      name: 'AppError',
      code: 'unavailable',
    });
  });
});

/** Puts what this command makes in the place of the file. */
const replacing = (command: string) =>
  `echo mine; file=$(readlink /proc/$$/fd/1); rm "$file"; ${command} "$file" >&2; exit 7`;

function runAndReplace(command: string) {
  const service = aProcessService();
  return service.processes.run(aSpec(service, replacing(command)), { signal: neverStopped() });
}
