import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, readlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { tempFolder } from '../../../doubles/temp-folder.ts';
import type { GuardedServerRequest } from '../../../fixtures/guarded-server.ts';
import { collectLines } from '../../../support/line-collector.ts';
import { readyPidIn } from './a-process-service.ts';
import {
  bearersOf,
  endWithTheTest,
  isStillThere,
  often,
  readProcess,
  readProcesses,
  type SeenProcess,
} from './read-processes.ts';

const sleeper = 'echo > up; exec sleep 100';
/** It starts a sleeper before it reports that it is ready. */
const andStays = (start: string) => `rm -f up; mkfifo up; ${start}\nread -r _ < up; echo "ready $$"; exec sleep 100`;

const programs = {
  plain: `echo "ready $$"; exec sleep 100`,
  'in a session of its own': andStays(`setsid bash -c '${sleeper}' &`),
  'forked twice into a session of its own': andStays(`( setsid bash -c '${sleeper}' & )`),
  'deaf to SIGTERM': andStays(`trap '' TERM; ( setsid bash -c '${sleeper}' & )`),
} as const;

describe.runIf(process.platform === 'linux')('The guardian of a server', () => {
  it('ends everything that a killed server started, leaves others alone, and ends', async () => {
    const server = await startServer();
    for (const script of Object.values(programs)) await server.startProgram(script);
    expect(server.family()).toHaveLength(7);
    const guardian = server.guardian();
    const [other, ofNobody] = [startBearer(`${server.serverId}x.1`), startBearer('')];

    await server.end('SIGKILL');
    await expect.poll(server.family, often).toEqual([]);
    await expect.poll(() => isStillThere(guardian), often).toBe(false);
    expect([other, ofNobody].map(isStillThere)).toEqual([true, true]);
  });

  it('ends processes with the mark of the server among other marks', async () => {
    const server = await startServer();
    await server.startProgram(programs.plain);
    const nested = startBearer(`outer.3:${server.serverId}.9:inner.1`);
    await server.end('SIGKILL');
    await expect.poll(() => isStillThere(nested), often).toBe(false);
  });

  it('leaves a foreign process alone whose session holds one with the mark of the server', async () => {
    const server = await startServer();
    await server.startProgram(programs.plain);
    const script = `MAITRED_OWNER=${server.serverId}.9 sleep 100 & echo "ready"; exec sleep 100`;
    const stranger = spawn('bash', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
    onTestFinished(() => void stranger.kill('SIGKILL'));
    await once(stranger.stdout, 'data');
    await expect.poll(server.family, often).toHaveLength(2);
    const guardian = server.guardian();
    await server.end('SIGKILL');
    await expect.poll(server.family, often).toEqual([]);
    await expect.poll(() => isStillThere(guardian), often).toBe(false);
    expect(readProcess(stranger.pid ?? 0)).not.toBeNull();
  });

  it('ends without a signal when the server shuts down after all programs ended', async () => {
    const server = await startServer();
    expect(await server.ask({ run: 'exit 0' })).toBe('exited');
    const guardian = server.guardian();
    // It would be ended by a look for the server’s processes.
    const bearer = startBearer(`${server.serverId}.99`);
    await server.leave();
    await expect.poll(() => isStillThere(guardian), often).toBe(false);
    expect(isStillThere(bearer)).toBe(true);
  });

  it('ends when the server exits at once, while programs run', async () => {
    const server = await startServer();
    await server.startProgram(programs['deaf to SIGTERM']);
    const guardian = server.guardian();
    await server.leave();
    await expect.poll(server.family, often).toEqual([]);
    await expect.poll(() => isStillThere(guardian), often).toBe(false);
  });

  it('starts before the first program, and one serves all', async () => {
    const server = await startServer();
    expect(server.guardians()).toEqual([]);
    const pid = await server.startProgram(programs.plain);
    expect(server.guardian().startTicks).toBeLessThanOrEqual(readProcess(pid)?.startTicks ?? 0);
    await server.startProgram(programs.plain);
    expect(server.guardians()).toHaveLength(1);
    await server.end('SIGKILL');
    await expect.poll(server.family, often).toEqual([]);
  });

  it('is replaced with the next program after it was killed', async () => {
    const server = await startServer();
    await server.startProgram(programs.plain);
    const killed = server.guardian();
    process.kill(killed.pid, 'SIGKILL');
    // Not only dead: the server has heard of it.
    await expect.poll(() => lookAtProcFolder(killed.pid), often).toBe(false);
    await server.startProgram(programs['in a session of its own']);
    expect(server.guardian().pid).not.toBe(killed.pid);
    await server.end('SIGKILL');
    await expect.poll(server.family, often).toEqual([]);
  });

  it('ignores signals that end the processes of a server one by one or from the keyboard', async () => {
    const server = await startServer();
    await server.startProgram(programs.plain);
    const guardian = server.guardian();
    const names = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGTSTP', 'SIGPIPE'] as const;
    await expect.poll(() => names.filter((name) => !isIgnoring(guardian.pid, name)), often).toEqual([]);
    for (const name of names) process.kill(guardian.pid, name);
    await server.end('SIGKILL');
    await expect.poll(server.family, often).toEqual([]);
  });

  it('ignores them while it ends the processes of the server', async () => {
    const server = await startServer();
    await server.startProgram(programs.plain);
    const guardian = server.guardian();
    // It is at work for half a second. Whom it ends stops it then, and stays until it is killed.
    await server.startProgram(
      `trap 'kill -STOP ${guardian.pid}' TERM; sleep 100 & echo "ready $$"; wait; exec sleep 100`,
    );
    await server.end('SIGKILL');
    await expect.poll(() => readProcess(guardian.pid)?.state, often).toBe('T');
    const names = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
    expect(names.filter((name) => !isCatching(guardian.pid, name))).toEqual([]);
    expect(server.family()).not.toEqual([]);
    for (const name of [...names, 'SIGCONT'] as const) process.kill(guardian.pid, name);
    await expect.poll(server.family, often).toEqual([]);
    await expect.poll(() => isStillThere(guardian), often).toBe(false);
  });

  it('has no part in the session, the folder, the output or the mark of its server', async () => {
    const server = await startServer('outer.1');
    await server.startProgram(programs.plain);
    const guardian = server.guardian();
    expect(guardian.sessionId).toBe(guardian.pid);
    expect(guardian.mark).toBe('');
    const linkOf = (name: string) => readlinkSync(`/proc/${guardian.pid}/${name}`);
    expect([linkOf('cwd'), linkOf('fd/1'), linkOf('fd/2')]).toEqual(['/', '/dev/null', '/dev/null']);
    await server.end('SIGKILL');
    await expect.poll(server.family, often).toEqual([]);
  });

  it('shows an environment, so that no reading waits for it', async () => {
    const server = await startServer();
    await server.startProgram(programs.plain);
    expect(readFileSync(`/proc/${server.guardian().pid}/environ`, 'latin1')).not.toBe('');
  });

  it('does not keep its server from exiting, nor hide that exit', async () => {
    const server = await startServer();
    expect(await server.ask({ run: 'exit 0' })).toBe('exited');
    const guardian = server.guardian();
    server.endInput();
    // `close`: nobody holds the server’s stdout and stderr any more.
    expect(await server.closed).toEqual([0, null]);
    await expect.poll(() => isStillThere(guardian), often).toBe(false);
  });
});

/** The built fixture, as a process that can be killed, with a name that nobody else has. */
async function startServer(ownerMark = '') {
  const serverId = `test-${randomUUID()}`;
  const dir = tempFolder();
  const ending = endWithTheTest(serverId);
  const child = spawn(
    process.execPath,
    [inject('guardedServer'), join(inject('programDir'), 'guardian.js'), serverId, dir],
    {
      env: { PATH: process.env.PATH, ...(ownerMark === '' ? {} : { MAITRED_OWNER: ownerMark }) },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const closed = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await closed;
  });
  const waiting: ((line: string) => void)[] = [];
  child.stdout.setEncoding('utf8').on('data', collectLines((line) => waiting.shift()?.(line)).push);
  const nextLine = () => new Promise<string>((resolve) => waiting.push(resolve));
  const say = (request: GuardedServerRequest) => void child.stdin.write(`${JSON.stringify(request)}\n`);
  expect(await nextLine()).toBe('ready');

  const guardians = () =>
    readProcesses().filter(({ parentPid, command }) => parentPid === child.pid && command.includes('maitred-guardian'));
  let started = 0;
  return {
    serverId,
    closed,
    guardians,
    guardian(): SeenProcess {
      const [guardian] = guardians();
      if (guardian === undefined) throw new Error('there is no guardian');
      ending.also([guardian]);
      return guardian;
    },
    /** Everyone who bears the mark of this server. */
    family: () => bearersOf(`${serverId}.`),
    /** @returns its pid, when it has started all that it will */
    startProgram(script: string): Promise<number> {
      started += 1;
      say({ run: script });
      return readyPidIn(`${dir}/${serverId}.${started}.stdout`);
    },
    ask(request: GuardedServerRequest): Promise<string> {
      started += 1;
      say(request);
      return nextLine();
    },
    endInput: () => void child.stdin.end(),
    async leave() {
      say({ leave: true });
      expect(await closed).toEqual([0, null]);
    },
    async end(signal: NodeJS.Signals) {
      child.kill(signal);
      expect(await exitOf(child)).toBe(signal);
    },
  };
}

async function exitOf(child: ChildProcess): Promise<NodeJS.Signals | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.signalCode;
}

/** A process of the test’s own with this mark, in a session of its own: who takes that for a server’s shall not take the tests too. */
function startBearer(mark: string): SeenProcess {
  const env = { PATH: process.env.PATH, MAITRED_OWNER: mark };
  const child = spawn('sleep', ['100'], { env, stdio: 'ignore', detached: true });
  onTestFinished(() => void child.kill('SIGKILL'));
  const seen = readProcess(child.pid ?? 0);
  if (seen === null) throw new Error('the bearer is not there');
  return seen;
}

const lookAtProcFolder = (pid: number) => statusOf(pid) !== '';
const isIgnoring = (pid: number, name: keyof typeof constants.signals) => hasSignal(pid, 'SigIgn', name);
const isCatching = (pid: number, name: keyof typeof constants.signals) => hasSignal(pid, 'SigCgt', name);

function hasSignal(pid: number, field: 'SigIgn' | 'SigCgt', name: keyof typeof constants.signals): boolean {
  const mask = new RegExp(`^${field}:\\s*([0-9a-f]+)$`, 'm').exec(statusOf(pid))?.[1] ?? '0';
  return ((BigInt(`0x${mask}`) >> BigInt(constants.signals[name] - 1)) & 1n) === 1n;
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'latin1');
  } catch {
    return '';
  }
}
