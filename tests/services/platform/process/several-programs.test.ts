import { describe, expect, it, onTestFinished } from 'vitest';
import { appErrorOf } from '../../../../src/domain/app-error.ts';
import type { ProcessProgress } from '../../../../src/domain/child-process.ts';
import { type AProcessService, aProcessService, aSpec, neverStopped } from './a-process-service.ts';
import { bearersOf, often } from './read-processes.ts';

const script = `mkfifo up.$$; ( setsid bash -c 'echo > up.'$$'; exec sleep 100' & ); read -r _ < up.$$; echo "ready $$"; exec sleep 100`;

/** Runs programs that have a child each in a session of its own, until they are ready. */
async function startPrograms(service: AProcessService, howMany: number) {
  const programs = Array.from({ length: howMany }, (_, index) => {
    const controller = new AbortController();
    const outcome = service.processes.run(aSpec(service, script), { signal: controller.signal });
    const family = () => bearersOf(`${service.serverId}.${index + 1}`).map(({ pid }) => pid);
    return { controller, outcome, family };
  });
  for (const index of programs.keys()) await service.readyPid(index + 1);
  return programs;
}

describe.runIf(process.platform === 'linux')('Of several programs', () => {
  it('one is ended without the others', async () => {
    const service = aProcessService();
    const [one, two, three] = await startPrograms(service, 3);
    expect(service.processes.running).toBe(3);
    two?.controller.abort();
    expect(await two?.outcome).toMatchObject({ reason: 'cancelled', others: 1 });
    expect(service.processes.running).toBe(2);
    expect([one, two, three].map((program) => program?.family().length)).toEqual([2, 0, 2]);
    await service.processes.killAll();
  });

  it('none is left when all are killed, and each is reported as cancelled', async () => {
    const service = aProcessService();
    const programs = await startPrograms(service, 3);
    const settled = Promise.all(programs.map(({ outcome }) => outcome));
    // Twice at the same time, as by two ends of a server.
    await Promise.all([service.processes.killAll(), service.processes.killAll()]);
    expect(bearersOf(service.serverId)).toEqual([]);
    for (const { reason, exit } of await settled)
      expect({ reason, exit }).toEqual({ reason: 'cancelled', exit: { code: null, signal: 'SIGKILL' } });
    expect(service.processes.running).toBe(0);
    await service.processes.killAll();
  });

  it('none is left when the server exits', async () => {
    const service = aProcessService();
    const programs = await startPrograms(service, 3);
    service.processes.leave();
    service.processes.leave();
    await Promise.all(programs.map(({ outcome }) => outcome));
    expect(bearersOf(service.serverId)).toEqual([]);
  });

  it('that start at once each get a turn of the event loop, so that other calls are answered in between', async () => {
    let turn = 0;
    const countTurns = () => {
      turn += 1;
      counting = setImmediate(countTurns);
    };
    let counting = setImmediate(countTurns);
    onTestFinished(() => clearImmediate(counting));
    const starts: number[] = [];
    const guardian = { ensure: () => starts.push(turn), setPrograms: () => undefined, dismiss: () => undefined };
    const service = aProcessService({ guardian });
    const run = () => service.processes.run(aSpec(service, 'true'), { signal: neverStopped() });
    await Promise.all([run(), run(), run(), run()]);
    expect(new Set(starts).size).toBe(4);
  });
});

describe.runIf(process.platform === 'linux')('The guardian of the programs', () => {
  it('is ensured before each, and dismissed only when none runs', async () => {
    const calls: string[] = [];
    const guardian = {
      ensure: () => calls.push('ensure'),
      setPrograms: () => undefined,
      dismiss: () => calls.push('dismiss'),
    };
    const service = aProcessService({ guardian });
    await startPrograms(service, 2);
    service.processes.leave();
    expect(calls).toEqual(['ensure', 'ensure']);
    await expect.poll(() => service.processes.running, often).toBe(0);
    service.processes.leave();
    expect(calls).toEqual(['ensure', 'ensure', 'dismiss']);
  });

  it('that cannot be started keeps the program from starting', async () => {
    const problem = appErrorOf({ code: 'unavailable', message: 'no guardian' });
    const service = aProcessService({
      guardian: {
        ensure() {
          throw problem;
        },
        setPrograms: () => undefined,
        dismiss: () => undefined,
      },
    });
    const spec = aSpec(service, 'echo > here');
    await expect(service.processes.run(spec, { signal: neverStopped() })).rejects.toMatchObject({
      name: 'AppError',
      code: 'unavailable',
      message: 'no guardian',
    });
    expect(service.processes.running).toBe(0);
  });
});

describe.runIf(process.platform === 'linux')('Whoever waits for a program', () => {
  it('reports the last line about once a second', async () => {
    const service = aProcessService();
    const told: ProcessProgress[] = [];
    const controller = new AbortController();
    const spec = aSpec(service, 'echo begun; echo half >&2; echo "ready $$"; exec sleep 100');
    const outcome = service.processes.run(spec, {
      signal: controller.signal,
      onProgress: (progress) => told.push(progress),
    });
    const pid = await service.readyPid();
    await expect.poll(() => told.length, often).toBeGreaterThan(1);
    controller.abort();
    await outcome;
    // Both had something to say at the first look.
    expect(told[0]?.lastLine).toBe(`ready ${pid}`);
    const elapsedMs = told.map((progress) => progress.elapsedMs);
    expect(elapsedMs).toEqual([...elapsedMs].sort((a, b) => a - b));
  });
});
