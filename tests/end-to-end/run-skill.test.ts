import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import type { JsonObject } from '../../src/domain/json-object.ts';
import { commit, git } from '../support/a-git-project.ts';
import { aMarkedWorld, commandsOf, markedProcesses } from '../support/marked-world.ts';
import { runMaitred } from '../support/run-maitred.ts';
import { aServerWithAgent, indexedSessions, unsettledSessions } from '../support/server-with-agent.ts';
import { aWorld, outputOf, spawnServer, type World } from '../support/spawned-server.ts';
import { watch } from '../support/watched-server.ts';

const done = { end: { result: `done\n\${marker}` } };

/** Of the only session in the index. */
function filesOfSession(world: World): Readonly<Record<string, string>> {
  const [entry, ...others] = indexedSessions(world);
  expect(others).toEqual([]);
  const dir = join(world.stateFolder.sessionsDir, String(entry?.dir_name));
  return Object.fromEntries(readdirSync(dir).map((name) => [name, readFileSync(join(dir, name), 'utf8')]));
}

const listSessions = async (world: World) =>
  JSON.parse((await runMaitred(world, 'sessions', 'list', '--json')).stdout) as {
    readonly running: readonly JsonObject[];
    readonly settled: readonly JsonObject[];
  };

describe('A session', () => {
  test('that does what its skill promises succeeds, and its files, the index and the telemetry show it', async () => {
    const plan = [
      { say: 'I read the code.' },
      { usage: { input_tokens: 100, output_tokens: 20 } },
      { write: { file: 'plan.md', text: '# A plan\n' } },
      { usage: { input_tokens: 200, output_tokens: 30, cache_read_input_tokens: 7 } },
      { end: { result: `plan_path = \${cwd}/plan.md\nplan_parts = \${cwd}/plan.md\n\${marker}` } },
    ];
    const { runSkill, call, world } = await aServerWithAgent({ steps: { 'make-plan': plan } });
    const answer = await runSkill('/make-plan a search box', { step_name: 'plan', order_id: 'order-7' });
    const { projectDir } = world;
    expect(answer).toMatchObject({
      success: true,
      result: `plan_path = ${projectDir}/plan.md\nplan_parts = ${projectDir}/plan.md`,
      subtype: 'success',
      exit_code: 0,
      kill_reason: 'natural_exit',
      needs_retry: false,
      token_usage: { input_tokens: 300, output_tokens: 50, cache_read_input_tokens: 7 },
      write_call_count: 1,
      order_id: 'order-7',
      stop_reason: null,
      remarks: [],
    });
    expect(readFileSync(`${projectDir}/plan.md`, 'utf8')).toBe('# A plan\n');

    const [entry] = indexedSessions(world);
    expect(entry).toMatchObject({ success: true, step_name: 'plan', order_id: 'order-7', output_tokens: 50 });
    expect(answer.session_dir).toBe(join(world.stateFolder.sessionsDir, String(entry?.dir_name)));
    const files = filesOfSession(world);
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining(['events.jsonl', 'summary.json', 'token_usage.json', 'step_timing.json']),
    );
    expect(JSON.parse(files['summary.json'] ?? '')).toMatchObject({
      session_id: answer.session_id,
      cwd: projectDir,
      success: true,
    });
    await expect.poll(() => unsettledSessions(world)).toEqual([]);

    expect(await call('get_token_summary', {})).toMatchObject({
      steps: [{ step_name: 'plan', input_tokens: 300, output_tokens: 50 }],
    });
    expect(await call('get_timing_summary', {})).toMatchObject({ steps: [{ step_name: 'plan', invocation_count: 1 }] });
    expect(await call('get_pipeline_report', {})).toMatchObject({ total_failures: 0 });
  });

  test('that lacks output lines is asked for them once, and fails where it does not write them', async () => {
    const work = [{ write: { file: 'plan.md', text: '# A plan\n' } }, done];
    const lines = `plan_path = \${cwd}/plan.md\nplan_parts = \${cwd}/plan.md`;
    const { runSkill, call } = await aServerWithAgent({
      steps: {
        'make-plan': { first: work, nudge: [{ end: { result: `${lines}\n\${marker}` } }] },
        investigate: work,
      },
    });
    const [nudged, stubborn] = await Promise.all([
      runSkill('/make-plan a search box'),
      runSkill('/investigate the search box', { step_name: 'look' }),
    ]);
    expect(nudged).toMatchObject({ success: true, subtype: 'success', needs_retry: false });
    expect(nudged.result).toContain('plan_path = ');
    expect(stubborn).toMatchObject({
      success: false,
      subtype: 'adjudicated_failure',
      needs_retry: true,
      retry_reason: 'contract_recovery',
    });
    expect(await call('get_pipeline_report', {})).toMatchObject({
      total_failures: 1,
      failures: [{ subtype: 'adjudicated_failure', skill_command: '/investigate the search box' }],
    });
  });

  test('is shown while it runs: by its progress, by `maitred sessions` and to the inspector', async () => {
    const steps = {
      'smoke-task': [
        { say: 'I wait.' },
        { usage: { input_tokens: 40, output_tokens: 2 } },
        { run: 'until [ -e go ]; do sleep 0.05; done' },
        done,
      ],
    };
    const { startSkill, server, world } = await aServerWithAgent({ steps });
    const skill = startSkill('/smoke-task wait');
    await expect.poll(() => skill.messages()).toContainEqual(expect.stringMatching(/2 turns, 42 tokens, in Bash$/));
    expect(skill.messages()[0]).toBe('smoke-task is prepared');
    const watched = await watch(server);
    const isSession = ({ name }: { readonly name: string }) => name === 'session /smoke-task wait';
    await watched.until(({ actors }) => actors.some(isSession));
    expect(watched.actors.find(isSession)).toMatchObject({ kind: 'machine', snapshot: { value: 'running' } });

    const [listed, ...others] = (await listSessions(world)).running;
    expect([listed, others]).toMatchObject([{ state: 'running', skill_command: '/smoke-task wait' }, []]);
    const key = String(listed?.key);
    expect((await runMaitred(world, 'sessions', 'show', key)).stdout).toContain('I wait.');
    const tail = runMaitred(world, 'sessions', 'tail', key);
    writeFileSync(`${world.projectDir}/go`, '');
    const answer = await skill.answer();
    expect(answer).toMatchObject({ success: true });
    expect(await tail).toMatchObject({ code: 0, stdout: expect.stringMatching(/I wait\..*reported its result/s) });
    const shown = await runMaitred(world, 'sessions', 'show', String(answer.session_id));
    expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining('reported its result') });
    expect(await listSessions(world)).toMatchObject({ running: [], settled: [{ success: true }] });
    const messages = skill.messages().map((text) => text.replace(/ runs for .*/, ' runs'));
    expect(messages.filter((text, at) => text !== messages[at - 1])).toEqual([
      ...['smoke-task is prepared', 'smoke-task is started', 'smoke-task runs'],
      ...['smoke-task has ended; the rest of its output is read', 'smoke-task is ended'],
      ...['smoke-task is adjudicated', 'smoke-task is recorded'],
    ]);
  });

  test('sees no secret of the server and no token for GitHub, and knows that no person is there', async () => {
    const secrets = {
      GITHUB_TOKEN: 'ghp_of-the-person',
      SHOP_PASSWORD: 'of-the-shop',
      GH_TOKEN: 'ghp_another-one',
    };
    const { runSkill, world } = await aServerWithAgent({
      steps: { 'smoke-task': [{ run: 'env > seen' }, done] },
      env: { ...secrets, LC_ALL: 'C' },
    });
    expect(await runSkill('/smoke-task look', { step_name: 'look' })).toMatchObject({ success: true });
    const seen = readFileSync(`${world.projectDir}/seen`, 'utf8');
    for (const secret of Object.values(secrets)) expect(seen).not.toContain(secret);
    expect(seen).toMatch(/^MAITRED_HEADLESS=1$/m);
    expect(seen).toMatch(/^SCENARIO_STEP_NAME=look$/m);
    expect(seen).toMatch(/^LC_ALL=C$/m);
  });

  test('of any program succeeds with what that prints', async () => {
    const env = { MAITRED_RUN_SKILL__AGENT: 'command', MAITRED_RUN_SKILL__COMMAND: '["echo", "I got:"]' };
    const { runSkill } = await aServerWithAgent({ env });
    const answer = await runSkill('/smoke-task say hello');
    expect(answer).toMatchObject({ success: true, exit_code: 0, session_id: '' });
    expect(answer.result).toMatch(/^I got: \/smoke-task say hello\n/);
  });
});

// The tests read /proc.
describe.skipIf(process.platform !== 'linux')('A session ends with all that it started', () => {
  const busy = { 'smoke-task': [{ run: 'setsid sleep 1000 > /dev/null 2>&1 & touch begun; exec sleep 1000' }] };
  const aBusyServer = async () => {
    const world = aMarkedWorld();
    const env = { MAITRED_RUN_SKILL__ENV: '["TEST_WORLD"]' };
    const opened = await aServerWithAgent({ world, steps: busy, env, config: { shutdown: { drain_ms: 0 } } });
    const skill = opened.startSkill('/smoke-task never end');
    await expect.poll(() => existsSync(`${world.projectDir}/begun`)).toBe(true);
    await expect.poll(() => skill.messages().at(-1)).toMatch(/in Bash$/);
    const sleepers = () => commandsOf(markedProcesses(world)).filter((command) => command.startsWith('sleep 1000'));
    expect(sleepers()).toHaveLength(2);
    return { ...opened, world, skill, sleepers };
  };
  const cancelled = { success: false, subtype: 'cancelled', termination_reason: 'cancelled' };

  test('when the client cancels the call, and is recorded', async () => {
    const { world, skill, server, sleepers } = await aBusyServer();
    skill.cancel();
    await expect.poll(() => indexedSessions(world)).toHaveLength(1);
    expect(sleepers()).toEqual([]);
    expect(JSON.parse(filesOfSession(world)['summary.json'] ?? '')).toMatchObject(cancelled);
    await expect.poll(() => unsettledSessions(world)).toEqual([]);
    expect(await server.leave()).toEqual({ code: 0, signal: null });
    expect(commandsOf(markedProcesses(world))).toEqual([]);
  });

  test('when the server is told to end, and is recorded', async () => {
    const { world, server } = await aBusyServer();
    server.kill('SIGTERM');
    expect(await server.exited()).toEqual({ code: 0, signal: null });
    expect(commandsOf(markedProcesses(world))).toEqual([]);
    expect(JSON.parse(filesOfSession(world)['summary.json'] ?? '')).toMatchObject(cancelled);
    await expect.poll(() => unsettledSessions(world)).toEqual([]);
  });
});

describe('run_skill refuses', () => {
  test('commands that it cannot run, says what to do, and starts nothing', async () => {
    const { runSkill, world } = await aServerWithAgent();
    const refusals: readonly (readonly [string, JsonObject, string, RegExp])[] = [
      ['/investigat the cart', {}, 'not_found', /did you mean investigate\?/],
      ['investigate the cart', {}, 'invalid_input', /must begin with \//],
      ['/smoke-task look', { cwd: '/usr' }, 'forbidden', /workspace\.roots/],
      ['/smoke-task look', { cwd: 'src' }, 'invalid_input', /cwd/],
      ['/implement-worktree plan.md', {}, 'forbidden', /run \/dry-walkthrough plan\.md first/],
      ['/implement-worktree other.md', {}, 'not_found', /other\.md/],
    ];
    writeFileSync(`${world.projectDir}/plan.md`, '# A plan\n');
    for (const [command, more, code, error] of refusals)
      expect(await runSkill(command, more)).toMatchObject({
        success: false,
        code,
        error: expect.stringMatching(error),
      });
    expect(indexedSessions(world)).toEqual([]);
    await expect.poll(() => unsettledSessions(world)).toEqual([]);
  });

  test('a session of its own, and a client that has not opened the kitchen', async () => {
    const world = aWorld();
    const args = { skill_command: '/smoke-task look', cwd: world.projectDir };
    const headless = spawnServer({ world, env: { MAITRED_HEADLESS: '1' }, args: ['--visibility', 'always'] });
    const closed = spawnServer({ world: aWorld() });
    await Promise.all([headless.initialize(), closed.initialize()]);
    expect(outputOf(await headless.callTool('run_skill', args))).toMatchObject({
      code: 'forbidden',
      error: expect.stringContaining('MAITRED_HEADLESS'),
    });
    expect((await closed.callTool('run_skill', args)).error).toMatchObject({
      code: -32_602,
      message: expect.stringContaining('open_kitchen'),
    });
  });
});

test('the demo script plays all skills that are shipped, one after another, and each does what it promises', async () => {
  const world = aWorld();
  const { projectDir } = world;
  git(projectDir, 'init', '--quiet');
  commit(projectDir, { '.gitignore': '.maitred/config.yaml\n' });
  for (const [key, value] of [
    ['user.name', 'A Tester'],
    ['user.email', 'tester@localhost'],
  ] as const)
    git(projectDir, 'config', key, value);
  const env = { MAITRED_RUN_SKILL__SCRIPT: join(inject('programDir'), 'scripts/demo-agent.yaml') };
  const { runSkill } = await aServerWithAgent({ world, env });
  const run = async (command: string) => {
    const answer = await runSkill(command);
    expect({ command, ...answer }).toMatchObject({ command, success: true, subtype: 'success' });
    return answer;
  };
  const outputLine = (name: string, { result }: JsonObject) =>
    new RegExp(`^${name} = (.*)$`, 'm').exec(String(result))?.[1] ?? '';
  await run('/smoke-task look around');
  await run('/investigate why the search finds nothing');
  const plan = outputLine('plan_path', await run('/make-plan a search box'));
  await run(`/dry-walkthrough ${plan}`);
  const implemented = await run(`/implement-worktree ${plan}`);
  const worktree = outputLine('worktree_path', implemented);
  expect(implemented).toMatchObject({ worktree_path: worktree });
  expect(git(worktree, 'log', '-1', '--format=%s')).toBe('Describe the search box\n');
  await run(`/resolve-failures ${worktree} ${plan} main`);
  expect(readdirSync('assets/skills')).toHaveLength(6);
  expect(git(projectDir, 'status', '--porcelain')).toBe('');
});
