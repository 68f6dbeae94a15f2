import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRecording } from '../../inspector/model/create-recording.ts';
import { tempFolder } from '../doubles/temp-folder.ts';
import { aDatabase } from '../support/a-database.ts';
import { makeGitProject } from '../support/a-git-project.ts';
import { planEnding, recordUntilEnded } from '../support/ended-recordings.ts';
import {
  aScenarioServer,
  aWorldWithTests,
  callsIn,
  programsIn,
  scenarioDirOf,
  stateOf,
  withoutPlace,
} from '../support/scenario-world.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { folderWithClaude } from '../support/server-with-agent.ts';
import type { ServerWithOpenKitchen } from '../support/server-with-open-kitchen.ts';
import {
  aToolCall,
  aWorld,
  initializeServer,
  outputOf,
  spawnServer,
  textOf,
  type World,
} from '../support/spawned-server.ts';
import { watch } from '../support/watched-server.ts';

/** Records what these commands do, in a world of its own. @returns the folder and what was answered */
async function aRecording(commands: readonly string[], world = aWorldWithTests()) {
  const dir = scenarioDirOf(world);
  const { server, call } = await aScenarioServer(world, ['--record-scenario', dir]);
  const answers = [];
  for (const cmd of commands) answers.push(withoutPlace(await call('run_cmd', { cmd, cwd: world.projectDir }), world));
  expect(await server.leave()).toEqual({ code: 0, signal: null });
  return { dir, answers };
}

const aReplay = (dir: string, world: World, ...args: string[]) =>
  aScenarioServer(world, ['--replay-scenario', dir, ...args]);

describe('A scenario that serve has recorded', () => {
  test('has the steps of a run as calls, and the run is replayed in another project', async () => {
    const recipe = `name: two
description: Two commands.
kitchen_rules: [Call run_cmd only.]
inputs: {project: {type: path, required: true}}
steps:
  one: {tool: run_cmd, with: {cmd: 'echo "sum = $((1 + 1))"', cwd: '\${{ inputs.project }}'}, capture: {sum: '\${{ result.sum }}'}, on_success: two}
  two: {tool: run_cmd, with: {cmd: 'echo \${{ context.sum }} > sum.txt', cwd: '\${{ inputs.project }}'}, on_success: done}
`;
    const runIn = async (world: World, ...args: readonly string[]) => {
      mkdirSync(join(world.projectDir, '.maitred/recipes'));
      writeFileSync(join(world.projectDir, '.maitred/recipes/two.yaml'), recipe);
      const { server, call } = await aScenarioServer(world, args);
      const { run_id } = await call('start_run', { recipe: 'two', inputs: { project: world.projectDir } });
      expect(await call('run_status', { run_id, wait_s: 20 })).toMatchObject({ state: 'succeeded' });
      expect(await server.leave()).toEqual({ code: 0, signal: null });
      expect(readFileSync(join(world.projectDir, 'sum.txt'), 'utf8')).toBe('2\n');
    };
    const world = aWorld();
    const dir = scenarioDirOf(world);
    await runIn(world, '--record-scenario', dir);
    expect(callsIn(dir)).toEqual(['0001-run_cmd', '0002-run_cmd']);
    await runIn(aWorld(), '--replay-scenario', dir, '--strict');
  });

  test('is replayed in another project and home with the same answers and files, and nothing is started', async () => {
    const world = aWorldWithTests();
    const dir = scenarioDirOf(world);
    const proof = join(tempFolder(), 'started');
    const cmd = `touch ${proof}; pwd; echo "to stderr" >&2; mkdir -p out; echo "in $PWD" > out/made.txt; rm -f ci.old; exit 3`;
    const runAll = async ({ server, call }: Awaited<ReturnType<typeof aScenarioServer>>) => {
      const { projectDir } = server.world;
      const answers = [
        await call('run_cmd', { cmd, cwd: projectDir }),
        await call('test_check', { worktree_path: projectDir }),
      ];
      return answers.map((answer) => withoutPlace(answer, server.world));
    };
    const recording = await aScenarioServer(world, ['--record-scenario', dir]);
    const recorded = await runAll(recording);
    expect(recorded).toMatchObject([
      { exit_code: 3, stdout: '<world>/project\n', stderr: 'to stderr\n' },
      { passed: true, summary: '3 passed in 0.01s' },
    ]);
    expect(callsIn(dir)).toEqual(['0001-run_cmd', '0002-test_check']);
    expect(await recording.server.leave()).toEqual({ code: 0, signal: null });
    expect(stateOf(dir)).toBe('complete');
    rmSync(proof);

    const other = aWorld();
    const replay = await aReplay(dir, other, '--strict');
    expect(await runAll(replay)).toEqual(recorded);
    expect(readFileSync(join(other.projectDir, 'out/made.txt'), 'utf8')).toBe(`in ${other.projectDir}\n`);
    expect(existsSync(proof)).toBe(false);
    expect(await replay.server.leave()).toEqual({ code: 0, signal: null });
    expect(replay.server.stderr).not.toContain('not replayed');
  });

  test('answers no other program: the call fails with the nearest step and the difference', async () => {
    const { dir } = await aRecording(['echo one']);
    const other = aWorld();
    const { call } = await aReplay(dir, other);
    const answer = await call('run_cmd', { cmd: 'echo two > made', cwd: other.projectDir });
    expect(answer).toMatchObject({ code: 'conflict', error: expect.stringContaining('0001-run_cmd') });
    expect(JSON.stringify(answer)).toContain('echo one');
    expect(existsSync(join(other.projectDir, 'made'))).toBe(false);
  });

  test('has steps that were not replayed: they are named at the end, and are a failure with --strict', async () => {
    const { dir, answers } = await aRecording(['echo one', 'echo two']);
    const leaveAfterOne = async (...args: string[]) => {
      const world = aWorld();
      const { server, call } = await aReplay(dir, world, ...args);
      expect(withoutPlace(await call('run_cmd', { cmd: 'echo one', cwd: world.projectDir }), world)).toEqual(
        answers[0],
      );
      return {
        ...(await server.leave()),
        problems: server.stderr.split('\n').filter((line) => line.startsWith('maitred:')),
      };
    };
    expect(await leaveAfterOne()).toEqual({
      code: 0,
      signal: null,
      problems: [
        'maitred: not replayed: 0002-run_cmd/1 (bash)',
        `maitred: 1 step of the scenario ${dir} was not replayed.`,
      ],
    });
    expect(await leaveAfterOne('--strict')).toEqual({
      code: 1,
      signal: null,
      problems: [
        'maitred: not replayed: 0002-run_cmd/1 (bash)',
        `maitred: 1 step of the scenario ${dir} was not replayed, which is a failure because of --strict.`,
      ],
    });
  });

  test('has no step for a program: that is said at the end too, since a tool may work without it, and is a failure with --strict', async () => {
    const { dir } = await aRecording(['echo one']);
    const world = aWorld();
    const { server, call } = await aReplay(dir, world, '--strict');
    await call('run_cmd', { cmd: 'echo one', cwd: world.projectDir });
    await call('run_cmd', { cmd: 'echo two', cwd: world.projectDir });
    expect(await server.leave()).toEqual({ code: 1, signal: null });
    expect(server.stderr).toContain(
      `maitred: not answered: echo two\nmaitred: 1 program was not answered by the scenario ${dir}, which is a failure because of --strict.\n`,
    );
  });

  test('is seen in the inspector: below a call is the step that answers it', async () => {
    const { dir } = await aRecording(['echo one']);
    const world = aWorld();
    const { server, call } = await aReplay(dir, world, '--inspect');
    await call('run_cmd', { cmd: 'echo one', cwd: world.projectDir });
    const watched = await watch(server);
    const recording = createRecording('server-a');
    for (const message of watched.messages) recording.push(message);
    const calls = recording.callsAt(recording.end);
    const answered = recording.actorsAt(recording.end).filter(({ src }) => src === 'replayedProcess');
    expect(answered.map(({ name, call: of }) => ({ name, of }))).toEqual([
      {
        name: 'echo one ← 0001-run_cmd/1',
        of: calls.find(({ message }) => message.tool === 'run_cmd')?.message.number,
      },
    ]);
  });

  test('is asked for by variables too, which the programs of the server do not inherit', async () => {
    const world = aWorldWithTests();
    const env = {
      MAITRED_RECORD_SCENARIO: '1',
      MAITRED_RECORD_SCENARIO_DIR: '../scenario',
      MAITRED_RECORD_SCENARIO_RECIPE: 'implement',
    };
    const { server, call } = await aScenarioServer(world, [], { env });
    const cmd = 'env | grep -c MAITRED_RECORD';
    expect(await call('run_cmd', { cmd, cwd: world.projectDir })).toMatchObject({ stdout: '0\n' });
    await server.leave();
    expect(readFileSync(join(scenarioDirOf(world), 'scenario.yaml'), 'utf8')).toContain('recipe: implement');
    const replayed = aWorld();
    const replay = await aScenarioServer(replayed, [], { env: { MAITRED_REPLAY_SCENARIO: scenarioDirOf(world) } });
    expect(await replay.call('run_cmd', { cmd, cwd: replayed.projectDir })).toMatchObject({ stdout: '0\n' });
  });
});

test('A scenario holds all that the calls of a server start, also its git, and no agent needs to be installed for a replay', async () => {
  const world = aWorld();
  const dir = scenarioDirOf(world);
  makeGitProject(world.projectDir);
  const records = resolve('tests/fixtures/claude-records.sh');
  const bin = folderWithClaude(world, `. ${records}\ninit; write_file made.txt new; result "I stop."`);
  const env = { MAITRED_RUN_SKILL__AGENT: 'claude' };
  const fill = ({ projectDir }: World) => {
    mkdirSync(join(projectDir, 'reset/nested/.git'), { recursive: true });
    writeFileSync(join(projectDir, 'reset/.maitred-workspace'), '');
    writeFileSync(join(projectDir, 'plan.md'), 'Dry-walkthrough verified = TRUE\n# A plan\n');
  };
  const runAll = async ({ server, call }: ServerWithOpenKitchen) => {
    const { projectDir } = server.world;
    const answers = [
      await call('classify_fix', { worktree_path: projectDir, base_branch: 'main' }),
      await call('reset_test_dir', { test_dir: join(projectDir, 'reset') }),
      await call('read_db', { db_path: join(projectDir, 'data.sqlite'), query: 'SELECT name FROM guests' }),
      await call('run_skill', { skill_command: '/implement-worktree plan.md', cwd: projectDir }),
    ];
    expect(await server.leave()).toEqual({ code: 0, signal: null });
    return answers.map((answer) => withoutPlace(answer, server.world));
  };
  fill(world);
  aDatabase(join(world.projectDir, 'data.sqlite'), `CREATE TABLE guests (name); INSERT INTO guests VALUES ('Ann')`);
  const recorded = await runAll(
    await aScenarioServer(world, ['--record-scenario', dir], { env: { ...env, PATH: `${bin}:${world.env.PATH}` } }),
  );
  expect(recorded).toMatchObject([
    { restart_scope: 'partial_restart' },
    { code: 'forbidden' },
    { rows: [{ name: 'Ann' }] },
    { success: false, retry_reason: 'clone_contamination' },
  ]);
  const snapshot = ['git rev-parse', 'git rev-parse', 'git symbolic-ref', 'git status', 'git status'];
  expect(programsIn(dir)).toEqual({
    '0001-classify_fix': ['git fetch', 'git diff'],
    '0002-reset_test_dir': ['git ls-files'],
    '0003-read_db': ['node'],
    '0004-run_skill': [...snapshot, 'claude', ...snapshot.slice(1)],
  });

  const other = aWorld();
  fill(other);
  // Whether git is asked depends on what is there, as it does without a replay.
  mkdirSync(join(other.projectDir, '.git'));
  writeFileSync(join(other.projectDir, 'data.sqlite'), '');
  expect(await runAll(await aScenarioServer(other, ['--replay-scenario', dir, '--strict'], { env }))).toEqual(recorded);
  expect(readFileSync(join(other.projectDir, 'made.txt'), 'utf8')).toBe('new');
});

describe('serve records into a folder', () => {
  test('that no other server records into: its calls say so', async () => {
    const world = aWorldWithTests();
    const dir = scenarioDirOf(world);
    const first = await aScenarioServer(world, ['--record-scenario', dir]);
    await first.call('run_cmd', { cmd: 'true', cwd: world.projectDir });
    const second = spawnServer({ world, args: ['--record-scenario', dir] });
    await second.initialize();
    const answer = outputOf(await second.callTool('open_kitchen'));
    expect(answer).toMatchObject({ success: false, error: expect.stringContaining(dir) });
    expect(await second.leave()).toMatchObject({ signal: null });
    expect(await first.server.leave()).toEqual({ code: 0, signal: null });
    expect(callsIn(dir)).toEqual(['0001-run_cmd']);
    expect(stateOf(dir)).toBe('complete');
  });

  test('and finishes it at SIGTERM: a call that it had to end is not in it', async () => {
    const world = aWorldWithTests();
    const dir = scenarioDirOf(world);
    const { server, call } = await aScenarioServer(world, ['--record-scenario', dir, '--set', 'shutdown.drain_ms=0']);
    await call('run_cmd', { cmd: 'echo done', cwd: world.projectDir });
    server.send(aToolCall('endless', 'run_cmd', { cmd: 'sleep 600', cwd: world.projectDir }, 'progress'));
    await server.waitFor('progress', ({ method }) => method === 'notifications/progress');
    server.kill('SIGTERM');
    expect(await server.exited()).toEqual({ code: 0, signal: null });
    expect(stateOf(dir)).toBe('complete');
    expect(callsIn(dir)).toEqual(['0001-run_cmd']);
    expect(readFileSync(join(dir, 'scenario.yaml'), 'utf8')).toMatch(/unfinished:\s*(- |\[\s*)"?0002-run_cmd/);
  });

  test('and leaves whole calls when it is killed, which can be replayed', async () => {
    const world = aWorldWithTests();
    const dir = scenarioDirOf(world);
    const { server, call } = await aScenarioServer(world, ['--record-scenario', dir]);
    await call('run_cmd', { cmd: 'echo done', cwd: world.projectDir });
    server.send(aToolCall('endless', 'run_cmd', { cmd: 'sleep 600', cwd: world.projectDir }, 'progress'));
    await server.waitFor('progress', ({ method }) => method === 'notifications/progress');
    server.kill('SIGKILL');
    await server.exited();
    expect(stateOf(dir)).toBe('recording');
    const other = aWorld();
    const replay = await aReplay(dir, other, '--strict');
    const answer = await replay.call('run_cmd', { cmd: 'echo done', cwd: other.projectDir });
    expect(answer).toMatchObject({ stdout: 'done\n' });
    expect(await replay.server.leave()).toEqual({ code: 0, signal: null });
  });
});

describe('serve refuses', () => {
  const firstAnswer = async (args: readonly string[], world = aWorld()) => {
    const server = await initializeServer({ world, args });
    return textOf(await server.callTool('open_kitchen'));
  };

  test('to record and to replay at once, and a speed that is none', async () => {
    const [both, speed] = await Promise.all([
      firstAnswer(['--record-scenario', 'a', '--replay-scenario', 'b']),
      firstAnswer(['--replay-scenario', 'b', '--replay-speed', 'fast']),
    ]);
    expect(both).toContain('--record-scenario and --replay-scenario exclude each other');
    expect(speed).toContain('--replay-speed is \\"fast\\"');
  });

  test('to replay a folder without a scenario, which is a failure with --strict', async () => {
    const server = await initializeServer({ args: ['--replay-scenario', 'nowhere', '--strict'] });
    expect(textOf(await server.callTool('open_kitchen'))).toContain('there is no scenario');
    expect(await server.leave()).toEqual({ code: 1, signal: null });
  });

  test('to replay a folder without a scenario, and one that is not as it should be', async () => {
    const world = aWorld();
    const broken = join(world.projectDir, 'broken');
    mkdirSync(broken);
    writeFileSync(join(broken, 'scenario.yaml'), 'version: 99\n');
    const [none, old] = await Promise.all([
      firstAnswer(['--replay-scenario', 'nowhere'], world),
      firstAnswer(['--replay-scenario', 'broken'], world),
    ]);
    expect(none).toContain(join(world.projectDir, 'nowhere'));
    expect(old).toContain('99');
  });
});

test('A scenario is whole, and holds every call that was answered, however its server is ended in each state of its life', async () => {
  const random = seededRandom(17);
  const plans = Array.from({ length: 10 }, (_, number) => planEnding(random, number));
  const endings = plans.map((plan) =>
    recordUntilEnded(plan).catch((cause) => {
      throw new Error(`Ended as ${JSON.stringify(plan)}: ${cause}`, { cause });
    }),
  );
  await Promise.all(endings);
});
