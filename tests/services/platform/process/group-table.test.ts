import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createProcessTable } from '../../../../src/services/platform/process/create-process-table.ts';
import { createGroupTable } from '../../../../src/services/platform/process/group-table.ts';
import { tempFolder } from '../../../doubles/temp-folder.ts';
import { aProcessService, aSpec, neverStopped } from './a-process-service.ts';
import { often, readProcess } from './read-processes.ts';

// The test itself reads /proc.
describe.runIf(process.platform === 'linux')('Where the system shows no processes, a program', () => {
  it('runs, and its end and what it wrote are reported; what it left in its group is ended and counted', async () => {
    const service = aProcessService({ table: createGroupTable() });
    const script = 'sleep 100 & echo "ready $!"; exit 3';
    const { reason, exit, others, stdout } = await service.processes.run(aSpec(service, script), {
      signal: neverStopped(),
    });
    expect({ reason, exit, others }).toEqual({ reason: 'exited', exit: { code: 3, signal: null }, others: 1 });
    const sleeper = Number(stdout.text.split(' ')[1]);
    expect(sleeper).toBeGreaterThan(1);
    await expect.poll(() => readProcess(sleeper), often).toBeNull();
  });

  it('is ended with its group when it is cancelled', async () => {
    const service = aProcessService({ table: createGroupTable() });
    const controller = new AbortController();
    const running = service.processes.run(aSpec(service, 'echo "ready $$"; sleep 100'), { signal: controller.signal });
    const pid = await service.readyPid();
    controller.abort();
    expect(await running).toMatchObject({ reason: 'cancelled', exit: { code: null, signal: 'SIGTERM' } });
    expect(readProcess(pid)).toBeNull();
  });
});

describe('The processes of this machine', () => {
  /** A folder like `/proc` with one process, in which the reader has the given pid. */
  function aProcDir(self: number): string {
    const dir = tempFolder();
    mkdirSync(`${dir}/7`);
    writeFileSync(`${dir}/7/stat`, `7 (a) S ${'1 '.repeat(30)}`);
    symlinkSync(String(self), `${dir}/self`);
    return dir;
  }
  const pidsIn = async (procDir: string) => (await createProcessTable(procDir, 'linux').read()).map(({ pid }) => pid);

  it('are read from /proc, also where that does not show which pid is the newest', async () => {
    expect(await pidsIn(aProcDir(process.pid))).toEqual([7]);
  });

  it('are not read where there is no /proc, nor from one of another pid namespace, whose pids are not ours', async () => {
    expect(await pidsIn(`${tempFolder()}/absent`)).toEqual([]);
    expect(await pidsIn(aProcDir(process.pid + 1))).toEqual([]);
  });
});
