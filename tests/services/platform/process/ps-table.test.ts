import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { endOwned } from '../../../../src/services/platform/process/end-owned.ts';
import { createOwnedProcesses } from '../../../../src/services/platform/process/owned-processes.ts';
import { createPsTable } from '../../../../src/services/platform/process/ps-table.ts';

const hasPs = ['/bin/ps', '/usr/bin/ps'].some((path) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
});

describe.runIf(hasPs)('What ps tells, where there is no /proc,', () => {
  it('is enough to end a program with the background processes of its group', async () => {
    const program = spawn('sh', ['-c', 'sleep 1000 & echo $!; wait'], {
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const pid = program.pid ?? 0;
    onTestFinished(() => {
      program.kill('SIGKILL');
    });
    const [line] = await once(program.stdout, 'data');
    const sleeper = Number(String(line));
    const table = createPsTable();
    const owned = createOwnedProcesses(table, { mark: 'nobody.1', root: table.find(pid) });
    expect((await owned.find()).map((row) => row.pid).sort()).toEqual([pid, sleeper].sort());

    const exited = once(program, 'exit');
    const signal = new AbortController().signal;
    expect(await endOwned(table, owned, { limits: { settleMs: 0, graceMs: 5_000 }, signal })).toEqual([]);
    await exited;
    expect(await owned.find()).toEqual([]);
  });
});
