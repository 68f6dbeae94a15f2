import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema, type ElicitResult } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { errorKinds } from '../../src/domain/app-error.ts';
import type { JsonObject } from '../../src/domain/json-object.ts';
import { ownerVariable } from '../../src/domain/owner-mark.ts';
import { aMarkedWorld, markedProcesses } from '../support/marked-world.ts';
import { runMaitred } from '../support/run-maitred.ts';
import { aWorld, type World } from '../support/spawned-server.ts';
import { runOnTerminal } from '../support/terminal.ts';

const program = () => join(inject('programDir'), 'maitred.js');
const hasTerminals = spawnSync('script', ['--version']).status === 0;
const patience = { timeout: 20_000 };

/** Asks a person, and then writes a line into `done`. */
const asking = (cwd: string) => ({
  ask: { action: 'confirm', message: 'Go on?', on_success: 'write', on_failure: 'refused' },
  write: { tool: 'run_cmd', with: { cmd: 'echo once >> done', cwd }, on_success: 'done' },
  refused: { action: 'stop', message: 'A person refused.' },
});

/** A project with the recipe `small`. @param stepsIn its steps, which work in the project */
function aProject(stepsIn: (cwd: string) => JsonObject = asking, world: World = aWorld()): World {
  const recipe = {
    name: 'small',
    description: 'A recipe of a test.',
    kitchen_rules: ['Call run_cmd only.'],
    steps: stepsIn(world.projectDir),
  };
  mkdirSync(`${world.projectDir}/.maitred/recipes`);
  writeFileSync(`${world.projectDir}/.maitred/recipes/small.yaml`, JSON.stringify(recipe));
  return world;
}

/** How often the step behind the gate was done. */
const timesDone = ({ projectDir }: World) =>
  existsSync(`${projectDir}/done`) ? readFileSync(`${projectDir}/done`, 'utf8').split('\n').length - 1 : 0;

interface ShownRun {
  readonly state: string;
  readonly step: string | null;
  readonly reason: string | null;
  readonly next: string;
  readonly steps: readonly JsonObject[];
}

const show = async (world: World, runId: string): Promise<ShownRun> =>
  JSON.parse((await runMaitred(world, 'runs', 'show', runId, '--json')).stdout) as ShownRun;

/** Runs `maitred order small` without a terminal. */
function order(world: World) {
  const child: ChildProcess = spawn(process.execPath, [program(), 'order', 'small'], {
    cwd: world.projectDir,
    env: world.env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let shown = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
  });
  return {
    exited: new Promise<number | null>((resolve) => child.once('close', resolve)),
    async untilShown(pattern: RegExp): Promise<string> {
      await expect.poll(() => shown, patience).toMatch(pattern);
      return /run (\S+);/.exec(shown)?.[1] ?? '';
    },
  };
}

const onTerminal = (
  world: World,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  launcher: readonly string[] = [],
) =>
  runOnTerminal([...launcher, process.execPath, program(), ...args], {
    cwd: world.projectDir,
    env: { ...world.env, ...env },
  });

/** The official SDK's client of a server with an open kitchen. */
async function aClient(world: World, answer?: () => Promise<ElicitResult>) {
  const client = new Client({ name: 'a-client', version: '1' }, { capabilities: answer ? { elicitation: {} } : {} });
  const asked: string[] = [];
  if (answer !== undefined)
    client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
      asked.push(params.message);
      return answer();
    });
  const { projectDir: cwd, env } = world;
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [program(), 'serve', '--open-kitchen'],
      cwd,
      env: { ...env },
      stderr: 'ignore',
    }),
  );
  onTestFinished(() => client.close());
  const call = async (name: string, args: JsonObject = {}): Promise<JsonObject> => {
    const { content } = await client.callTool({ name, arguments: args });
    return JSON.parse((content as readonly { readonly text: string }[])[0]?.text ?? '') as JsonObject;
  };
  return { call, asked };
}

describe.skipIf(!hasTerminals)('maitred order', () => {
  it('runs a recipe in the background: prints the id of the run, and nothing of it is left when it has ended', async () => {
    const world = aMarkedWorld();
    const { code, stdout } = await runMaitred(world, 'order', 'smoke', 'project=.', '--detach');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\S+\n$/);
    await expect.poll(async () => (await show(world, stdout.trim())).state, patience).toBe('stopped');
    await expect.poll(() => markedProcesses(world), patience).toEqual([]);
  });

  it('lets as many steps finish as it may visit, and goes on when a person has raised the budget', async () => {
    const world = aProject((cwd) => {
      const write = { tool: 'run_cmd', with: { cmd: 'echo once >> done', cwd } };
      return { one: { ...write, on_success: 'two' }, two: { ...write, on_success: 'one' } };
    });
    const ordered = await runMaitred(world, 'order', 'small', '--budget', 'visits=5', '--json');
    const { run_id: runId, ...report } = JSON.parse(ordered.stdout) as ShownRun & { readonly run_id: string };
    expect({ code: ordered.code, report }).toMatchObject({ code: 1, report: { state: 'budget_exhausted' } });
    expect(timesDone(world)).toBe(5);
    const resume = ['runs', 'resume', runId, '--budget', 'visits=7'];
    expect(await onTerminal(world, resume).exited()).toBe(1);
    expect(timesDone(world)).toBe(7);
  });
});

describe.skipIf(!hasTerminals)('A gate', () => {
  it('is approved by a person on another terminal, and by nobody else', async () => {
    const world = aProject();
    const { untilShown, exited } = order(world);
    const runId = await untilShown(/a person decides/);
    const approve = ['runs', 'approve', runId];
    const mark = { [ownerVariable]: 'a-server.1' };
    const refused = await Promise.all([
      runMaitred(world, ...approve).then(({ code }) => code),
      onTerminal(world, approve, { MAITRED_HEADLESS: '1' }).exited(),
      onTerminal(world, approve, mark).exited(),
      onTerminal(world, approve, mark, ['env', '-u', ownerVariable]).exited(),
    ]);
    expect(refused).toEqual(Array(4).fill(errorKinds.forbidden.exitCode));
    expect(await show(world, runId)).toMatchObject({ state: 'waiting', step: 'ask' });
    expect(timesDone(world)).toBe(0);
    const terminal = onTerminal(world, approve);
    expect(await terminal.exited()).toBe(0);
    expect(terminal.shown).toContain('Go on?');
    expect(await exited).toBe(0);
    expect(await show(world, runId)).toMatchObject({ state: 'succeeded' });
    expect(timesDone(world)).toBe(1);
  });

  it('of a run that a client has started is answered with the code that a person reads on a terminal, once', async () => {
    const world = aProject();
    const { call } = await aClient(world);
    const { run_id: runId } = await call('start_run', { recipe: 'small' });
    const waiting = { state: 'waiting', gate: { step: 'ask', shown: 'Go on?' } };
    await expect.poll(() => call('run_status', { run_id: runId }), patience).toMatchObject(waiting);
    const answer = { run_id: runId, step: 'ask', decision: 'approve' };
    expect(await call('answer_gate', { ...answer, code: 'AAAA-AAAA' })).toMatchObject({ code: 'forbidden' });
    const terminal = onTerminal(world, ['runs', 'show', String(runId)]);
    await terminal.exited();
    const [, code] = /for one answer: (\S+)/.exec(terminal.shown) ?? [];
    expect(await call('answer_gate', { ...answer, code })).toMatchObject({ success: true });
    await expect.poll(() => call('run_status', { run_id: runId }), patience).toMatchObject({ state: 'succeeded' });
    expect(await call('answer_gate', { ...answer, code })).toMatchObject({ success: false });
    expect(timesDone(world)).toBe(1);
  });
});

describe('A gate of a run that a client has started', () => {
  it('is answered in the client, where that asks its user', async () => {
    const world = aProject();
    const { call, asked } = await aClient(world, async () => {
      await wait(350);
      return { action: 'accept', content: { decision: 'approve' } };
    });
    const { run_id: runId } = await call('start_run', { recipe: 'small' });
    await expect.poll(() => call('run_status', { run_id: runId }), patience).toMatchObject({ state: 'succeeded' });
    expect(asked).toEqual([expect.stringContaining('Go on?')]);
    expect(timesDone(world)).toBe(1);
  });
});

describe('maitred runs cancel', () => {
  it('ends a run in the middle of a step, and what the step has started', async () => {
    const world = aMarkedWorld();
    aProject(
      (cwd) => ({ wait: { tool: 'run_cmd', with: { cmd: 'touch begun; sleep 1000', cwd }, on_success: 'done' } }),
      world,
    );
    const { untilShown, exited } = order(world);
    const runId = await untilShown(/run \S+;/);
    await expect.poll(() => existsSync(`${world.projectDir}/begun`), patience).toBe(true);
    expect((await runMaitred(world, 'runs', 'cancel', runId)).code).toBe(0);
    expect(await exited).toBe(130);
    expect(await show(world, runId)).toMatchObject({ state: 'cancelled' });
    await expect.poll(() => markedProcesses(world), patience).toEqual([]);
  });
});
