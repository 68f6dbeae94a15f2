import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { expect } from 'vitest';
import type { JsonObject } from '../../src/domain/json-object.ts';
import { aDatabase } from './a-database.ts';
import { commit, git, makeGitProject } from './a-git-project.ts';
import { runMaitred } from './run-maitred.ts';
import { aScenarioServer, scenarioDirOf } from './scenario-world.ts';
import type { ServerWithOpenKitchen } from './server-with-open-kitchen.ts';
import { aWorld, type World } from './spawned-server.ts';

/** A call, and what is in its answer. */
type AnsweredCall = readonly [tool: string, args: JsonObject, answer: JsonObject];

/** A scenario below tests/fixtures/scenarios: what was called when it was recorded, in which project. */
export interface RecordedScenario {
  readonly name: string;
  readonly recipe: string;
  /** Settings of the server. */
  readonly env: Readonly<Record<string, string>>;
  /** Makes what maitred itself looks at: a replay needs it too. */
  prepare(world: World): void;
  /** Makes what only the programs need. */
  prepareForPrograms(world: World): void;
  calls(world: World): readonly AnsweredCall[];
  /** Removes from what was recorded what must not be committed. */
  edit?(dir: string): void;
}

/** npm prints nothing of its own, so its version does not matter. */
const npmTest = { MAITRED_TEST_CHECK__COMMAND: '[npm, test, --silent]' };

/** A package whose tests are this script. */
function aPackage({ projectDir }: World, files: Readonly<Record<string, string>>): void {
  const manifest = { name: 'shop', version: '1.0.0', private: true, scripts: { test: 'node test.js' } };
  const all = { 'package.json': `${JSON.stringify(manifest, null, 2)}\n`, ...files };
  for (const [name, text] of Object.entries(all)) {
    writeFileSync(join(projectDir, name), text);
    // Whatever the umask is: a scenario has the permissions of files.
    chmodSync(join(projectDir, name), 0o644);
  }
}

const cartTest = `const { total } = require('./cart.js');
const hasPassed = total([{ price: 3, count: 4 }]) === 12;
console.log(hasPassed ? '2 passed in 0.01s' : '1 failed, 1 passed in 0.01s');
process.exit(hasPassed ? 0 : 1);
`;

const cart = `exports.total = (items) => items.reduce((sum, { price, count }) => sum + price + count, 0);
`;

/** Tests fail, a command corrects the source, the tests pass, and git commits it. */
export const redToGreen: RecordedScenario = {
  name: 'red-to-green',
  recipe: 'correct a cart until its tests pass, and commit it',
  env: npmTest,
  prepare: () => undefined,
  prepareForPrograms(world) {
    const { projectDir } = world;
    git(projectDir, 'init', '--quiet');
    git(projectDir, 'config', 'user.name', 'A Tester');
    git(projectDir, 'config', 'user.email', 'tester@localhost');
    aPackage(world, { 'cart.js': cart, 'test.js': cartTest });
    commit(projectDir, {}, 'Sum up the cart');
  },
  calls: ({ projectDir: cwd }) => [
    ['test_check', { worktree_path: cwd, step_name: 'red' }, { passed: false, summary: '1 failed, 1 passed in 0.01s' }],
    [
      'run_cmd',
      { cmd: "sed -i 's/price + count/price * count/' cart.js", cwd, step_name: 'fix' },
      { success: true, exit_code: 0 },
    ],
    ['test_check', { worktree_path: cwd, step_name: 'green' }, { passed: true, summary: '2 passed in 0.01s' }],
    [
      'run_cmd',
      {
        cmd: 'git commit --quiet --all --message "Multiply by the count" && git log --format=%s',
        cwd,
        step_name: 'commit',
      },
      { success: true, stdout: 'Multiply by the count\nSum up the cart\n' },
    ],
  ],
};

/** What has changed against origin, what is in a database, and a folder of tests that is emptied. */
export const review: RecordedScenario = {
  name: 'review',
  recipe: 'look at a change and at the data, and empty the folder of the tests',
  env: {},
  prepare({ projectDir }) {
    for (const dir of ['.git/info', 'scratch']) mkdirSync(join(projectDir, dir), { recursive: true });
    writeFileSync(join(projectDir, '.git/info/exclude'), 'guests.sqlite\nscratch\n');
    for (const name of ['guests.sqlite', 'scratch/.maitred-workspace', 'scratch/old.log'])
      writeFileSync(join(projectDir, name), '');
  },
  prepareForPrograms({ projectDir }) {
    const guests = "('Ann', 2), ('Bo', 4)";
    aDatabase(
      join(projectDir, 'guests.sqlite'),
      `CREATE TABLE guests (name, seats); INSERT INTO guests VALUES ${guests}`,
    );
    makeGitProject(projectDir);
    commit(projectDir, { 'src/main.c': 'int main(void) { return 0; }\n' }, 'Return 0');
  },
  calls: ({ projectDir }) => [
    [
      'classify_fix',
      { worktree_path: projectDir, base_branch: 'main' },
      { restart_scope: 'partial_restart', all_changed_files: ['src/main.c'] },
    ],
    [
      'read_db',
      { db_path: join(projectDir, 'guests.sqlite'), query: 'SELECT name FROM guests WHERE seats > 2' },
      { rows: [{ name: 'Bo' }] },
    ],
    ['reset_test_dir', { test_dir: join(projectDir, 'scratch') }, { success: true, deleted: ['old.log'] }],
  ],
};

const greetingTest = `const { existsSync } = require('node:fs');
const hasPassed = existsSync('greeting.txt');
console.log(hasPassed ? '1 passed in 0.01s' : '1 failed in 0.01s');
process.exit(hasPassed ? 0 : 1);
`;

/** Two sessions of Claude Code: one makes the file that a test asks for, the other is asked for an output line that it forgets. */
export const claudeSession: RecordedScenario = {
  name: 'claude-session',
  recipe: 'two sessions of Claude Code, and the tests before and after',
  env: { ...npmTest, MAITRED_RUN_SKILL__AGENT: 'claude' },
  prepare: () => undefined,
  prepareForPrograms(world) {
    aPackage(world, { 'test.js': greetingTest });
  },
  calls: ({ projectDir: cwd }) => [
    ['test_check', { worktree_path: cwd }, { passed: false, summary: '1 failed in 0.01s' }],
    [
      'run_skill',
      { skill_command: '/smoke-task make greeting.txt', cwd, model: 'claude-sonnet-5-5' },
      {
        success: true,
        result: 'I made it.',
        subtype: 'success',
        exit_code: 0,
        kill_reason: 'natural_exit',
        token_usage: { input_tokens: 2, output_tokens: 2 },
        remarks: [],
      },
    ],
    ['test_check', { worktree_path: cwd }, { passed: true, summary: '1 passed in 0.01s' }],
    [
      'run_skill',
      { skill_command: '/investigate why there was no greeting', cwd, model: 'claude-sonnet-5-5' },
      { success: true, result: expect.stringContaining(`investigation_path = ${cwd}/report.md`) },
    ],
  ],
  // Its log also has the prompts and tools of Claude Code itself, and describes the machine.
  edit(dir) {
    for (const path of filesIn(dir).filter((name) => name.endsWith('.jsonl'))) {
      const lines = readFileSync(path, 'utf8').split('\n');
      writeFileSync(path, lines.filter((line) => line === '' || isOfConversation(line)).join('\n'));
    }
  },
};

/** Whether a line of a log is one of those that maitred reads. */
function isOfConversation(line: string): boolean {
  const { type, isMeta } = JSON.parse(line) as JsonObject;
  return (type === 'user' || type === 'assistant') && isMeta !== true;
}

/** Where a scenario is committed. */
export const committedDirOf = ({ name }: RecordedScenario): string => resolve('tests/fixtures/scenarios', name);

/** Makes the calls of a scenario, one after the other, and compares what is answered. */
export async function callAll(scenario: RecordedScenario, { world, call }: ServerWithOpenKitchen): Promise<void> {
  for (const [tool, args, answer] of scenario.calls(world)) expect(await call(tool, args)).toMatchObject(answer);
}

/** Whether what a test records becomes the committed scenario. */
export const isUpdating = process.env.MAITRED_UPDATE_SCENARIOS === '1';

/**
 * Records a scenario with the real programs, in a world of its own.
 * @param env for the real programs
 * @returns its folder
 */
export async function recordScenario(
  scenario: RecordedScenario,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const world = aWorld();
  scenario.prepare(world);
  scenario.prepareForPrograms(world);
  const dir = scenarioDirOf(world);
  const recording = await aScenarioServer(world, ['--record-scenario', dir], {
    env: { ...scenario.env, MAITRED_RECORD_SCENARIO_RECIPE: scenario.recipe, ...env },
  });
  await callAll(scenario, recording);
  expect(await recording.server.leave()).toEqual({ code: 0, signal: null });
  scenario.edit?.(dir);
  if (isUpdating) {
    await runMaitred(world, 'scenario', 'trim', dir);
    rmSync(committedDirOf(scenario), { recursive: true, force: true });
    cpSync(dir, committedDirOf(scenario), { recursive: true });
  }
  return dir;
}

/**
 * The files of a scenario, by their paths in it, without what differs each time: how long programs took, when their output arrived, and which
 * maitred recorded it.
 */
export function comparableFiles(dir: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    filesIn(dir).map((path) => {
      const text = readFileSync(path, 'utf8');
      return [relative(dir, path), path.endsWith('.yaml') ? text.replace(differentEachTime, '') : text];
    }),
  );
}

const differentEachTime =
  /^(?: {2}after_ms: \d+|output:(?: \[\])?| {2}- \[\d+, std(?:out|err), \d+\]|recorded_by: .*)\n/gm;

const filesIn = (dir: string): readonly string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
