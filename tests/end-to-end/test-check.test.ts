import { mkdtempSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { aMarkedWorld, commandsOf, markedProcesses } from '../support/marked-world.ts';
import { aServerWithOpenKitchen, openKitchen } from '../support/server-with-open-kitchen.ts';
import { aToolCall, aWorld, oneServerForAll, outputOf, spawnServer } from '../support/spawned-server.ts';

const server = oneServerForAll({ env: { MAITRED_TEST_CHECK__COMMAND: '[./ci]' } });

/** A folder whose tests are this script. */
async function aTestedFolder(script: string) {
  const started = await openKitchen(server());
  const dir = mkdtempSync(`${started.world.projectDir}/tested-`);
  writeFileSync(`${dir}/ci`, `#!/bin/bash\n${script}\n`, { mode: 0o755 });
  return { ...started, dir };
}

describe('test_check', () => {
  test('passes green tests, with their output and the folder they ran in', async () => {
    const { dir, call } = await aTestedFolder('pwd; echo "3 passed in 0.01s"; echo careful >&2');
    expect(await call('test_check', { worktree_path: dir, step_name: 'test' })).toEqual({
      passed: true,
      stdout: `${dir}\n3 passed in 0.01s\n`,
      stderr: 'careful\n',
      stdout_cut: null,
      stderr_cut: null,
      exit_code: 0,
      signal: null,
      timed_out: false,
      summary: '3 passed in 0.01s',
      background_processes_ended: 0,
      note: null,
    });
  });

  test('does not pass red tests, and that is not an error', async () => {
    const { dir, server } = await aTestedFolder('echo "=== 1 failed, 2 passed in 0.01s ==="; exit 1');
    const answer = await server.callTool('test_check', { worktree_path: dir });
    expect(answer.result?.isError).toBeUndefined();
    expect(outputOf(answer)).toMatchObject({
      passed: false,
      exit_code: 1,
      summary: expect.stringContaining('1 failed'),
    });
    expect(outputOf(answer)).not.toHaveProperty('error');
  });

  test('answers with the end of long output, and finds a summary before it, which counts more than the exit code', async () => {
    const { dir, call } = await aTestedFolder('echo "Tests: 1 failed, 1 total"; seq 1 100000');
    const answer = await call('test_check', { worktree_path: dir });
    expect(answer).toMatchObject({
      passed: false,
      exit_code: 0,
      stdout: expect.stringMatching(/\n100000\n$/),
      summary: 'Tests: 1 failed, 1 total',
      error: expect.stringContaining('reports a failure: "Tests: 1 failed, 1 total"'),
    });
    expect(answer.stdout_cut).toMatchObject({ size_bytes: 588_920, file: expect.any(String) });
  });

  test('does not know whether tests passed that no summary tells of and whose exit code a pipe hides', async () => {
    const { dir, call } = await aTestedFolder('cd . && ./rest');
    writeFileSync(`${dir}/rest`, '#!/bin/sh\n./none 2>&1 | tee log\n', { mode: 0o755 });
    expect(await call('test_check', { worktree_path: dir })).toMatchObject({
      passed: null,
      exit_code: 0,
      error: expect.stringContaining('a pipe in ./rest may hide their exit code'),
    });
  });

  test('ends tests at their timeout with all processes they started', async () => {
    const world = aMarkedWorld();
    const script = 'setsid sleep 1000 & (setsid sh -c "sleep 1000 & sleep 1000" &); echo under way; sleep 1000';
    const config = { test_check: { command: ['bash', '-c', script], timeout: 2 } };
    const { call } = await aServerWithOpenKitchen(config, { world });
    expect(await call('test_check', { worktree_path: world.projectDir })).toMatchObject({
      passed: false,
      exit_code: -1,
      timed_out: true,
      stdout: 'under way\n',
      error: expect.stringContaining('test_check.timeout'),
    });
    expect(commandsOf(markedProcesses(world)).filter((command) => /sleep/.test(command))).toEqual([]);
  });

  test('reports how long the tests have run and their last line of output', async () => {
    const { server, dir, call } = await aTestedFolder(
      'printf "17 of 23\\033[K\\n"; while [ ! -e go ]; do read -t 0.05 <> <(:); done; echo "3 passed in 0.01s"',
    );
    server.send(aToolCall('reported', 'test_check', { worktree_path: dir }, 'token'));
    const { params } = await server.waitFor('progress', ({ method }) => method === 'notifications/progress');
    expect(params).toMatchObject({ message: expect.stringMatching(/^running for \d+ s: 17 of 23\\u001b\[K$/) });
    await call('run_cmd', { cmd: 'touch go', cwd: dir });
    expect(outputOf(await server.answerTo('reported'))).toMatchObject({ passed: true });
  });

  test('runs in a headless session, and the tests do not inherit MAITRED_HEADLESS', async () => {
    const world = aWorld();
    writeFileSync(
      `${world.projectDir}/.maitred/config.yaml`,
      JSON.stringify({
        test_check: { command: ['bash', '-c', '! printenv MAITRED_HEADLESS && echo "home: $HOME"'] },
      }),
    );
    const server = spawnServer({ world, env: { MAITRED_HEADLESS: '1' } });
    await server.initialize();
    expect(outputOf(await server.callTool('test_check', { worktree_path: world.projectDir }))).toMatchObject({
      passed: true,
      stdout: `home: ${world.homeDir}\n`,
    });
  });

  test('is closed in other sessions until the kitchen is open', async () => {
    const world = aWorld();
    const server = spawnServer({ world, args: ['--visibility', 'always'] });
    await server.initialize();
    const answer = await server.callTool('test_check', { worktree_path: world.projectDir });
    expect(outputOf(answer)).toMatchObject({ success: false, code: 'closed' });
  });
});

describe('test_check refuses', () => {
  test('a folder outside the roots, and a missing one', async () => {
    const { call } = await openKitchen(server());
    expect(await call('test_check', { worktree_path: '/usr' })).toMatchObject({ code: 'forbidden' });
    expect(await call('test_check', { worktree_path: '/tmp/not/there' })).toMatchObject({ code: 'not_found' });
  });
});
