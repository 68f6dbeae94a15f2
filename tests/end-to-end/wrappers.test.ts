import { spawn } from 'node:child_process';
import { on } from 'node:events';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import type { RequestId } from '../../src/domain/json-rpc.ts';
import { anInitialize, aRequest, aWorld, isAnswerTo, type Message, type World } from '../support/spawned-server.ts';

type Command = readonly string[];

/** What the client tells first. */
interface Cast {
  readonly clientPid: number;
  readonly wrapperPid: number;
  /** Holds the server's input open. */
  readonly holderPid: number;
}

/** A client that has started a server behind a wrapper and was greeted by it. */
interface WrappedClient extends Cast {
  /** What the test started: the client, or what is above it. */
  readonly startedPid: number;
  ping(): Promise<Message>;
  /** Ends the server's input, or only closes its own end of it; then terminates the wrapper. */
  leave(letGo: 'end' | 'close'): void;
}

const patience = { timeout: 15_000 };

const packageIn = (world: World) => join(world.homeDir, 'package');
const node = (world: World): Command => [process.execPath, join(packageIn(world), 'maitred.js'), 'serve'];
const npmExec = (world: World): Command => ['npm', 'exec', '--yes', '--package', packageIn(world), 'maitred', 'serve'];
const npx = (world: World): Command => ['npx', '--yes', packageIn(world), 'serve'];
/** The shell has something to do after the command, so it stays. */
const inShell = (shell: string, command: (world: World) => Command) => (world: World) => [
  shell,
  '-c',
  '"$@"; echo $? > exit-code',
  shell,
  ...command(world),
];

const wrappers = [
  { wrapper: 'sh', command: inShell('sh', node), tellsExitCode: true },
  { wrapper: 'bash', command: inShell('bash', node), tellsExitCode: true },
  { wrapper: 'npm exec', command: npmExec, tellsExitCode: false },
  { wrapper: 'npx', command: npx, tellsExitCode: false },
  { wrapper: 'npm exec in sh', command: inShell('sh', npmExec), tellsExitCode: true },
  { wrapper: 'npx in bash', command: inShell('bash', npx), tellsExitCode: true },
] as const;

/** A world with the program as a package in it, and an npm that asks nobody. */
function aWorldWithPackage(): World {
  const world = aWorld();
  cpSync(inject('programDir'), packageIn(world), { recursive: true });
  const manifest = { name: 'maitred', version: '0.0.0', bin: { maitred: 'maitred.js' } };
  writeFileSync(join(packageIn(world), 'package.json'), JSON.stringify(manifest));
  return { ...world, env: { ...world.env, npm_config_offline: 'true', npm_config_update_notifier: 'false' } };
}

/** @param above what starts the client, if it is not the test itself */
async function startClient(world: World, command: Command, above: Command = []): Promise<WrappedClient> {
  const [file = '', ...args] = [...above, process.execPath, resolve('tests/fixtures/wrapped-client.cjs'), ...command];
  const child = spawn(file, args, {
    cwd: world.projectDir,
    env: world.env,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  onTestFinished(async () => {
    for (const { pid } of livingIn(world)) kill(pid);
    await expect.poll(() => livingIn(world), patience).toEqual([]);
  });
  const told = on(child, 'message', { close: ['disconnect'] });
  const hear = async (): Promise<unknown> => {
    const { done, value } = await told.next();
    if (done === true) throw new Error('the client is gone');
    return value[0];
  };
  const answerTo = async (id: RequestId): Promise<Message> => {
    for (;;) {
      const message = (await hear()) as Message;
      if (isAnswerTo(message, id)) return message;
    }
  };
  const cast = (await hear()) as Cast;
  onTestFinished(() => kill(cast.holderPid));
  child.send(anInitialize('greeting'));
  await answerTo('greeting');
  // A server that has put down its record has looked before who is above it.
  const records = () => readdirSync(world.stateFolder.serversDir);
  await expect.poll(records, patience).toEqual([expect.stringMatching(/\.json$/)]);
  return {
    ...cast,
    startedPid: child.pid ?? 0,
    ping() {
      child.send(aRequest('ping', 'ping'));
      return answerTo('ping');
    },
    leave: (letGo) => void child.send(letGo),
  };
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has gone by itself.
  }
}

/** The processes that were started in this world; those that have ended no longer show their environment. */
function livingIn({ stateFolder }: World): { pid: number; command: string }[] {
  const isInWorld = (pid: string) => readProc(pid, 'environ').includes(`MAITRED_STATE_DIR=${stateFolder.dir}\0`);
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isInWorld(name));
  return pids.map((pid) => ({ pid: Number(pid), command: readProc(pid, 'cmdline').replaceAll('\0', ' ') }));
}

function readProc(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}

const endReasonOf = ({ stateFolder }: World) =>
  JSON.parse(readFileSync(stateFolder.lastServerFile, 'utf8')).shutdownTrigger;

// Elsewhere than on Linux only the direct parent is watched.
describe.skipIf(process.platform !== 'linux')('a server whose input never ends', () => {
  test.each(wrappers)(
    'leaves from behind $wrapper when its client is killed, and the wrapper goes too',
    async ({ command, tellsExitCode }) => {
      const world = aWorldWithPackage();
      const { clientPid } = await startClient(world, command(world));
      kill(clientPid);
      await expect.poll(() => livingIn(world), patience).toEqual([]);
      expect(endReasonOf(world)).toBe('parentDied');
      if (tellsExitCode) expect(readFileSync(join(world.projectDir, 'exit-code'), 'utf8')).toBe('0\n');
    },
  );

  test.each([wrappers[0], wrappers[2], wrappers[4]])('leaves when its client kills $wrapper', async ({ command }) => {
    const world = aWorldWithPackage();
    const { clientPid, wrapperPid } = await startClient(world, command(world));
    kill(wrapperPid);
    await expect.poll(() => livingIn(world).filter(({ pid }) => pid !== clientPid), patience).toEqual([]);
    expect(endReasonOf(world)).toBe('parentDied');
  });

  test('stays with its client, though the shell that started the client is killed', async () => {
    const world = aWorldWithPackage();
    const client = await startClient(world, inShell('sh', npmExec)(world), ['sh', '-c', '"$@"; true', 'sh']);
    kill(client.startedPid);
    // A neighbour that came later and has left has seen its client die: so this server has looked as often, and found its own alive.
    for (const _ of ['once', 'twice']) await seeNeighbourLeave();
    expect(livingIn(world)).toContainEqual(expect.objectContaining({ pid: client.wrapperPid }));
    expect(await client.ping()).toMatchObject({ result: {} });
  });
});

async function seeNeighbourLeave(): Promise<void> {
  const world = aWorldWithPackage();
  const { clientPid } = await startClient(world, inShell('sh', node)(world));
  kill(clientPid);
  await expect.poll(() => livingIn(world), patience).toEqual([]);
  expect(endReasonOf(world)).toBe('parentDied');
}

// In this order the client of the SDK leaves.
test.each([
  { letGo: 'end', shutdownTrigger: 'eof' },
  { letGo: 'close', shutdownTrigger: 'parentDied' },
] as const)(
  'nobody is left when a client lets go of the input ($letGo) and terminates sh',
  async ({ letGo, shutdownTrigger }) => {
    const world = aWorldWithPackage();
    const { clientPid, leave } = await startClient(world, inShell('sh', node)(world));
    leave(letGo);
    await expect.poll(() => livingIn(world).filter(({ pid }) => pid !== clientPid), patience).toEqual([]);
    expect(endReasonOf(world)).toBe(shutdownTrigger);
  },
);
