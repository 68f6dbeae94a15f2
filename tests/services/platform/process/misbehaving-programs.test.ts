import { describe, expect, it } from 'vitest';
import type { ProcessExit } from '../../../../src/domain/child-process.ts';
import type { FinishedProcess } from '../../../../src/services/platform/process/child-processes.ts';
import { createProcessTable } from '../../../../src/services/platform/process/create-process-table.ts';
import { type AProcessService, aProcessService, aSpec, neverStopped, timeLimitMs } from './a-process-service.ts';
import { type MisbehavingProgram, misbehavingPrograms } from './misbehaving-programs.ts';
import {
  bearersOf,
  familyOf,
  isStillThere,
  often,
  readProcesses,
  type SeenProcess,
  waitBlocking,
} from './read-processes.ts';

const forever = 60_000;
const none: readonly SeenProcess[] = [];

const programs = misbehavingPrograms.map((program) => [program.what, program] as const);

describe.runIf(process.platform === 'linux').each(programs)('A program that %s', (_, program) => {
  when(program.byItself)('returns how it ended by itself, and processes that it leaves behind are ended', async () => {
    const service = aProcessService();
    const { processes, serverId } = service;
    const outcome = await processes.run(specFor(service, program, 'itself'), { signal: neverStopped() });
    expect(outcome).toMatchObject({ reason: 'exited', exit: program.byItself, survivors: [], ...othersOf(program) });
    const pid = Number(/ready (\d+)/.exec(outcome.stdout.text)?.[1]);
    expect(readProcesses().filter(({ sessionId }) => sessionId === pid)).toEqual(none);
    expect(bearersOf(serverId)).toEqual(none);
    expect(processes.running).toBe(0);
  });

  when(program.onSignal)('is ended with all that it started, whenever it is cancelled', async () => {
    const whileItRuns = async () => {
      const { controller, outcome, left, processes } = await start(program);
      controller.abort();
      expect(await outcome).toMatchObject({ reason: 'cancelled', exit: program.onSignal, ...othersOf(program) });
      expect(left()).toEqual(none);
      expect(processes.running).toBe(0);
    };
    const whileItStarts = async () => {
      const service = aProcessService();
      const controller = new AbortController();
      const running = service.processes.run(specFor(service, program, 'not'), { signal: controller.signal });
      controller.abort();
      expect(await running).toMatchObject({ reason: 'cancelled', survivors: [] });
      expect(bearersOf(service.serverId)).toEqual(none);
    };
    const untilTheServerHasNoTime = async () => {
      const { controller, outcome, left, processes, signals } = await start(program, forever);
      controller.abort();
      await expect.poll(() => signals, often).toContain('SIGTERM');
      await processes.killAll();
      expect(left()).toEqual(none);
      const { reason, exit, survivors } = await outcome;
      expect({ reason, survivors }).toEqual({ reason: 'cancelled', survivors: [] });
      expect(['SIGKILL', program.onSignal?.signal]).toContain(exit.signal);
    };
    const stories = [whileItRuns, untilTheServerHasNoTime, ...(program.isChildLost === true ? [] : [whileItStarts])];
    await Promise.all(stories.map((story) => story()));
  });

  when(program.onSignal)('is gone when the server exits and its event loop no longer turns', async () => {
    const { processes, outcome, left } = await start(program);
    processes.leave();
    waitBlocking(() => left().length === 0, often.interval);
    expect(left()).toEqual(none);
    expect(await outcome).toMatchObject({ reason: 'exited', exit: { code: null, signal: 'SIGKILL' } });
  });
});

const endings = ['never ends', 'ignores SIGTERM', 'answers SIGTERM by starting another one in a session of its own'];

describe.runIf(process.platform === 'linux').each(endings)('A program that %s', (ending) => {
  it('is ended with all that it started when its time is up', async () => {
    const program = misbehavingPrograms.find(({ what }) => what === ending);
    if (program === undefined) throw new Error('there is no such program');
    const { clock, outcome, left } = await start(program);
    await expect.poll(clock.delays, often).toContain(timeLimitMs);
    clock.fire((ms) => ms === timeLimitMs);
    expect(await outcome).toMatchObject({ reason: 'timedOut', exit: program.onSignal, ...othersOf(program) });
    expect(left()).toEqual(none);
  });
});

/** A test only for programs that end this way. */
const when = (how: ProcessExit | undefined): ((title: string, run: () => Promise<void>) => void) =>
  how === undefined ? () => undefined : (title, run) => it(title, run);

const othersOf = ({ others }: MisbehavingProgram): Partial<FinishedProcess> => (others === undefined ? {} : { others });

const specFor = (service: AProcessService, { script }: MisbehavingProgram, end: 'itself' | 'not') =>
  aSpec(service, script, { env: { END: end, NODE: process.execPath }, outputLimitBytes: 1024 ** 3 });

/** Runs a program until it is in its final state, and remembers every process that belongs to it then. */
async function start(program: MisbehavingProgram, graceMs = 300) {
  const signals: string[] = [];
  const table = createProcessTable();
  const service = aProcessService({
    graceMs: () => graceMs,
    table: {
      ...table,
      signal(row, signal) {
        signals.push(signal);
        table.signal(row, signal);
      },
    },
  });
  const controller = new AbortController();
  const outcome = service.processes.run(specFor(service, program, 'not'), { signal: controller.signal });
  const pid = await service.readyPid();
  await expect.poll(() => program.isInFinalState?.(pid) ?? true, often).toBe(true);
  const family = familyOf(pid, service.serverId);
  service.endAlso(family);
  expect(family.length).toBeGreaterThan(program.others ?? 0);
  const left = () => [...family.filter(isStillThere), ...familyOf(pid, service.serverId)];
  return { ...service, controller, outcome, signals, left };
}
