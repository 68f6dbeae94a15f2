import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ProcessSpec } from '../../../../src/domain/child-process.ts';
import { type AProcessService, aProcessService, aSpec, neverStopped } from './a-process-service.ts';

const runIn = (service: AProcessService, spec: Partial<ProcessSpec>) =>
  service.processes.run(aSpec(service, 'exit 0', spec), { signal: neverStopped() });

/** What a run that starts nothing is refused with; the service is as before it then. */
async function refusalOf(spec: Partial<ProcessSpec>, service = aProcessService()): Promise<unknown> {
  const refusal: unknown = await runIn(service, spec).then(
    () => 'it ran',
    (thrown: unknown) => thrown,
  );
  expect(readdirSync(service.outputDir)).toEqual([]);
  expect(service.processes.running).toBe(0);
  expect(await runIn(service, {})).toMatchObject({ reason: 'exited', exit: { code: 0 } });
  return refusal;
}

describe.runIf(process.platform === 'linux')('A program that cannot be started leaves no files behind, and', () => {
  it('is named where it does not exist', async () => {
    const refusal = await refusalOf({ file: 'no-such-program' });
    expect(refusal).toMatchObject({
      name: 'AppError',
      code: 'not_found',
      message: expect.stringContaining('no-such-program'),
    });
  });

  it('is named where it is not executable', async () => {
    const service = aProcessService();
    const file = `${service.dir}/text`;
    writeFileSync(file, 'text');
    chmodSync(file, 0o600);
    expect(await refusalOf({ file }, service)).toMatchObject({
      name: 'AppError',
      message: expect.stringContaining(`${file} cannot be started (EACCES)`),
    });
  });

  it('is not blamed where the folder to run it in does not exist', async () => {
    const refusal = await refusalOf({ cwd: '/no/such/folder' });
    expect(refusal).toMatchObject({
      name: 'AppError',
      code: 'not_found',
      message: expect.stringContaining('/no/such/folder'),
    });
  });

  it('is refused with arguments that are too long for the system', async () => {
    const refusal = await refusalOf({ args: ['-c', ':', 'x'.repeat(4 * 1024 ** 2)] });
    expect(refusal).toMatchObject({
      name: 'AppError',
      code: 'invalid_input',
      message: expect.stringContaining('too long'),
    });
  });

  it.each([
    ['an argument', { args: ['-c', 'a\0b'] }],
    ['its name', { file: 'ba\0sh' }],
    ['a variable', { env: { A: 'a\0b' } }],
    ['its folder', { cwd: '/tmp\0' }],
  ])('is refused with a NUL in %s', async (_, spec) => {
    expect(await refusalOf(spec)).toMatchObject({ name: 'AppError', code: 'invalid_input' });
  });

  it('is refused without a name', async () => {
    expect(await refusalOf({ file: '' })).toMatchObject({ name: 'AppError', code: 'invalid_input' });
  });
});

describe.runIf(process.platform === 'linux')('A program is not started', () => {
  it('where its output cannot be kept, and the path is named', async () => {
    const service = aProcessService();
    mkdirSync(`${service.dir}/state`);
    writeFileSync(service.outputDir, 'a file in the place of the folder');
    await expect(runIn(service, { args: ['-c', 'echo > here'] })).rejects.toMatchObject({
      name: 'AppError',
      code: 'unavailable',
      message: expect.stringContaining(service.outputDir),
    });
    expect(readdirSync(service.dir)).not.toContain('here');
    expect(service.processes.running).toBe(0);
  });

  it('where only its errors cannot be kept: no file is left and the one that was there stays as it was', async () => {
    const service = aProcessService();
    mkdirSync(`${service.outputDir}/${service.serverId}.1.stderr`, { recursive: true });
    await expect(runIn(service, { args: ['-c', 'echo > here'] })).rejects.toMatchObject({ code: 'unavailable' });
    expect(readdirSync(service.dir)).not.toContain('here');
    expect(readdirSync(service.outputDir)).toEqual([`${service.serverId}.1.stderr`]);
  });

  it('when it is cancelled before the start, without a guardian, a record or a folder', async () => {
    const made: string[] = [];
    const service = aProcessService({
      guardian: { ensure: () => made.push('guardian'), setPrograms: () => undefined, dismiss: () => undefined },
      ensureServerRecord: () => made.push('record'),
    });
    const reason = new Error('not any more');
    const signal = AbortSignal.abort(reason);
    await expect(service.processes.run(aSpec(service, 'echo > here'), { signal })).rejects.toBe(reason);
    expect(made).toEqual([]);
    expect(readdirSync(service.dir)).toEqual([]);
    expect(service.processes.running).toBe(0);
  });

  it('when this server cannot write its record, since the owner would be unknown', async () => {
    const problem = new Error('no room for a record');
    const service = aProcessService({
      ensureServerRecord() {
        throw problem;
      },
    });
    await expect(runIn(service, { args: ['-c', 'echo > here'] })).rejects.toBe(problem);
    expect(readdirSync(service.dir)).toEqual([]);
    expect(service.processes.running).toBe(0);
  });
});
