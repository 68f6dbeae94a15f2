import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/domain/json-object.ts';
import { canMount, inOwnMounts } from '../support/own-mounts.ts';
import {
  aServerWithOpenKitchen,
  openKitchen,
  type ServerWithOpenKitchen,
} from '../support/server-with-open-kitchen.ts';
import {
  aNotification,
  aToolCall,
  aWorld,
  oneServerForAll,
  outputOf,
  type SpawnedServer,
  type SpawnOptions,
  spawnServer,
} from '../support/spawned-server.ts';

interface Answer {
  readonly success: boolean;
  readonly exit_code: number;
  readonly signal: string | null;
  readonly timed_out: boolean;
  readonly stdout: string;
  readonly stderr: string;
  readonly stdout_cut: {
    readonly size_bytes: number;
    readonly cut_bytes: number;
    readonly dropped_bytes: number;
    readonly file: string;
  } | null;
  readonly background_processes_ended: number;
  readonly note: string | null;
  readonly code?: string;
  readonly error?: string;
}

const aServerWithRunCmd = async (options: SpawnOptions = {}) => runningOn(await aServerWithOpenKitchen({}, options));

function runningOn({ server, world, call }: ServerWithOpenKitchen) {
  const run = async (cmd: string, more: JsonObject = {}) =>
    (await call('run_cmd', { cmd, cwd: world.projectDir, ...more })) as unknown as Answer;
  return { server, world, run };
}

/** For commands that leave nothing behind but files of their own. */
const shared = oneServerForAll();

const theServerWithRunCmd = async () => runningOn(await openKitchen(shared()));

/** A shell command that succeeds if the process lives; a zombie does not. */
const isAlive = (pid: string) => `grep -qs '^State:.[^ZX]' /proc/${pid}/status`;

describe('run_cmd', () => {
  test.runIf(canMount())('leaves room on a small disk for the state, whatever a command writes', async () => {
    const world = aWorld();
    mkdirSync(world.stateFolder.dir);
    const mountSmallDisk = 'mount -t tmpfs -o size=20m tmpfs "$MAITRED_STATE_DIR" && exec "$@"';
    const { run, server } = await aServerWithRunCmd({
      world,
      launcher: [...inOwnMounts, 'bash', '-c', mountSmallDisk, 'bash'],
    });
    const freeKib = 'df --output=avail "$MAITRED_STATE_DIR" | tail -n 1';
    expect((await run('yes')).note).toMatch(
      /The disk of the state folder was full|disk of the saved output was nearly full/,
    );
    expect(Number((await run(freeKib)).stdout)).toBeGreaterThan(16_384);
    // Within the reserve of 1 MiB: small commands work, and what writes on is ended.
    await run(
      'head -c "$(( ($(df --output=avail "$MAITRED_STATE_DIR" | tail -n 1) - 900) * 1024 ))" /dev/zero > "$MAITRED_STATE_DIR/filler"',
    );
    expect(await run('echo works')).toMatchObject({ success: true, stdout: 'works\n', note: null });
    // Nothing is free.
    await run('cat /dev/zero >> "$MAITRED_STATE_DIR/filler"');
    expect(await run('echo lost')).toMatchObject({
      success: false,
      note: expect.stringContaining('`maitred status --clean`'),
    });
    expect(outputOf(await server.callTool('kitchen_status'))).toMatchObject({ state: 'ready' });
    expect(await run('rm "$MAITRED_STATE_DIR/filler"; echo works again')).toMatchObject({ success: true });
    expect(await run('echo works again')).toMatchObject({ stdout: 'works again\n', note: null });
  });

  test('keeps the beginning and the end of endless output, ends the command, and names the setting', async () => {
    const { run } = await aServerWithRunCmd({ env: { MAITRED_RUN_CMD__MAX_OUTPUT_MIB: '1' } });
    const { stdout_cut: cut, ...answer } = await run('echo first; yes');
    expect(answer).toMatchObject({
      success: false,
      signal: 'SIGTERM',
      stdout: expect.stringMatching(/^\[… at least \d+ bytes before this are left out\]\ny\n/),
      note: expect.stringMatching(/16 times run_cmd.max_output_mib, and was ended/),
    });
    const kept = readFileSync(cut?.file ?? '', 'utf8');
    expect(kept).toMatch(/^first\ny\n.*\n\[… at least \d+ bytes are left out here\]\n.*y\n/s);
    expect(Buffer.byteLength(kept)).toBeLessThan(1_100_000);
    expect(cut?.dropped_bytes).toBeGreaterThan(15 * 1_024 ** 2);
  });

  test.runIf(canMount())(
    'runs in a sandbox without /proc, as the other tools do, and leaves nothing there either',
    async () => {
      const { run, server } = await aServerWithRunCmd({
        launcher: [...inOwnMounts, 'bash', '-c', 'mount -t tmpfs none /proc && exec "$@"', 'bash'],
      });
      const answer = await run('sleep 3005 & echo $!; exit 3');
      expect(answer).toMatchObject({ exit_code: 3, background_processes_ended: 1 });
      expect(spawnSync('bash', ['-c', isAlive(answer.stdout.trim())]).status).not.toBe(0);
      expect(outputOf(await server.callTool('kitchen_status'))).toMatchObject({ state: 'ready', degraded: [] });
    },
  );

  test('answers with the output of the command, how it ended, and where it ran', async () => {
    const { run, world } = await theServerWithRunCmd();
    expect(await run('pwd; echo "to stderr" >&2; exit 3')).toEqual({
      success: false,
      exit_code: 3,
      signal: null,
      timed_out: false,
      stdout: `${world.projectDir}\n`,
      stderr: 'to stderr\n',
      stdout_cut: null,
      stderr_cut: null,
      background_processes_ended: 0,
      note: null,
    });
    expect(await run('kill -SEGV $$')).toMatchObject({ success: false, exit_code: -1, signal: 'SIGSEGV' });
    expect(await run('[[ -n $BASH_VERSION ]] && echo "$SCENARIO_STEP_NAME"', { step_name: 'plan' })).toMatchObject({
      success: true,
      stdout: 'plan\n',
    });
  });

  test('answers with the end of long output, how much is missing, and the file with all of it', async () => {
    const { run, world } = await theServerWithRunCmd();
    const { stdout, stdout_cut: cut } = await run('seq 1 100000');
    expect(stdout.endsWith('\n99999\n100000\n')).toBe(true);
    expect(stdout.length).toBeLessThan(17_000);
    const whole = readFileSync(cut?.file ?? '', 'utf8');
    expect(whole.length).toBe(cut?.size_bytes);
    expect(stdout).toBe(`[… ${cut?.cut_bytes} bytes before this are left out]\n${whole.slice(cut?.cut_bytes)}`);
    expect(statSync(cut?.file ?? '').mode & 0o777).toBe(0o600);
    expect(cut?.file.startsWith(world.stateFolder.outputDir)).toBe(true);
  });

  test('keeps no file of short output', async () => {
    const { run, world } = await aServerWithRunCmd();
    expect(await run(`ls ${world.stateFolder.outputDir} | wc -l`)).toMatchObject({ stdout: '2\n', stdout_cut: null });
    expect(readdirSync(world.stateFolder.outputDir)).toEqual([]);
  });

  test('ends the processes that the command leaves in the background, and counts them', async () => {
    const { run } = await theServerWithRunCmd();
    const answer = await run('sleep 1000 & setsid sleep 1000 & (setsid sh -c "sleep 1000 &" &); echo $!');
    expect(answer).toMatchObject({ success: true, background_processes_ended: 3 });
    expect(await run(isAlive(answer.stdout.trim()))).toMatchObject({ success: false, exit_code: 1 });
  });

  test('lets the readers of its output finish', async () => {
    const { run } = await theServerWithRunCmd();
    await run('seq 1 1000 > >(tee copy)');
    expect((await run('tail -n 1 copy')).stdout).toBe('1000\n');
  });

  test('ends a command at its timeout with all processes it started', async () => {
    const { run } = await theServerWithRunCmd();
    expect(await run('echo begun; sleep 1000 & sleep 1000', { timeout: 2 })).toMatchObject({
      success: false,
      exit_code: -1,
      timed_out: true,
      stdout: 'begun\n',
      note: expect.stringContaining('a larger timeout'),
    });
  });

  test('reports in rising steps how long it has run and its last line, and nothing after the answer', async () => {
    const { server, world } = await aServerWithRunCmd();
    const args = {
      cmd: 'echo first; echo second; while [ ! -e go ]; do read -t 0.05 <> <(:); done',
      cwd: world.projectDir,
    };
    server.send(aToolCall('reported', 'run_cmd', args, 'token'));
    const isProgress = ({ method }: { method?: string | undefined }) => method === 'notifications/progress';
    const { params } = await server.waitFor('progress', isProgress);
    expect(params).toMatchObject({
      progressToken: 'token',
      message: expect.stringMatching(/^running for \d+ s: second$/),
    });
    await server.callTool('run_cmd', { cmd: 'touch go', cwd: world.projectDir });
    const answer = await server.answerTo('reported');
    await server.leave();
    const steps = server.messages.filter(isProgress).map((message) => Number(message.params?.progress));
    expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
    expect(server.messages.slice(server.messages.indexOf(answer)).some(isProgress)).toBe(false);
  });

  test('ends the processes of a cancelled call and does not answer it', async () => {
    const { server, world, run } = await aServerWithRunCmd();
    const cmd = 'setsid sleep 1000 & echo $! > pid; sleep 1000';
    server.send(aToolCall('unwanted', 'run_cmd', { cmd, cwd: world.projectDir }));
    await run('while [ ! -s pid ]; do read -t 0.02 <> <(:); done');
    server.send(aNotification('notifications/cancelled', { requestId: 'unwanted' }));
    const untilGone = `while ${isAlive('$(cat pid)')}; do read -t 0.02 <> <(:); done; echo gone`;
    expect(await run(untilGone)).toMatchObject({ stdout: 'gone\n' });
    await server.leave();
    expect(server.messages.some(({ id }) => id === 'unwanted')).toBe(false);
  });

  test('leaves no command behind when the server is killed, also not one that has cleared its environment', async () => {
    const { server, world, run } = await aServerWithRunCmd();
    const cmd = 'echo $$ > pid; exec env -i sleep 1000';
    server.send(aToolCall('unmarked', 'run_cmd', { cmd, cwd: world.projectDir }));
    await run('while [ ! -s pid ]; do read -t 0.02 <> <(:); done');
    const pid = readFileSync(`${world.projectDir}/pid`, 'utf8').trim();
    server.kill('SIGKILL');
    await expect
      .poll(() => existsSync(`/proc/${pid}`) && !/\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'latin1')), {
        timeout: 15_000,
      })
      .toBe(false);
  });

  test('gives the command no input, and of the server only its environment', async () => {
    const { run } = await aServerWithRunCmd({ env: { GREETING: 'hello' } });
    // Higher descriptors are inherited from the program that started the tests; Node closes only the low ones.
    const descriptors = 'for fd in /proc/$$/fd/*; do [ -e $fd ] && [ $(basename $fd) -lt 16 ] && basename $fd; done';
    expect((await run(`cat; echo $GREETING; ${descriptors}; true`)).stdout).toBe('hello\n0\n1\n2\n');
  });
});

describe('run_cmd refuses', () => {
  const refusalOf = async (server: SpawnedServer, args: JsonObject) => outputOf(await server.callTool('run_cmd', args));

  test('a folder outside workspace.roots, a missing one and a relative one, with the fix', async () => {
    const { server } = await theServerWithRunCmd();
    expect(await refusalOf(server, { cmd: 'true', cwd: '/usr' })).toMatchObject({
      code: 'forbidden',
      error: expect.stringContaining('workspace.roots'),
    });
    expect(await refusalOf(server, { cmd: 'true', cwd: '/nowhere/at/all' })).toMatchObject({ code: 'not_found' });
    expect(await refusalOf(server, { cmd: 'true', cwd: 'src' })).toMatchObject({ code: 'invalid_input' });
  });

  test('bad arguments, by name', async () => {
    const { server, world } = await theServerWithRunCmd();
    for (const [name, value] of [
      ['cmd', ''],
      ['cmd', 'a\0b'],
      ['timeout', 0],
      ['timeout', 1e9],
    ] as const)
      expect(await refusalOf(server, { cmd: 'true', cwd: world.projectDir, [name]: value })).toMatchObject({
        code: 'invalid_input',
        error: expect.stringContaining(name),
      });
  });

  test('a headless session, also one that lists all tools', async () => {
    const world = aWorld();
    const server = spawnServer({ world, env: { MAITRED_HEADLESS: '1' }, args: ['--visibility', 'always'] });
    await server.initialize();
    expect(await refusalOf(server, { cmd: 'true', cwd: world.projectDir })).toMatchObject({
      success: false,
      code: 'forbidden',
      error: expect.stringContaining('MAITRED_HEADLESS'),
    });
  });

  test('a session that has not opened the kitchen', async () => {
    const world = aWorld();
    const server = spawnServer({ world });
    await server.initialize();
    const { error } = await server.callTool('run_cmd', { cmd: 'true', cwd: world.projectDir });
    expect(error).toMatchObject({ code: -32_602, message: expect.stringContaining('open_kitchen') });
  });
});
