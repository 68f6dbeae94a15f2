import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../src/domain/recipe-run/journal-record.ts';
import { answerGate, journalsOf, linesOf, startProcess } from '../support/killed-runs.ts';
import { aMarkedWorld, commandsOf, type MarkedWorld, markedProcesses } from '../support/marked-world.ts';
import { canMount, inOwnMounts } from '../support/own-mounts.ts';
import { runMaitred } from '../support/run-maitred.ts';

/** All of them start the program three times or more. */
const isLongRun = process.env.MAITRED_EVERY_STEP === '1';

const aCommand = (cmd: string) => ({
  tool: 'run_cmd',
  with: { cmd, cwd: `\${{ inputs.project }}` },
  on_failure: 'failed',
});

/** work → ask → release. The work takes until there is a file `go.txt`. */
const steps = {
  work: { ...aCommand('echo done >> work.txt; until [ -e go.txt ]; do sleep 0.02; done'), on_success: 'ask' },
  ask: { action: 'confirm', message: 'Release it?', on_success: 'release', on_failure: 'failed' },
  release: { ...aCommand('echo done >> release.txt'), on_success: 'released' },
  released: { action: 'stop', message: 'It is released.' },
  failed: { action: 'stop', message: 'It is not released.' },
};

function addRecipe(world: MarkedWorld, recipeSteps: object): void {
  const recipe = {
    name: 'small',
    description: 'Is interrupted.',
    inputs: { project: { type: 'path', description: 'the folder', required: true } },
    kitchen_rules: ['Call the tools of the steps.'],
    steps: recipeSteps,
  };
  writeFileSync(join(world.projectDir, 'small.json'), JSON.stringify(recipe));
}

function aWorldOfSteps(): MarkedWorld {
  const world = aMarkedWorld();
  addRecipe(world, steps);
  return world;
}

const anOrder = ['order', './small.json', 'project=.'] as const;

const start = (world: MarkedWorld, more?: Readonly<Record<string, string>>) => startProcess(world, anOrder, more);

const letWork = ({ projectDir }: MarkedWorld) => writeFileSync(join(projectDir, 'go.txt'), '');

/** Waits for a record. @returns the state of the run */
async function untilRecord(world: MarkedWorld, runId: string, k: JournalEntry['k'], step: string) {
  const read = () => journalsOf(world).read(runId);
  await expect
    .poll(
      async () => (await read()).records.some((record) => record.k === k && 'step' in record && record.step === step),
      {
        interval: 10,
      },
    )
    .toBe(true);
  return (await read()).state;
}

/** A run whose process works, or waits at its gate. */
async function aRunAt(place: 'work' | 'gate') {
  const world = aWorldOfSteps();
  if (place === 'gate') letWork(world);
  const process = start(world);
  const runId = await process.runId;
  const state = await (place === 'gate'
    ? untilRecord(world, runId, 'gate_opened', 'ask')
    : untilRecord(world, runId, 'entered', 'work'));
  if (place === 'work') await expect.poll(() => linesOf(world, 'work.txt'), { interval: 10 }).toEqual(['done']);
  return { ...process, world, runId, state };
}

async function shownOf(world: MarkedWorld, runId: string) {
  const { stdout } = await runMaitred(world, 'runs', 'list', '--json');
  const { runs } = JSON.parse(stdout) as {
    readonly runs: readonly { run_id: string; state: string; owner: unknown }[];
  };
  const { state, owner } = runs.find(({ run_id: id }) => id === runId) ?? {};
  return { state, owner };
}

/** Resumes a run, approves its gate, and says how it ended. */
async function resumeToEnd(world: MarkedWorld, runId: string) {
  const { ended } = startProcess(world, ['runs', 'resume', runId]);
  const answered = new Set<string>();
  const answer = async () => {
    const { state } = await journalsOf(world).read(runId);
    if (state.gate !== null && !answered.has(state.gate.gate)) {
      answered.add(state.gate.gate);
      await answerGate(world, state, state.gate.asks === 'approval' ? 'approve' : 'done');
    }
    return state.ended !== null;
  };
  await expect.poll(answer, { interval: 10 }).toBe(true);
  const { code } = await ended;
  const { state } = await journalsOf(world).read(runId);
  return {
    code,
    reason: state.ended?.reason,
    work: linesOf(world, 'work.txt'),
    release: linesOf(world, 'release.txt'),
  };
}

const released = { code: 0, reason: 'It is released.', work: ['done'], release: ['done'] };

describe('Of two processes that resume a run at once', () => {
  it('one works on it, and the other is refused with the name of the owner', async () => {
    const { world, runId, child, ended } = await aRunAt('gate');
    child.kill('SIGKILL');
    await ended;
    const both = [0, 1].map(() => startProcess(world, ['runs', 'resume', runId]));
    const { code, stderr } = await Promise.race(both.map((one) => one.ended));
    const owner = journalsOf(world).ownerOf(runId);
    expect({ code, stderr }).toEqual({ code: 5, stderr: expect.stringContaining(`belongs to the server ${owner}`) });
    const { state } = await journalsOf(world).read(runId);
    await answerGate(world, state, 'approve');
    const ends = await Promise.all(both.map((one) => one.ended));
    expect(ends.map((end) => end.code).sort()).toEqual([0, 5]);
    expect(linesOf(world, 'release.txt')).toEqual(['done']);
  });
});

describe('A run whose process is killed', () => {
  it('at an open gate waits, takes the approval that was left meanwhile, and asks no second time', async () => {
    const { world, runId, state, child, ended } = await aRunAt('gate');
    child.kill('SIGKILL');
    await ended;
    expect(await shownOf(world, runId)).toEqual({ state: 'waiting', owner: null });
    await answerGate(world, state, 'approve');
    const { code } = await startProcess(world, ['runs', 'resume', runId]).ended;
    expect(code).toBe(0);
    const { records } = await journalsOf(world).read(runId);
    expect(records.filter(({ k }) => k === 'gate_opened')).toHaveLength(1);
    expect(linesOf(world, 'release.txt')).toEqual(['done']);
  });

  it.runIf(isLongRun)('when a person has answered, and before what follows, asks no second time', async () => {
    const world = aWorldOfSteps();
    letWork(world);
    const preload = join(import.meta.dirname, '../fixtures/kill-at-record.cjs');
    // run_started, work entered and settled, ask entered, gate_opened
    const { runId: started, ended } = start(world, { NODE_OPTIONS: `--require ${preload}`, KILL_AT_RECORD: '6:after' });
    const runId = await started;
    await answerGate(world, await untilRecord(world, runId, 'gate_opened', 'ask'), 'approve');
    expect((await ended).signal).toBe('SIGKILL');
    expect((await journalsOf(world).read(runId)).records.at(-1)?.k).toBe('gate_answered');
    expect(await shownOf(world, runId)).toEqual({ state: 'interrupted', owner: null });
    const { code } = await startProcess(world, ['runs', 'resume', runId]).ended;
    expect(code).toBe(0);
    expect(linesOf(world, 'release.txt')).toEqual(['done']);
  });

  it.runIf(isLongRun)('when it was asked to cancel ends as cancelled when it is resumed', async () => {
    const { world, runId, child, ended } = await aRunAt('work');
    child.kill('SIGSTOP');
    await journalsOf(world).requestCancel(runId, 'ann');
    child.kill('SIGKILL');
    await ended;
    const { code } = await startProcess(world, ['runs', 'resume', runId]).ended;
    expect(code).toBe(130);
    expect((await journalsOf(world).read(runId)).state.ended).toMatchObject({ state: 'cancelled' });
    expect(commandsOf(markedProcesses(world))).toEqual([]);
  });
});

describe.runIf(isLongRun)('SIGTERM', () => {
  it.each([
    ['work', 'interrupted', 130],
    ['gate', 'waiting', 0],
  ] as const)('interrupts a run at its %s, which can be resumed', async (place, state, code) => {
    const { world, runId, child, ended } = await aRunAt(place);
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code, signal: null });
    await expect.poll(() => commandsOf(markedProcesses(world)), { interval: 20 }).toEqual([]);
    expect(await shownOf(world, runId)).toEqual({ state, owner: null });
    letWork(world);
    expect(await resumeToEnd(world, runId)).toEqual(released);
  });
});

describe.skipIf(!canMount())('On a full disk', () => {
  it('a run pauses and says so, and goes on when there is room', async () => {
    const world = aMarkedWorld();
    const { dir } = world.stateFolder;
    // In JSON it is six times as large as the file of the output, which makes room when the command has ended.
    const fill = `head -c 8000 /dev/zero | tr '\\0' '\\1'; cat /dev/zero > '${dir}/fill'; echo done >> work.txt`;
    addRecipe(world, { ...steps, work: { ...aCommand(fill), on_success: 'release' }, ask: undefined });
    const mount = `mkdir -p '${dir}' && mount -t tmpfs -o size=16m,mode=700 none '${dir}' && exec "$@"`;
    const launcher = [...inOwnMounts, 'sh', '-c', mount, 'sh'];
    const { child, ended, said } = startProcess(
      world,
      ['order', './small.json', 'project=.'],
      { STATE: dir },
      launcher,
    );
    await said(/^maitred: paused: .*ENOSPC.*The run goes on when it can be written\.$/m);
    expect(linesOf(world, 'release.txt')).toEqual([]);
    rmSync(`/proc/${child.pid}/root${dir}/fill`);
    const { code, stderr } = await ended;
    expect(code, stderr).toBe(0);
    expect(linesOf(world, 'release.txt')).toEqual(['done']);
  });
});
