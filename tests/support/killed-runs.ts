import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, inject } from 'vitest';
import { openRuns } from '../../src/cli/runs/open-runs.ts';
import { isAppError } from '../../src/domain/app-error.ts';
import type { JsonObject } from '../../src/domain/json-object.ts';
import type { RunState } from '../../src/domain/recipe-run/fold-journal.ts';
import type { GateAnswer, GateOpened, JournalRecord } from '../../src/domain/recipe-run/journal-record.ts';
import { summaryOf } from '../../src/domain/recipe-run/run-report.ts';
import { aMarkedWorld, commandsOf, kill, type MarkedWorld, markedProcesses } from './marked-world.ts';
import { below, type Random, seededRandom } from './seeded-random.ts';
import { indexedSessions, unsettledSessions } from './server-with-agent.ts';

const preload = resolve('tests/fixtures/kill-at-record.cjs');

/** Each leaves a line in the file of its step: as often as the step is visited, however often its process is killed. */
export const effects = ['note', 'fix', 'release'] as const;

const anEffect = (name: (typeof effects)[number]) => ({
  tool: 'run_cmd',
  with: { cmd: `echo done >> ${name}.txt`, cwd: `\${{ inputs.project }}` },
});

/** What was killed is a failed session: the step is visited again. */
const aSession = (skill: string, next: string, name: string) => ({
  tool: 'run_skill',
  with: { skill_command: `/${skill}`, cwd: `\${{ inputs.project }}`, model: 'claude-sonnet-4-5' },
  on_success: next,
  on_failure: name,
  max_visits: 90,
});

const recipe = {
  name: 'killed',
  description: 'Has a step of each kind.',
  inputs: { project: { type: 'path', description: 'the folder', required: true } },
  kitchen_rules: ['Call the tools of the steps.'],
  steps: {
    plan: {
      ...aSession('plan', 'note', 'plan'),
      retries: 90,
      capture: { verdict: `\${{ result.result | trim }}` },
    },
    note: { ...anEffect('note'), on_success: 'test', on_failure: 'failed' },
    test: {
      tool: 'run_cmd',
      with: { cmd: 'test "$(cat fix.txt | wc -l)" -ge 2', cwd: `\${{ inputs.project }}` },
      idempotent: true,
      capture_list: { exits: `\${{ result.exit_code }}` },
      max_visits: 3,
      on_success: 'review',
      on_failure: 'fix',
    },
    fix: { ...anEffect('fix'), max_visits: 2, on_success: 'test', on_failure: 'failed' },
    review: aSession('review', 'pause', 'review'),
    pause: { action: 'wait', with: { seconds: 0.01 }, on_success: 'ask' },
    ask: {
      action: 'confirm',
      message: `Release after \${{ context.verdict }}?`,
      on_success: 'choose',
      on_failure: 'failed',
    },
    choose: {
      action: 'route',
      on_result: [{ when: 'context.verdict == "GO"', route: 'release' }, { route: 'failed' }],
    },
    release: { ...anEffect('release'), on_success: 'released', on_failure: 'failed' },
    released: {
      action: 'stop',
      message: 'It is released.',
      output: { verdict: `\${{ context.verdict }}`, exits: `\${{ context.exits }}` },
    },
    failed: { action: 'stop', message: 'It is not released.' },
  },
};

/** Of the recipe, behind its last session. */
const lastSteps: ReadonlySet<string> = new Set(['pause', 'ask', 'choose', 'release', 'released']);

const sessionsFile = 'sessions.txt';
const aSkill = (...end: readonly JsonObject[]) => [
  { say: 'I begin.' },
  { usage: { input_tokens: 1_200, output_tokens: 80 } },
  // The process of the agent, to be killed.
  { run: `echo "$PPID" >> ${sessionsFile}` },
  { wait: 0.05 },
  ...end,
];
const done = { end: { result: `GO\n\${marker}` } };

/** A project with the recipe. Its agent has a full context once, and does its work later. */
export function aWorldOfRuns(): MarkedWorld {
  const world = aMarkedWorld();
  const script = join(world.homeDir, 'script.json');
  const later = join(world.homeDir, 'later.json');
  const review = aSkill(done);
  const full = [
    { run: `cp ${later} ${script}.new && mv ${script}.new ${script}` },
    { end: { context_exhausted: true } },
  ];
  writeFileSync(script, JSON.stringify({ skills: { plan: aSkill(...full), review } }));
  writeFileSync(later, JSON.stringify({ skills: { plan: aSkill(done), review } }));
  writeFileSync(join(world.projectDir, 'killed.json'), JSON.stringify(recipe));
  for (const name of ['plan', 'review']) {
    const dir = join(world.projectDir, '.claude/skills', name);
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, 'SKILL.md'), `---\nname: ${name}\ndescription: Say a verdict.\n---\n\n# Say a verdict\n`);
  }
  const env = {
    ...world.env,
    MAITRED_RUN_SKILL__AGENT: 'script',
    MAITRED_RUN_SKILL__SCRIPT: script,
    MAITRED_RUN_SKILL__ENV: '["TEST_WORLD"]',
  };
  return { ...world, env };
}

/** The arguments that start a run. */
export const anOrder = ['order', './killed.json', 'project=.'] as const;

/** How the process of a run ended. */
interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The process of `maitred order` or `runs resume`. It belongs to the marked world. */
export interface RunProcess {
  readonly child: ChildProcess;
  /** Once it is on the disk. Rejects where the process ends before. */
  readonly runId: Promise<string>;
  /** Waits until its stderr has this. */
  said(words: RegExp): Promise<RegExpExecArray>;
  readonly ended: Promise<Ended>;
}

/** @param launcher a program with arguments that runs it */
export function startProcess(
  world: MarkedWorld,
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
  launcher: readonly string[] = [],
) {
  const command = [...launcher, process.execPath, join(inject('programDir'), 'maitred.js'), ...args];
  const child = spawn(command[0] ?? '', command.slice(1), {
    cwd: world.projectDir,
    env: { ...world.env, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const ended = once(child, 'close').then(([code, signal]): Ended => ({ code, signal, stdout, stderr }));
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const said = (words: RegExp) =>
    new Promise<RegExpExecArray>((found, failed) => {
      const check = () => {
        const match = words.exec(stderr);
        if (match !== null) found(match);
      };
      child.stderr.on('data', check);
      void ended.then((end) => failed(new Error(`it ended before it said ${words}: ${JSON.stringify(end)}`)));
    });
  const runId = said(/^maitred: run ([\w-]+);/m).then(([, id = '']) => id);
  // Nobody may ask for it.
  runId.catch(() => undefined);
  return { child, runId, said, ended } satisfies RunProcess;
}

/** As the command line opens them, in another process than the owner. */
export const journalsOf = ({ env, homeDir }: MarkedWorld) => openRuns({ env, homeDir }).journals;

export const linesOf = (world: MarkedWorld, file: string): readonly string[] => {
  const path = join(world.projectDir, file);
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
};

/** Decides as a person who looks at what a step has done. */
export function decide(world: MarkedWorld, { step, asks }: GateOpened, state: RunState): GateAnswer['decision'] {
  if (asks === 'approval') return 'approve';
  const effect = effects.find((name) => name === step);
  if (effect === undefined) throw new Error(`what ${step} did is known`);
  return linesOf(world, `${effect}.txt`).length === state.visits.get(step) ? 'done' : 'again';
}

/** Leaves an answer as `maitred runs approve` does. */
export async function answerGate(world: MarkedWorld, state: RunState, decision: GateAnswer['decision']): Promise<void> {
  const { started, gate } = state;
  if (gate === null) throw new Error('no gate is open');
  const answer = { gate: gate.gate, decision, shownHash: gate.shownHash, who: 'ann', how: 'cli' } as const;
  await journalsOf(world)
    .putAnswer(started.runId, { ...answer, answeredAt: new Date().toISOString() })
    // It was left before a kill, and was not taken yet.
    .catch((thrown) => {
      if (!isAppError(thrown) || thrown.code !== 'conflict') throw thrown;
    });
}

/** When what is killed. `later`: when others can read the record. */
export interface KillPlan {
  readonly who: 'host' | 'session' | 'both';
  /** At this record, or with the first session that begins after it. */
  readonly at: number;
  readonly moment: 'before' | 'torn' | 'after' | 'later';
}

const moments = ['before', 'torn', 'after', 'later'] as const;
/** Of so many records after the last one. */
const span = 5;

export function planKill(random: Random, { n, next }: Pick<RunState, 'n' | 'next'>): KillPlan {
  const chance = random();
  // Behind the last session there is only the host.
  const isOnlyHost = next !== null && lastSteps.has(next);
  const who = isOnlyHost || chance < 0.6 ? 'host' : chance < 0.8 ? 'session' : 'both';
  const at = Math.max(2, n + 1 + below(random, span));
  return { who, at, moment: moments[below(random, moments.length)] ?? 'later' };
}

export interface KilledRun {
  readonly runId: string;
  readonly state: RunState;
  readonly records: readonly JournalRecord[];
}

interface Killer {
  /** null: nothing is killed until the run ends. */
  plan(state: Pick<RunState, 'n' | 'next'>): KillPlan | null;
  onKilled(who: KillPlan['who']): void;
}

/** Kills nothing. */
export const nobody: Killer = { plan: () => null, onKilled: () => undefined };

/** Runs the recipe to its end. Its processes are killed as planned, and the run is resumed. */
export async function runToEnd(world: MarkedWorld, { plan, onKilled }: Killer): Promise<KilledRun> {
  const journals = journalsOf(world);
  let seen: readonly JournalRecord[] = [];
  let last: Pick<RunState, 'n' | 'next'> = { n: 0, next: null };
  let runId: string | null = null;

  for (;;) {
    let next = plan(last);
    const isPreloaded = next !== null && next.who === 'host' && next.moment !== 'later';
    const preloaded = { NODE_OPTIONS: `--require ${preload}`, KILL_AT_RECORD: `${next?.at}:${next?.moment}` };
    const args: readonly string[] = runId === null ? [...anOrder, '--json'] : ['runs', 'resume', runId, '--json'];
    let sessions = linesOf(world, sessionsFile).length;
    const { child, ended, runId: started } = startProcess(world, args, isPreloaded ? preloaded : {});
    // A process that is killed before it says which run it resumes.
    const id: string = runId ?? (await started);
    runId = id;
    let wasKilled = isPreloaded;
    const answered = new Set<string>();

    const look = async () => {
      const { records, state } = await journals.read(id);
      expect(records.slice(0, seen.length), 'no record that was read is lost or changed').toEqual(seen);
      seen = records;
      const begun = linesOf(world, sessionsFile);
      const pids = begun.slice(sessions).map(Number);
      sessions = begun.length;
      if (next !== null && state.n >= next.at && next.who !== 'host' && pids.length > 0) {
        for (const pid of pids) kill(pid);
        onKilled(next.who);
        if (next.who === 'both') wasKilled = child.kill('SIGKILL');
        // The run goes on, and what is killed next is killed from here.
        const other = next.who === 'session' ? plan(state) : null;
        next = other === null ? null : { ...other, moment: 'later' };
      } else if (next?.who === 'host' && next.moment === 'later' && state.n >= next.at) {
        wasKilled = child.kill('SIGKILL');
        onKilled('host');
        next = null;
      }
      const { gate } = state;
      if (gate === null || (wasKilled && !isPreloaded) || answered.has(gate.gate)) return;
      if (gate.asks === 'outcome' && gate.step !== state.inFlight?.step) throw new Error('another step is in flight');
      answered.add(gate.gate);
      await answerGate(world, state, decide(world, gate, state));
    };
    const dirs = [join(world.stateFolder.runsDir, id), world.projectDir];
    await followChanges(dirs, look, ended);
    const end = await ended;
    await look();
    const { state, records } = await journals.read(id);
    last = state;
    const owner = journals.ownerOf(id);
    const { state: shown } = summaryOf({
      runId: id,
      started: state.started,
      last: records.at(-1) ?? state.started,
      owner,
    });
    if (end.signal === null) {
      expect({ code: end.code, hasEnded: state.ended !== null }, end.stderr).toEqual({ code: 0, hasEnded: true });
    } else {
      expect({ signal: end.signal, wasKilled, owner }, end.stderr).toEqual({
        signal: 'SIGKILL',
        wasKilled: true,
        owner: null,
      });
      expect(shown).not.toBe('running');
      if (isPreloaded) onKilled('host');
    }
    // A kill may have come after the last record.
    if (state.ended !== null) return { runId: id, state, records };
  }
}

/** Calls back at first and at each change in the folders, once at a time, until the process has ended. */
async function followChanges(
  dirs: readonly string[],
  look: () => Promise<void>,
  ended: Promise<unknown>,
): Promise<void> {
  let notify: () => void = () => undefined;
  let hasChanged = true;
  let isOver = false;
  const change = () => {
    hasChanged = true;
    notify();
  };
  const watchers = dirs.map((dir) => watch(dir, change));
  void ended.then(() => {
    isOver = true;
    notify();
  });
  try {
    while (!isOver) {
      if (hasChanged) {
        hasChanged = false;
        await look();
      } else {
        await new Promise<void>((resolve) => {
          notify = resolve;
        });
      }
    }
  } finally {
    for (const watcher of watchers) watcher.close();
  }
}

/** What must be the same, whatever is killed: the end, and the way to it but for sessions, which are visited again. */
function storyOf({ state: { ended }, records }: KilledRun) {
  const route = records.flatMap((record) => {
    if (record.k !== 'settled' && record.k !== 'skipped') return [];
    const isSession = record.step === 'plan' || record.step === 'review';
    return isSession ? [] : [`${record.step} ${record.visit} → ${record.route}`];
  });
  return { state: ended?.state, reason: ended?.reason, output: ended?.output, route };
}

/** The tokens of all sessions that a run has asked for. */
const tokensOf = (world: MarkedWorld, runId: string): number =>
  indexedSessions(world)
    .filter(({ step_key: key }) => String(key).startsWith(`${runId}/`))
    .reduce((sum, { input_tokens: input, output_tokens: output }) => sum + Number(input) + Number(output), 0);

/** What every run must have kept. */
function promisesOf(world: MarkedWorld, { state, records }: KilledRun) {
  const keys = records.flatMap((record) => (record.k === 'entered' ? [record.key] : []));
  const approved = records.findIndex((record) => record.k === 'gate_answered' && record.decision === 'approve');
  const released = records.findIndex((record) => record.k === 'entered' && record.step === 'release');
  return {
    effects: effects.map((name) => linesOf(world, `${name}.txt`).length),
    visits: effects.map((name) => state.visits.get(name)),
    keysTwice: keys.filter((key, at) => keys.indexOf(key) !== at),
    isApprovedFirst: approved > 0 && approved < released,
    tokens: state.spent.tokens,
    unsettled: unsettledSessions(world),
  };
}

export interface Killing {
  readonly kills: number;
  /** Worlds at once. */
  readonly rows: number;
  readonly seed: number;
}

/** Kills the processes of runs, and checks each run at its end against one that nobody disturbed. @returns what was killed */
export async function killRuns({ kills, rows, seed }: Killing) {
  const undisturbed = runToEnd(aWorldOfRuns(), nobody);
  const killed = { host: 0, session: 0, both: 0, runs: 0, records: 0 };
  const hasKilledAll = () => killed.host + killed.session + killed.both >= kills;

  const row = async (at: number) => {
    const random = seededRandom(seed + at);
    while (!hasKilledAll()) {
      const world = aWorldOfRuns();
      const run = await runToEnd(world, {
        plan: (state) => (hasKilledAll() ? null : planKill(random, state)),
        onKilled(who) {
          killed[who] += 1;
        },
      });
      const story = `row ${at}: ${run.records.map(labelOf).join(', ')}`;
      expect(storyOf(run), story).toEqual(storyOf(await undisturbed));
      await expect.poll(() => commandsOf(markedProcesses(world)), { interval: 20 }).toEqual([]);
      expect(promisesOf(world, run), story).toEqual({
        effects: [1, 2, 1],
        visits: [1, 2, 1],
        keysTwice: [],
        isApprovedFirst: true,
        tokens: tokensOf(world, run.runId),
        unsettled: [],
      });
      killed.runs += 1;
      killed.records += run.records.length;
    }
  };
  await Promise.all([undisturbed, ...Array.from({ length: rows }, (_, at) => row(at))]);
  return killed;
}

const labelOf = (record: JournalRecord): string => ('step' in record ? `${record.k} ${record.step}` : record.k);
