import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { RunExit } from '../../../src/cli/cli-host.ts';
import { errorKinds } from '../../../src/domain/app-error.ts';
import type { RunEnded } from '../../../src/domain/recipe-run/journal-record.ts';
import { baseRecipe, changedRecipe } from '../../domain/recipe/base-recipe.ts';
import { answered, ended, entered, opened, settled } from '../../doubles/journal-entries.ts';
import { aRunner, aRunWorld } from '../a-run-world.ts';
import { aTerminal } from '../a-terminal.ts';

const exitOf = (state: Extract<RunExit, { state: string }>['state']): RunExit => ({
  runId: 'run-1',
  state,
  reason: 'it is over',
});
const endedAs = (state: RunEnded['state']): RunEnded =>
  ({ ...ended(), k: 'run_ended', state, reason: 'it is over' }) as RunEnded;
const needing = (inputs: string) =>
  changedRecipe('task: {description: what to do}', inputs).replaceAll('inputs.task', 'inputs.deep');
const shown = 'Go on?\n\u001b[2JIt deletes all.\n';
const shownHash = createHash('sha256').update(shown).digest('hex');
const aGate = { gate: 'gate-1', step: 'ask', asks: 'approval', shownHash, shown } as const;

/** A world with the recipe `base`, and a run of it that ends at once. */
async function aWorld(state: RunEnded['state'] = 'succeeded') {
  const world = aRunWorld();
  const path = world.plant('program/recipes/base.yaml', baseRecipe);
  await world.plantRun({ runId: 'run-1' }, [endedAs(state)]);
  const runner = aRunner(async () => exitOf(state));
  return { ...world, ...runner, path };
}

describe('order', () => {
  it('runs a recipe with the inputs and budgets that were typed', async () => {
    const { run, requests, runRecipe, path } = await aWorld();
    const budgets = ['usd=2.50', 'time=30m', 'visits=5', 'tokens=1000', 'turns=7'].flatMap((text) => [
      '--budget',
      text,
    ]);
    const { exits } = await run(['order', 'base', 'task=a=b', 'deep=true', ...budgets], { runRecipe });
    expect(exits).toEqual([0]);
    expect(requests).toEqual([
      {
        kind: 'start',
        project: null,
        recipe: path,
        inputs: { task: 'a=b', deep: 'true' },
        budgets: { usd: 2.5, ms: 1_800_000, visits: 5, tokens: 1_000, turns: 7 },
      },
    ]);
  });

  it.each([
    ['of a kind that does not exist', 'dollars=5', 'KIND is usd, tokens, turns, time, visits'],
    ['without an amount', 'usd', 'For usd, give an amount above 0, such as 2.50'],
    ['of nothing', 'visits=0', 'For visits, give a whole number above 0'],
    ['of half a visit', 'visits=1.5', 'For visits, give a whole number above 0'],
    ['of a time without a unit', 'time=30', 'For time, give a duration above 0, such as 30m or 2h'],
  ])('refuses a budget %s', async (_, budget, message) => {
    const { run, requests, runRecipe } = await aWorld();
    const { err, exits } = await run(['order', 'base', '--budget', budget], { runRecipe });
    expect(err).toContain(message);
    expect(exits).toEqual([errorKinds.invalid_input.exitCode]);
    expect(requests).toEqual([]);
  });

  it.each([
    ['no recipe', ['order'], 'name a recipe: maitred order RECIPE; maitred recipes list shows them'],
    ['an input without a name', ['order', 'base', 'task'], '"task" is not an input: give it as name=value'],
    ['an input twice', ['order', 'base', 'task=1', 'task=2'], 'the input "task" is given twice: give it once'],
    ['an unknown recipe', ['order', 'bse'], 'there is no recipe "bse"; did you mean base?'],
  ])('is refused with %s', async (_, args, message) => {
    const { run } = await aWorld();
    expect(await run(args)).toMatchObject({ out: '', err: `maitred: ${message}\n` });
  });

  it('names the inputs that are missing, without a terminal', async () => {
    const { run, plant } = aRunWorld();
    plant('program/recipes/base.yaml', needing('task: {required: true}\n  spare: {required: true, default: x}'));
    expect(await run(['order', 'base'])).toEqual({
      out: '',
      err: 'maitred: the recipe needs a value for "task": give it with maitred order base task=VALUE\n',
      exits: [errorKinds.invalid_input.exitCode],
    });
  });

  it('says which recipe a recipe of the project hides', async () => {
    const { run, plant, runRecipe } = await aWorld();
    const own = plant('project/.maitred/recipes/base.yaml', baseRecipe);
    const { err } = await run(['order', 'base'], { runRecipe });
    expect(err).toContain(`maitred: base is the recipe in ${own}, which hides the one from maitred\n`);
  });

  it('asks on a terminal which recipe, and for each input that is needed, by its type', async () => {
    const { run, requests, runRecipe, plant, projectDir } = await aWorld();
    const file = plant(
      'project/.maitred/recipes/own.yaml',
      needing(
        [
          'colour: {type: choice, choices: [red, green], required: true, description: which colour}',
          'loud: {type: boolean, required: true, default: true}',
          'count: {type: number, required: true}',
          'place: {type: path, required: true}',
          'secret: {required: true, hidden: true, default: x}',
          'spare: {default: y}',
        ].join('\n  '),
      ).replace('name: base', 'name: own'),
    );
    const { host, err } = aTerminal([
      ['Number of the recipe (0: none)?', '2\r'],
      ['colour (which colour):', '3\r'],
      ['colour (which colour):', '2\r'],
      ['loud [y/n] [true]:', '\r'],
      ['count:', 'six\r'],
      ['count:', '6\r'],
      ['place:', 'nowhere\r'],
      ['place:', '.maitred\r'],
    ]);
    const { exits } = await run(['order'], { ...host, runRecipe });
    expect(exits).toEqual([0]);
    expect(requests).toMatchObject([
      { recipe: file, inputs: { colour: 'green', loud: 'true', count: '6', place: '.maitred' } },
    ]);
    expect(err()).toContain('  1. base: A recipe without findings.\n  2. own: A recipe without findings.\n');
    expect(err()).toContain('  1. red\n  2. green\n');
    expect(err()).toContain('Please answer a number from 0 to 2.\n');
    expect(err()).toContain('it is "six"; expected a number of at most 15 digits\n');
    expect(err()).toContain(`${projectDir}/nowhere does not exist.\n`);
  });

  it('runs nothing if the person wants none of the recipes', async () => {
    const { run, requests, runRecipe } = await aWorld();
    const { host, err } = aTerminal([['Number of the recipe', '\r']]);
    expect((await run(['order'], { ...host, runRecipe })).exits).toEqual([0]);
    expect(err()).toContain('maitred: no recipe was chosen, and nothing runs\n');
    expect(requests).toEqual([]);
  });

  it('in the background prints the id alone on stdout', async () => {
    const { run, projectDir, path } = await aWorld();
    const started: (readonly string[])[] = [];
    const startDetached = async (args: readonly string[]) => {
      started.push(args);
      return 'run-7';
    };
    const args = ['order', 'base', 'task=-x', '--budget', 'time=2h', '--project', projectDir, '--detach'];
    expect(await run(args, { startDetached })).toEqual({
      out: 'run-7\n',
      err: 'maitred: it runs in the background; maitred runs logs run-7 --follow shows what it does\n',
      exits: [0],
    });
    expect(started).toEqual([['order', '--budget', 'time=7200000ms', '--project', projectDir, '--', path, 'task=-x']]);
  });
});

describe('order without a terminal', () => {
  it('prints a line when a step begins and when it ends, how to answer a gate, and the end on stdout', async () => {
    const { run, plantRun, plant } = aRunWorld();
    plant('program/recipes/base.yaml', baseRecipe);
    await plantRun({ runId: 'run-1' }, [endedAs('stopped')]);
    const { runRecipe } = aRunner(async (live, watcher) => {
      live.record(entered('plan'));
      live.report({ step: { name: 'plan', visit: 1, attempt: 0, tool: 'run_cmd', startedAtMs: 0, text: 'reads' } });
      live.record(settled('plan', { spent: { usd: 0.4, tokens: 1_200, turns: 1, ms: 1_500 } }));
      live.record(opened('gate-1', 'ask', { shownHash }));
      live.report({ state: 'waiting', gate: aGate });
      live.record(answered('gate-1', { shownHash }));
      live.report({});
      expect([watcher.mayStop('SIGINT'), watcher.leavesAtGate]).toEqual([true, false]);
      return exitOf('stopped');
    });
    expect(await run(['order', 'base'], { runRecipe })).toEqual({
      out: 'run-1: stopped\n  reason     it is over\n  used       $0.00, 0 tokens, 0 turns, 0 ms\n',
      err: [
        'maitred: run run-1; maitred runs show run-1 shows it',
        'plan: began run_cmd',
        "plan: success after 1.5 s, $0.40, 1,200 tokens; next next (result.verdict == 'GO')",
        'ask: waits for a person to approve',
        'ask asks for approval:',
        '  Go on?',
        '  \\u001b[2JIt deletes all.',
        'maitred: a person decides: maitred runs approve run-1 ask, or maitred runs reject run-1 ask',
        'somebody answered approve (cli)',
        '',
      ].join('\n'),
      exits: [0],
    });
  });

  it.each([
    ['succeeded', 0],
    ['stopped', 0],
    ['failed', 1],
    ['budget_exhausted', 1],
    ['cancelled', 130],
  ] as const)('exits after a run that is %s with %i', async (state, code) => {
    const { run, runRecipe } = await aWorld(state);
    const { out, exits } = await run(['order', 'base', '--json'], { runRecipe });
    expect(exits).toEqual([code]);
    expect(JSON.parse(out)).toMatchObject({ run_id: 'run-1', state, reason: 'it is over', gate: null });
  });

  it.each([
    ['interrupted', 130],
    ['waiting', 0],
  ] as const)('exits with the run %s with %i, and says what comes next', async (state, code) => {
    const { run, plant, plantRun } = aRunWorld();
    plant('program/recipes/base.yaml', baseRecipe);
    const gate = opened('gate-1', 'ask', { shownHash });
    await plantRun({ runId: 'run-1' }, state === 'waiting' ? [gate] : [entered('plan')]);
    const { out, exits } = await run(['order', 'base'], { runRecipe: async () => exitOf(state) });
    expect(exits).toEqual([code]);
    expect(out).toContain(`run-1: ${state}\n  reason     it is over\n`);
    expect(out).toContain(`  next       ${state === 'waiting' ? 'A person decides' : 'Nothing works on it'}: `);
  });

  it('exits with the error of a process that failed by itself', async () => {
    const { run } = await aWorld();
    const fault = { code: 'unavailable', message: 'no room' } as const;
    const { err, exits } = await run(['order', 'base'], { runRecipe: async () => ({ fault }) });
    expect({ err, exits }).toEqual({ err: 'maitred: no room\n', exits: [errorKinds.unavailable.exitCode] });
  });
});

describe('order on a terminal', () => {
  it('rewrites the line of the step in work, shortened to the width, and leaves the lines of settled steps', async () => {
    const { run, path } = await aWorld();
    const { host, err } = aTerminal();
    const spent = { usd: 1, hasUnknownUsd: false, tokens: 0, turns: 0, ms: 0 };
    const { runRecipe } = aRunner(async (live) => {
      live.record(entered('fix', 2));
      const step = { name: 'fix', visit: 2, attempt: 0, tool: null, startedAtMs: Date.now() + 9_000, text: null };
      live.report({ step, spent });
      live.report({ step: { ...step, text: `\u001b[2J${'reads '.repeat(20)}` }, spent: { ...spent, usd: 1.5 } });
      live.record(settled('fix', { visit: 2 }));
      live.report({});
      return exitOf('succeeded');
    });
    await run(['order', path], { ...host, runRecipe });
    const lines = err().replaceAll('\u001b[?7l', '').replaceAll('\u001b[K\u001b[?7h', '');
    expect(lines).toContain('\rfix, visit 2: 0 ms');
    expect(lines).toContain('\rfix, visit 2: 0 ms, $0.50, \\u001b[2Jreads reads reads read…');
    expect(lines).toContain("\r\u001b[K\u001b[32mfix, visit 2: success after 1 ms; next next (result.verdict == 'GO')");
    expect(lines).not.toContain('fix, visit 2: began');
  });

  it.each([
    ['y', 'approve'],
    ['No', 'reject'],
  ])('asks at a gate, and takes %s for %s', async (typed, decision) => {
    const { run, path } = await aWorld();
    const { host, err } = aTerminal([['approve? [y/n]', `${typed}\r`]]);
    const { runRecipe } = aRunner(async (live) => {
      live.report({ state: 'waiting', gate: aGate });
      await live.answered;
      expect(live.answers).toMatchObject([{ gate: 'gate-1', decision, how: 'cli', shownHash }]);
      return exitOf('succeeded');
    });
    expect((await run(['order', path], { ...host, runRecipe })).exits).toEqual([0]);
    expect(err()).toContain('  Go on?\n  \\u001b[2JIt deletes all.\n');
  });

  it('asks whether a step was done that was in work at a crash', async () => {
    const { run, path } = await aWorld();
    const { host } = aTerminal([
      ['[done/again]', 'y\r'],
      ['Please answer done or again.', 'again\r'],
    ]);
    const { runRecipe } = aRunner(async (live) => {
      live.report({ state: 'waiting', gate: { ...aGate, asks: 'outcome' } });
      await live.answered;
      expect(live.answers).toMatchObject([{ decision: 'again' }]);
      return exitOf('succeeded');
    });
    expect((await run(['order', path], { ...host, runRecipe })).exits).toEqual([0]);
  });

  it('leaves a gate open at an empty line, and takes nothing that was typed before it was shown', async () => {
    const { run, path } = await aWorld();
    const { host, err } = aTerminal([['approve? [y/n]', '\r']]);
    const { runRecipe } = aRunner(async (live) => {
      (host.stdin as unknown as NodeJS.WritableStream).write('y\ry');
      live.report({ state: 'waiting', gate: aGate });
      await expect
        .poll(err)
        .toContain('the gate stays open, and this command waits for the answer: maitred runs approve run-1 ask');
      expect(live.answers).toEqual([]);
      return exitOf('succeeded');
    });
    expect((await run(['order', path], { ...host, runRecipe })).exits).toEqual([0]);
  });

  it('ends the question when the gate is answered elsewhere', async () => {
    const { run, path } = await aWorld();
    const { host, err } = aTerminal();
    const { runRecipe } = aRunner(async (live) => {
      live.report({ state: 'waiting', gate: aGate });
      await expect.poll(err).toContain('approve? [y/n]');
      live.record(answered('gate-1', { how: 'inspector' }));
      live.report({});
      await expect.poll(() => host.stdin.listenerCount('keypress')).toBe(0);
      expect(live.answers).toEqual([]);
      return exitOf('succeeded');
    });
    expect((await run(['order', path], { ...host, runRecipe })).exits).toEqual([0]);
    expect(err()).toContain('somebody answered approve (inspector)\n');
    expect(err()).not.toContain('stays open');
  });

  it.each([
    ['in a headless session', { env: { MAITRED_HEADLESS: '1' } }],
    ['below a server', { isStartedByServer: () => true }],
  ])('never asks %s', async (_, where) => {
    const { run, path, folder } = await aWorld();
    const { host, err } = aTerminal();
    const env = { MAITRED_STATE_DIR: folder.dir, ...('env' in where ? where.env : {}) };
    const { runRecipe } = aRunner(async (live) => {
      live.report({ state: 'waiting', gate: aGate });
      return exitOf('succeeded');
    });
    await run(['order', path], { ...host, ...where, env, runRecipe });
    expect(err()).toContain('maitred: a person decides: maitred runs approve run-1 ask');
    expect(err()).not.toContain('[y/n]');
  });

  it('stops at the second Ctrl-C, and at once at another signal', async () => {
    const { run, path } = await aWorld();
    const { host, err } = aTerminal();
    const { runRecipe } = aRunner(async (_, watcher) => {
      expect(watcher.mayStop('SIGTERM')).toBe(true);
      expect(watcher.mayStop('SIGHUP')).toBe(true);
      expect(watcher.mayStop('SIGINT')).toBe(false);
      expect(watcher.mayStop('SIGINT')).toBe(true);
      return exitOf('succeeded');
    });
    expect((await run(['order', path], { ...host, runRecipe })).exits).toEqual([0]);
    expect(err()).toContain('maitred: Ctrl-C again stops the run; it can be resumed\n');
  });

  it('counts Ctrl-C at a question as the first one', async () => {
    const { run, path } = await aWorld();
    const { host, err } = aTerminal([['approve? [y/n]', '\u0003']]);
    const { runRecipe } = aRunner(async (live, watcher) => {
      live.report({ state: 'waiting', gate: aGate });
      await expect.poll(err).toContain('Ctrl-C again stops the run');
      expect(watcher.mayStop('SIGINT')).toBe(true);
      return exitOf('succeeded');
    });
    expect((await run(['order', path], { ...host, runRecipe })).exits).toEqual([0]);
  });

  it('says once that the run is paused, and why', async () => {
    const { run, path } = await aWorld();
    const { host, err } = aTerminal();
    const { runRecipe } = aRunner(async (live) => {
      for (let at = 0; at < 2; at += 1) live.report({ state: 'paused', pause: 'the disk is full' });
      return exitOf('succeeded');
    });
    await run(['order', path], { ...host, runRecipe });
    expect(err().split('maitred: paused: the disk is full').length).toBe(2);
  });
});
