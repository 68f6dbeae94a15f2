import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Host } from '../../src/app/host.ts';
import type { NodeProcess } from '../../src/app/node-process.ts';
import { recover } from '../../src/app/recover.ts';
import { createServerContext } from '../../src/app/server-context.ts';
import { noServeFlags } from '../../src/domain/serve-flags.ts';
import type { ProcessIdentity } from '../../src/domain/server-record.ts';
import { isSameProcessAlive, readProcessIdentity } from '../../src/services/platform/process-identity.ts';
import { aDeadProcess, aServerRecord, plantRecord } from '../doubles/server-records.ts';
import { tempFolder } from '../doubles/temp-folder.ts';

/** A program in a session of its own, as servers start theirs. */
async function aProgram(): Promise<ProcessIdentity> {
  const program = spawn('sleep', ['100'], { detached: true, stdio: 'ignore', env: { PATH: process.env.PATH } });
  await once(program, 'spawn');
  onTestFinished(() => void program.kill('SIGKILL'));
  return readProcessIdentity(program.pid ?? 0);
}

/** Recovers from a dead server whose record names a program that runs. @param process what the record says of the server */
async function recoverFrom(process: (program: ProcessIdentity) => ProcessIdentity) {
  const homeDir = tempFolder();
  const context = createServerContext({
    nodeProcess: { env: {}, pid: 1, stderr: { write: () => true }, cwd: () => homeDir } as unknown as NodeProcess,
    files: {
      dir: 'dist',
      load: () => undefined as never,
      fetch: () => undefined,
      read: () => '',
      keepCompiledCode: () => undefined,
    },
    homeDir,
    readFlags: () => ({ ...noServeFlags, projectDir: homeDir }),
  });
  const program = await aProgram();
  const { pid, startTicks } = program;
  const folder = context.place.stateFolder;
  mkdirSync(folder.serversDir, { recursive: true, mode: 0o700 });
  const file = plantRecord(
    folder,
    aServerRecord({
      serverId: 'dead',
      process: process(program),
      heartbeatAtMs: 0,
      programs: [{ pid, startTicks: startTicks ?? 0 }],
    }),
  );
  const host = { context, ensureServerRecord: () => undefined } as unknown as Host;
  await recover(host, { signal: new AbortController().signal, report: () => undefined });
  return { isSettled: !existsSync(file), isRunning: isSameProcessAlive(program, Date.now()) };
}

// A program is identified by its start time, which /proc shows.
describe.runIf(process.platform === 'linux')('The program of a dead server', () => {
  it('is ended', async () => {
    expect(await recoverFrom(aDeadProcess)).toEqual({ isSettled: true, isRunning: false });
  });

  it.each([
    ['the machine was started again since', { bootId: 'the boot before' }],
    ['the pids are those of another container', { pidNamespace: '1' }],
  ])('is spared where %s, also if pid and start time are those of a process that runs', async (_, change) => {
    expect(await recoverFrom((program) => ({ ...program, ...change }))).toEqual({ isSettled: true, isRunning: true });
  });
});
