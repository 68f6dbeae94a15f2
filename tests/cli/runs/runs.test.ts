import { createHash } from 'node:crypto';
import { appendFileSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CliHost } from '../../../src/cli/cli-host.ts';
import { errorKinds } from '../../../src/domain/app-error.ts';
import type { JournalEntry, RunEnded } from '../../../src/domain/recipe-run/journal-record.ts';
import { answered, ended, entered, opened, settled, skipped } from '../../doubles/journal-entries.ts';
import { aRunner, aRunWorld } from '../a-run-world.ts';
import { aTerminal } from '../a-terminal.ts';

const shown = 'Go on?\n\u001b[2JIt deletes all.\n';
const shownHash = createHash('sha256').update(shown).digest('hex');
const atGate = [entered('ask'), opened('gate-1', 'ask', { shownHash })];
const atOutcome = [entered('commit'), opened('gate-1', 'commit', { shownHash, asks: 'outcome' })];

/** Without the durations until now, which differ from run to run. */
const steady = (text: string) =>
  text.replace(/\d+ (d \d+ h|h \d+ min|min \d+ s|ms)( ago)|\d\.\d s ago/g, 'SOME TIME AGO');
const steadyClock = (text: string) => text.replace(/\d\d:\d\d:\d\d/g, 'CLOCK');

function aWorld() {
  const world = aRunWorld();
  const runs = (args: readonly string[], host: Partial<CliHost> = {}, isTTY = false) =>
    world.run(['runs', ...args], host, isTTY);
  return { ...world, runs };
}

async function aWorldAtGate(entries: readonly JournalEntry[] = atGate, owner: string | null = null) {
  const world = aWorld();
  await world.plantRun({ runId: 'abc-1' }, entries, { owner, shown: [shown] });
  const answers = () => readdirSync(`${world.folder.runsDir}/abc-1/answers`).filter((name) => name.endsWith('.json'));
  return { ...world, answers };
}

describe('runs list', () => {
  it('shows a line for each run with its state and what must happen next', async () => {
    const { runs, plantRun, folder } = aWorld();
    expect((await runs(['list'])).out).toBe('No recipe has run. maitred order runs one.\n');
    await plantRun({ runId: 'run-1' }, [ended()]);
    await plantRun({ runId: 'run-2' }, [entered('plan')], { owner: 'alive' });
    await plantRun({ runId: 'run-3' }, [entered('plan')]);
    await plantRun({ runId: 'run-4' }, atGate, { shown: [shown] });
    await plantRun({ runId: 'run-5' });
    writeFileSync(`${folder.runsDir}/run-5/journal.jsonl`, 'x\n');
    const { out } = await runs(['list']);
    const lines = steady(out).split('\n').sort();
    expect(lines.slice(0, 5)).toEqual([
      '',
      'run-1: succeeded (demo, SOME TIME AGO). Nothing: it has ended.',
      'run-2: running (demo, SOME TIME AGO). Nothing: the server alive works on it.',
      'run-3: interrupted (demo, SOME TIME AGO). Nothing works on it: maitred runs resume run-3, or maitred runs cancel run-3.',
      'run-4: waiting (demo, SOME TIME AGO). A person decides: maitred runs approve run-4, or maitred runs reject run-4.',
    ]);
    expect(lines[5]).toContain(`run-5: damaged. ${folder.runsDir}/run-5/journal.jsonl`);
    const json = JSON.parse((await runs(['list', '--json'])).out).runs;
    expect(json).toHaveLength(5);
    expect(json).toContainEqual(
      expect.objectContaining({ run_id: 'run-4', state: 'waiting', recipe: 'demo', owner: null }),
    );
  });

  it('leaves out the oldest runs that have ended, and says so', async () => {
    const { runs, plantRun } = aWorld();
    await plantRun({ runId: 'run-0' }, [entered('plan')]);
    for (const runId of ['run-1', 'run-2']) await plantRun({ runId }, [ended()]);
    const { out, err } = await runs(['list', '--limit', '1']);
    expect(out.split('\n')).toHaveLength(3);
    expect(out).toContain('run-0: interrupted');
    expect(err).toBe('maitred: 1 older run not shown; --limit N shows more\n');
  });
});

describe('runs show', () => {
  it('tells the story: each step with its visit, the reason of its route, time, cost, and the session', async () => {
    const { runs, plantRun } = aWorld();
    await plantRun({ runId: 'run-1' }, [
      entered('plan'),
      settled('plan', {
        route: 'fix',
        spent: { usd: 0.42, tokens: 1_200, turns: 3, ms: 65_000 },
        result: { value: { session_dir: '/logs/session-1' } },
        diagnostics: ['context.x is absent'],
      }),
      skipped('lint', 2),
      entered('fix', 2, 1),
      settled('fix', { visit: 2, attempt: 1, kind: 'failure', cause: 'failure', why: 'failure', route: null }),
      { ...ended(), state: 'failed', reason: 'fix failed' } as RunEnded,
    ]);
    const { out } = await runs(['show', 'run-1']);
    expect(steadyClock(out)).toBe(
      [
        'run-1: failed',
        '  recipe     demo',
        '  in         /project',
        '  input      task = tidy',
        '  budgets    visits=50',
        '  used       $0.42, 1,200 tokens, 3 turns, 1 min 5 s',
        '  reason     fix failed',
        '  next       Nothing: it has ended.',
        '',
        'what it did:',
        '  CLOCK  demo started in /project, by order',
        '  CLOCK  plan: began run_cmd',
        "  CLOCK  plan: success after 1 min 5 s, $0.42, 1,200 tokens; next fix (result.verdict == 'GO')",
        '              context.x is absent',
        '              session in /logs/session-1',
        '  CLOCK  lint, visit 2: skipped; next next',
        '  CLOCK  fix, visit 2, attempt 2: began run_cmd',
        '  CLOCK  fix, visit 2, attempt 2: failure after 1 ms; the run ends',
        '  CLOCK  the run failed: fix failed',
        '',
      ].join('\n'),
    );
    const json = JSON.parse((await runs(['show', 'run-1', '--json'])).out);
    expect(json).toMatchObject({ run_id: 'run-1', state: 'failed', gate: null, torn_bytes: 0, reason: 'fix failed' });
    expect(json.steps).toMatchObject([
      { step: 'plan', visit: 1, tool: 'run_cmd', state: 'success', route: 'fix', session_dir: '/logs/session-1' },
      { step: 'lint', visit: 2, state: 'skipped' },
      { step: 'fix', visit: 2, attempt: 1, state: 'failure', route: null, session_dir: null },
    ]);
  });

  it('finds the session in a result that is stored beside the journal', async () => {
    const { runs, plantRun } = aWorld();
    const text = JSON.stringify({ session_dir: '/logs/session-2' });
    const blob = createHash('sha256').update(text).digest('hex');
    await plantRun({ runId: 'run-1' }, [entered('plan'), settled('plan', { result: { blob } })], { shown: [text] });
    expect((await runs(['show', 'run-1'])).out).toContain('session in /logs/session-2\n');
  });

  it('shows what an open gate asks, and no code without a person', async () => {
    const { runs } = await aWorldAtGate();
    const { out, err } = await runs(['show', 'abc']);
    expect(out).toContain('\nwhat ask asks:\n  Go on?\n  \\u001b[2JIt deletes all.\n');
    expect(err).toBe('');
    const json = JSON.parse((await runs(['show', 'abc', '--json'])).out);
    expect(json.gate).toEqual({ step: 'ask', gate: 'gate-1', asks: 'approval', shown_hash: shownHash, shown });
  });

  it('gives a person on a terminal a code for answer_gate, which is not in the JSON', async () => {
    const { runs, journals, folder } = await aWorldAtGate();
    const terminal = aTerminal();
    await runs(['show', 'abc'], terminal.host);
    const [, code = ''] = /code for answer_gate, for one answer: (\S+)/.exec(terminal.err()) ?? [];
    expect(await journals.redeemCode('abc-1', 'gate-1', code)).toBe(true);
    for (const [args, env] of [
      [['show', 'abc', '--json'], {}],
      [['show', 'abc'], { MAITRED_HEADLESS: '1' }],
    ] as const) {
      const { host, out, err } = aTerminal();
      await runs(args, { ...host, env: { MAITRED_STATE_DIR: folder.dir, ...env } });
      expect(out() + err()).not.toContain('answer_gate');
    }
  });

  it('reports a torn line and a damaged journal', async () => {
    const { runs, plantRun, folder } = aWorld();
    await plantRun({ runId: 'run-1' }, [entered('plan')]);
    const path = `${folder.runsDir}/run-1/journal.jsonl`;
    appendFileSync(path, '{"v":1');
    expect((await runs(['show', 'run-1'])).out).toContain(
      '  torn       the last 6 B were not written completely; maitred runs resume removes them\n',
    );
    appendFileSync(path, '\n{}\n');
    const { out, exits } = await runs(['show', 'run-1', '--json']);
    expect(JSON.parse(out)).toMatchObject({ run_id: 'run-1', state: 'damaged', gate: null });
    expect(JSON.parse(out).next).toContain(path);
    expect(exits).toEqual([0]);
  });

  it.each([
    ['an id that several runs begin with', 'run-', 'invalid_input', '"run-" matches several runs: run-1, run-2'],
    ['an unknown id', 'rum-1', 'not_found', 'no run has the id "rum-1"; did you mean run-1?'],
  ] as const)('is refused for %s', async (_, given, code, message) => {
    const { runs, plantRun } = aWorld();
    for (const runId of ['run-1', 'run-2']) await plantRun({ runId }, [ended()]);
    const { err, exits } = await runs(['show', given]);
    expect(err).toContain(message);
    expect(exits).toEqual([errorKinds[code].exitCode]);
  });
});

describe('runs logs', () => {
  it('prints the records, as lines or as JSON', async () => {
    const { runs, plantRun } = aWorld();
    await plantRun({ runId: 'run-1' }, [entered('plan'), ended()]);
    const [first = '', ...others] = (await runs(['logs', 'run-1'])).out.trimEnd().split('\n');
    expect(first).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}demo started in \/project, by order$/);
    expect(others.map((line) => line.slice(21))).toEqual(['plan: began run_cmd', 'the run succeeded: it is done']);
    const json = (await runs(['logs', 'run-1', '--json'])).out.trimEnd().split('\n');
    expect(json.map((line) => JSON.parse(line).k)).toEqual(['run_started', 'entered', 'run_ended']);
  });

  it('with --follow prints each record once, until the run has ended', async () => {
    const { runs, journals, plantRun } = aWorld();
    await plantRun({ runId: 'run-1' }, [entered('plan')]);
    const { run } = await journals.claim('run-1', 'alive');
    let out = '';
    const stdout = {
      write: (text: string) => {
        out += text;
      },
    };
    const following = runs(['logs', 'run-1', '--follow', '--json'], { stdout });
    await expect.poll(() => out).toContain('"entered"');
    await run.append(settled('plan'));
    await expect.poll(() => out).toContain('"settled"');
    await run.append(ended());
    await following;
    expect(out.trimEnd().split('\n')).toHaveLength(4);
    await run.release();
  });

  it('with --follow ends at a request to end', async () => {
    const { runs, plantRun } = aWorld();
    await plantRun({ runId: 'run-1' }, [entered('plan')]);
    const { exits } = await runs(['logs', 'run-1', '--follow'], { whenAskedToEnd: async () => undefined });
    expect(exits).toEqual([0]);
  });
});

describe('runs approve and reject', () => {
  it.each([
    ['approve', [], 'approve', 'approved'],
    ['approve', ['ask'], 'approve', 'approved'],
    ['reject', [], 'reject', 'rejected'],
  ])(
    '%s %j shows what the gate asks, and leaves the answer for what was shown',
    async (command, more, decision, text) => {
      const { runs, journals } = await aWorldAtGate();
      const { host, out, err } = aTerminal();
      expect((await runs([command, 'abc', ...more], host)).exits).toEqual([0]);
      expect(out()).toBe(`ask of abc-1: ${text}\n`);
      expect(err()).toBe(
        '  Go on?\n  \\u001b[2JIt deletes all.\nmaitred: maitred runs resume abc-1 goes on with the run\n',
      );
      const { run } = await journals.claim('abc-1', 'alive');
      const answers: unknown[] = [];
      await run.takeAnswers(async (answer) => void answers.push(answer));
      await run.release();
      expect(answers).toMatchObject([{ gate: 'gate-1', decision, how: 'cli', shownHash }]);
    },
  );

  it('says that a living owner goes on by itself', async () => {
    const { runs } = await aWorldAtGate(atGate, 'alive');
    const { host, err } = aTerminal();
    await runs(['approve', 'abc'], host);
    expect(err()).toContain('maitred: the server alive goes on with the run\n');
  });

  it.each([['--done'], ['--again']])('tells what came of a step with %s', async (flag) => {
    const { runs, answers } = await aWorldAtGate(atOutcome);
    expect((await runs(['approve', 'abc', flag], aTerminal().host)).exits).toEqual([0]);
    expect(answers()).toEqual(['gate-1.json']);
  });

  it.each([
    [
      'another step',
      atGate,
      ['approve', 'abc', 'plan'],
      'not_found',
      'has no open gate at "plan"; the open one is that of ask',
    ],
    ['a run that works', [entered('plan')], ['approve', 'abc'], 'conflict', 'has no open gate (interrupted)'],
    [
      'a gate that is answered',
      [...atGate, answered('gate-1', { shownHash })],
      ['approve', 'abc'],
      'conflict',
      'no open gate',
    ],
    [
      'what a gate does not ask',
      atGate,
      ['approve', 'abc', '--done'],
      'invalid_input',
      'the gate of ask asks for a decision',
    ],
    ['a decision about an outcome', atOutcome, ['reject', 'abc'], 'invalid_input', 'asks for what came of the step'],
    ['no decision about an outcome', atOutcome, ['approve', 'abc'], 'invalid_input', 'commit --done, or --again'],
    ['two outcomes', atOutcome, ['approve', 'abc', '--done', '--again'], 'invalid_input', 'exclude each other'],
  ] as const)('are refused for %s', async (_, entries, args, code, message) => {
    const { runs, answers } = await aWorldAtGate(entries);
    const { host, err } = aTerminal();
    expect((await runs(args, host)).exits).toEqual([errorKinds[code].exitCode]);
    expect(err()).toContain(message);
    expect(answers()).toEqual([]);
  });

  it('are refused a second time before the answer was taken', async () => {
    const { runs } = await aWorldAtGate();
    await runs(['approve', 'abc'], aTerminal().host);
    const { host, err } = aTerminal();
    expect((await runs(['reject', 'abc'], host)).exits).toEqual([errorKinds.conflict.exitCode]);
    expect(err()).toContain('that the run has not taken yet');
  });

  it.each([
    ['without a terminal', () => ({})],
    [
      'in a headless session',
      (dir: string) => ({ ...aTerminal().host, env: { MAITRED_STATE_DIR: dir, MAITRED_HEADLESS: '1' } }),
    ],
    ['below a server', () => ({ ...aTerminal().host, isStartedByServer: () => true })],
    [
      'in a program of a server',
      (dir: string) => ({ ...aTerminal().host, env: { MAITRED_STATE_DIR: dir, MAITRED_OWNER: 'x.1' } }),
    ],
  ])('are refused %s', async (_, hostIn) => {
    const { runs, folder, answers } = await aWorldAtGate();
    for (const command of ['approve', 'reject'])
      expect((await runs([command, 'abc'], hostIn(folder.dir))).exits).toEqual([errorKinds.forbidden.exitCode]);
    expect(answers()).toEqual([]);
  });
});

describe('runs resume', () => {
  const inOrder = () => aRunner(async () => ({ runId: 'abc-1', state: 'waiting', reason: 'it waits' }) as const);

  it('goes on with a run in the folder of its project, without a person', async () => {
    const { runs } = await aWorldAtGate();
    const { requests, runRecipe } = inOrder();
    const { out, exits } = await runs(['resume', 'abc'], { runRecipe });
    expect(exits).toEqual([0]);
    expect(out).toContain('abc-1: waiting\n');
    expect(requests).toEqual([
      { kind: 'resume', runId: 'abc-1', project: '/project', budgets: {}, acceptsChanges: false },
    ]);
  });

  it.each([
    ['--budget', ['--budget', 'usd=9'], { budgets: { usd: 9 } }],
    ['--accept-changes', ['--accept-changes'], { acceptsChanges: true }],
  ])('with %s needs a person', async (_, args, expected) => {
    const { runs } = await aWorldAtGate();
    const { requests, runRecipe } = inOrder();
    const refused = await runs(['resume', 'abc', ...args], { runRecipe });
    expect(refused.exits).toEqual([errorKinds.forbidden.exitCode]);
    const program = { isDetached: true, isStartedByServer: () => true };
    expect((await runs(['resume', 'abc', ...args], { ...program, runRecipe })).exits).toEqual(refused.exits);
    expect(requests).toEqual([]);
    for (const host of [aTerminal().host, { isDetached: true }])
      expect((await runs(['resume', 'abc', ...args], { ...host, runRecipe })).exits).toEqual([0]);
    expect(requests).toMatchObject([expected, expected]);
  });

  it('in the background hands everything over, and prints the id', async () => {
    const { runs } = await aWorldAtGate();
    const started: (readonly string[])[] = [];
    const startDetached = async (args: readonly string[]) => {
      started.push(args);
      return 'abc-1';
    };
    const { host, out } = aTerminal();
    await runs(['resume', 'abc', '--budget', 'visits=9', '--accept-changes', '--detach'], { ...host, startDetached });
    expect(out()).toBe('abc-1\n');
    expect(started).toEqual([['runs', 'resume', '--budget', 'visits=9', '--accept-changes', '--', 'abc-1']]);
  });
});

describe('runs cancel', () => {
  it('asks a living owner to end the run', async () => {
    const { runs, journals, plantRun } = aWorld();
    await plantRun({ runId: 'run-1' }, [entered('plan')]);
    const { run } = await journals.claim('run-1', 'alive');
    const { out, err } = await runs(['cancel', 'run-1']);
    expect(out).toBe('run-1: cancelling\n');
    expect(err).toBe('maitred: the server alive ends it in order; maitred runs logs run-1 --follow shows when\n');
    expect(run.cancelRequest()).not.toBeNull();
    await run.release();
  });

  it('ends a run that nobody works on, and refuses one that has ended', async () => {
    const { runs, plantRun } = aWorld();
    await plantRun({ runId: 'run-1' }, [entered('plan')]);
    await plantRun({ runId: 'run-2' }, [ended()]);
    const { requests, runRecipe } = aRunner(async () => ({ runId: 'run-1', state: 'cancelled', reason: '' }));
    const { out, exits } = await runs(['cancel', 'run-1', '--json'], { runRecipe });
    expect([JSON.parse(out), exits]).toEqual([{ run_id: 'run-1', owner: null, state: 'cancelled' }, [0]]);
    expect(requests).toEqual([{ kind: 'cancel', runId: 'run-1', project: '/project' }]);
    expect(await runs(['cancel', 'run-2'])).toMatchObject({
      err: 'maitred: the run run-2 has ended already (succeeded): there is nothing to cancel\n',
      exits: [errorKinds.conflict.exitCode],
    });
  });
});

describe('runs clean', () => {
  it('lists the runs that have ended, and removes them with --yes', async () => {
    const { runs, plantRun, folder } = aWorld();
    await plantRun({ runId: 'run-1' }, [ended()]);
    await plantRun({ runId: 'run-2' }, [entered('plan')]);
    const { out, err } = await runs(['clean']);
    expect(steady(out)).toBe(
      `runs in ${folder.runsDir}: 1 run would be removed\n  run-1: demo, succeeded SOME TIME AGO\n`,
    );
    expect(err).toBe('maitred: nothing has been removed; add --yes to remove it\n');
    expect(readdirSync(folder.runsDir)).toEqual(['run-1', 'run-2']);
    const { removed } = JSON.parse((await runs(['clean', '--yes', '--json'])).out);
    expect(removed).toMatchObject([{ run_id: 'run-1', recipe: 'demo', state: 'succeeded' }]);
    expect(readdirSync(folder.runsDir)).toEqual(['run-2']);
    expect((await runs(['clean', '--yes'])).out).toBe('Nothing to remove.\n');
  });
});
