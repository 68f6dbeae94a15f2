import { describe, expect, it } from 'vitest';
import { createProcessTable } from '../../../../src/services/platform/process/create-process-table.ts';
import type { ProcessTable } from '../../../../src/services/platform/process/process-table.ts';
import { aProcessService, aSpec, neverStopped } from './a-process-service.ts';
import { bearersOf, familyOf, isStillThere } from './read-processes.ts';

/** A child in a session of its own beside the program. */
const script = `setsid bash -c 'echo > up; exec sleep 100' & read -r _ < up; echo "ready $$"; exec sleep 100`;

describe.runIf(process.platform === 'linux')('A process that nothing can end', () => {
  // At the same time, as each waits for the limit of SIGKILL.
  it('is named, while all others end; if it is the program itself, its exit is unknown, else it is returned', async () => {
    await Promise.all([spareAChild(), spareTheProgram(), spareAChildOfAnEndedProgram()]);
  });
});

async function spareAChild() {
  const { table, spare } = aTableThatSpares();
  const service = aProcessService({ table });
  const controller = new AbortController();
  const outcome = service.processes.run(aSpec(service, `mkfifo up; ${script}`), { signal: controller.signal });
  const pid = await service.readyPid();
  const [child] = familyOf(pid, service.serverId).filter((seen) => seen.pid !== pid);
  expect(child).toBeDefined();
  spare(child?.pid);
  controller.abort();
  expect(await outcome).toMatchObject({
    reason: 'cancelled',
    exit: { code: null, signal: 'SIGTERM' },
    others: 1,
    survivors: [child?.pid],
  });
  expect(bearersOf(service.serverId).map((seen) => seen.pid)).toEqual([child?.pid]);
  // The last act of the server tries it once more.
  expect(service.processes.running).toBe(1);
}

async function spareTheProgram() {
  const { table, spare } = aTableThatSpares();
  const service = aProcessService({ table, graceMs: () => 0 });
  const controller = new AbortController();
  const outcome = service.processes.run(aSpec(service, `mkfifo up; ${script}`), { signal: controller.signal });
  const pid = await service.readyPid();
  const family = familyOf(pid, service.serverId);
  spare(pid);
  controller.abort();
  expect(await outcome).toMatchObject({
    reason: 'cancelled',
    exit: { code: null, signal: null },
    others: 1,
    survivors: [pid],
  });
  expect(family.filter(isStillThere).map((seen) => seen.pid)).toEqual([pid]);
}

async function spareAChildOfAnEndedProgram() {
  const { table, spareAllBut } = aTableThatSpares();
  const service = aProcessService({ table, graceMs: () => 0 });
  spareAllBut();
  const spec = aSpec(service, `mkfifo up; setsid bash -c 'echo > up; exec sleep 100' & read -r _ < up; exit 5`);
  const outcome = await service.processes.run(spec, { signal: neverStopped() });
  const [left] = bearersOf(service.serverId);
  expect(outcome).toMatchObject({
    reason: 'exited',
    exit: { code: 5, signal: null },
    others: 1,
    survivors: [left?.pid],
  });
}

/** A table whose signals do not reach who is spared, as those to a process that the kernel holds. */
function aTableThatSpares() {
  const table = createProcessTable();
  let isSpared = (_pid: number) => false;
  const sparing: ProcessTable = {
    ...table,
    signal(row, signal) {
      if (!isSpared(row.pid)) table.signal(row, signal);
    },
  };
  return {
    table: sparing,
    spare: (pid: number | undefined) => {
      isSpared = (asked) => asked === pid;
    },
    spareAllBut: (...pids: readonly number[]) => {
      isSpared = (asked) => !pids.includes(asked);
    },
  };
}
