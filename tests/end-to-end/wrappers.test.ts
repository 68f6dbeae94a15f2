import { spawn } from 'node:child_process';
import { on } from 'node:events';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import type { RequestId } from '../../src/domain/json-rpc.ts';
import { aMarkedWorld, commandsOf, kill, type MarkedWorld, markedProcesses } from '../support/marked-world.ts';
import { lastServerRecord, recordedServerIds } from '../support/recorded-servers.ts';
import { anInitialize, aRequest, isAnswerTo, type Message, type World } from '../support/spawned-server.ts';

type Command = readonly string[];

/** The client's first message. */
interface Pids {
  readonly clientPid: number;
  readonly wrapperPid: number;
  /** The process that keeps the server's input open. */
  readonly holderPid: number;
}

/** A client that has started a server behind a wrapper and got its initialize answer. */
interface WrappedClient extends Pids {
  /** The process that the test started: the client or its parent. */
  readonly startedPid: number;
  ping(): Promise<Message>;
  /** Ends the server's input, or only closes its own end of it; then terminates the wrapper. */
  leave(how: 'end' | 'close'): void;
}

const packageIn = (world: World) => join(world.homeDir, 'package');
const node = (world: World): Command => [process.execPath, join(packageIn(world), 'maitred.js'), 'serve'];
const npmExec = (world: World): Command => ['npm', 'exec', '--yes', '--package', packageIn(world), 'maitred', 'serve'];
const npx = (world: World): Command => ['npx', '--yes', packageIn(world), 'serve'];
/** The shell runs another command afterwards, so it does not replace itself with the first. */
const inShell = (shell: string, command: (world: World) => Command) => (world: World) => [
  shell,
  '-c',
  '"$@"; echo $? > exit-code',
  shell,
  ...command(world),
];

/** Each shell, each name of npm, and both kinds together. */
const wrappers = {
  sh: { command: inShell('sh', node), writesExitCode: true },
  bash: { command: inShell('bash', node), writesExitCode: true },
  'npm exec': { command: npmExec, writesExitCode: false },
  'npx in bash': { command: inShell('bash', npx), writesExitCode: true },
} as const;

type Wrapper = keyof typeof wrappers;

/** A world that contains the program as a package, and an npm that stays offline. */
function aWorldWithPackage(): MarkedWorld {
  const world = aMarkedWorld();
  cpSync(inject('programDir'), packageIn(world), { recursive: true });
  const manifest = { name: 'maitred', version: '0.0.0', bin: { maitred: 'maitred.js' } };
  writeFileSync(join(packageIn(world), 'package.json'), JSON.stringify(manifest));
  return { ...world, env: { ...world.env, npm_config_offline: 'true', npm_config_update_notifier: 'false' } };
}

/** @param launcher a command that starts the client */
async function startClient(world: MarkedWorld, command: Command, launcher: Command = []): Promise<WrappedClient> {
  const [file = '', ...args] = [
    ...launcher,
    process.execPath,
    resolve('tests/fixtures/wrapped-client.cjs'),
    ...command,
  ];
  const child = spawn(file, args, {
    cwd: world.projectDir,
    env: world.env,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const messages = on(child, 'message', { close: ['disconnect'] });
  const next = async (): Promise<unknown> => {
    const { done, value } = await messages.next();
    if (done === true) throw new Error('the client has exited');
    return value[0];
  };
  const answerTo = async (id: RequestId): Promise<Message> => {
    for (;;) {
      const message = (await next()) as Message;
      if (isAnswerTo(message, id)) return message;
    }
  };
  const pids = (await next()) as Pids;
  onTestFinished(() => kill(pids.holderPid));
  child.send(anInitialize('initialize'));
  await answerTo('initialize');
  // A server writes its record after it has read who its ancestors are.
  await expect.poll(() => recordedServerIds(world)).toHaveLength(1);
  return {
    ...pids,
    startedPid: child.pid ?? 0,
    ping() {
      child.send(aRequest('ping', 'ping'));
      return answerTo('ping');
    },
    leave: (how) => void child.send(how),
  };
}

/** The commands that run in this world, except for that of one process. */
const processesIn = (world: MarkedWorld, exceptPid?: number): string[] =>
  commandsOf(markedProcesses(world).filter(({ pid }) => pid !== exceptPid));

const endReasonOf = (world: World) => lastServerRecord(world).shutdownTrigger;

// On other systems only the direct parent is watched.
describe.skipIf(process.platform !== 'linux')('a server behind a wrapper', () => {
  test('exits when its client is killed, and so does the wrapper', async () => {
    const endBehind = async (wrapper: Wrapper) => {
      const { command, writesExitCode } = wrappers[wrapper];
      const world = aWorldWithPackage();
      const { clientPid } = await startClient(world, command(world));
      kill(clientPid);
      await expect.poll(() => processesIn(world), { message: wrapper }).toEqual([]);
      expect(endReasonOf(world), wrapper).toBe('parentDied');
      if (writesExitCode) expect(readFileSync(join(world.projectDir, 'exit-code'), 'utf8'), wrapper).toBe('0\n');
    };
    await Promise.all((Object.keys(wrappers) as Wrapper[]).map(endBehind));
  });

  test('exits when its client kills the wrapper, or gives up the input and terminates the wrapper as the client of the SDK does', async () => {
    const endBehind = async (wrapper: Wrapper, how: 'kill' | 'end' | 'close') => {
      const world = aWorldWithPackage();
      const { clientPid, wrapperPid, leave } = await startClient(world, wrappers[wrapper].command(world));
      if (how === 'kill') kill(wrapperPid);
      else leave(how);
      await expect.poll(() => processesIn(world, clientPid), { message: `${wrapper}: ${how}` }).toEqual([]);
      return endReasonOf(world);
    };
    const reasons = [
      endBehind('sh', 'kill'),
      endBehind('npx in bash', 'kill'),
      endBehind('sh', 'end'),
      endBehind('sh', 'close'),
    ];
    expect(await Promise.all(reasons)).toEqual(['parentDied', 'parentDied', 'eof', 'parentDied']);
  });

  test('keeps serving its client when the shell that started the client is killed', async () => {
    const world = aWorldWithPackage();
    const client = await startClient(world, inShell('sh', npmExec)(world), ['sh', '-c', '"$@"; true', 'sh']);
    kill(client.startedPid);
    // Another server that starts now and notices the death of its client proves that this server has checked its own client, too.
    await untilAnotherServerExits();
    expect(markedProcesses(world)).toContainEqual(expect.objectContaining({ pid: client.wrapperPid }));
    expect(await client.ping()).toMatchObject({ result: {} });
  });
});

async function untilAnotherServerExits(): Promise<void> {
  const world = aWorldWithPackage();
  const { clientPid } = await startClient(world, inShell('sh', node)(world));
  kill(clientPid);
  await expect.poll(() => processesIn(world)).toEqual([]);
  expect(endReasonOf(world)).toBe('parentDied');
}
