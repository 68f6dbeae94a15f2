import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ProcessIdentity, unseenDeadAfterMs } from '../../../src/domain/server-record.ts';
import {
  hasOurPids,
  isSameProcessAlive,
  type ProcessSystem,
  readProcessIdentity,
} from '../../../src/services/platform/process-identity.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';

/** A process that prints its pid on its first line, and runs until the test ends. */
async function startProcess(program: string, args: readonly string[]): Promise<{ child: ChildProcess; line: string }> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const [line] = await once(child.stdout, 'data');
  return { child, line: String(line).trim() };
}

const printsPidAndWaits = 'console.log(process.pid); process.stdin.resume()';
/** Whether it is alive, seen a moment ago. */
const isAlive = (identity: ProcessIdentity, system?: ProcessSystem) => isSameProcessAlive(identity, Date.now(), system);

const onLinux = process.platform === 'linux';

describe('The identity of a process', () => {
  it('is alive while its process runs', async () => {
    const { child, line } = await startProcess(process.execPath, ['-e', printsPidAndWaits]);
    const identity = readProcessIdentity(Number(line));
    expect(identity.pid).toBe(child.pid);
    expect(isAlive(identity)).toBe(true);

    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isAlive(identity)).toBe(false);
  });

  it.runIf(onLinux)(
    'holds start time and boot, also for a program with spaces and parentheses in its name',
    async () => {
      const program = `${tempFolder()}/a) R 1 (b c)`;
      symlinkSync(process.execPath, program);
      const { line } = await startProcess(program, ['-e', `process.title = 'x) Z 1 1 (y'; ${printsPidAndWaits}`]);
      const identity = readProcessIdentity(Number(line));
      const mine = readProcessIdentity(process.pid);
      expect(mine.startTicks).toBeGreaterThan(0);
      expect(identity.startTicks).toBeGreaterThanOrEqual(mine.startTicks ?? Number.POSITIVE_INFINITY);
      expect(identity.startTicks).toBeLessThan((mine.startTicks ?? 0) + 100 * 3_600);
      expect(identity.bootId).toMatch(/^[0-9a-f-]{36}$/);
      expect(isAlive(identity)).toBe(true);
    },
  );

  it.runIf(onLinux)('is not that of a later process with the same pid, nor of one of another boot', () => {
    const mine = readProcessIdentity(process.pid);
    expect(isAlive(mine)).toBe(true);
    expect(isAlive({ ...mine, startTicks: (mine.startTicks ?? 0) - 1 })).toBe(false);
    expect(isAlive({ ...mine, bootId: '00000000-0000-0000-0000-000000000000' })).toBe(false);
  });

  it.runIf(onLinux)('is not that of a zombie', async () => {
    const { line } = await startProcess('sh', ['-c', 'sleep 1 & echo $!; exec sleep 1000']);
    const zombie = readProcessIdentity(Number(line));
    await expect.poll(() => isAlive(zombie)).toBe(false);
    expect(() => process.kill(zombie.pid, 0)).not.toThrow();
  });

  it("is alive when the process is another user's", () => {
    const refuses = (code: string) => () => {
      throw Object.assign(new Error(code), { code });
    };
    const ofAnotherUser = { pid: 4_242, startTicks: null, bootId: null };
    const procDir = tempFolder();
    expect(isAlive(ofAnotherUser, { procDir, probe: refuses('EPERM') })).toBe(true);
    expect(isAlive(ofAnotherUser, { procDir, probe: refuses('ESRCH') })).toBe(false);
  });

  it('has null for what the system does not show, and then only the pid counts', () => {
    const silent = { procDir: `${tempFolder()}/absent`, probe: () => undefined };
    expect(readProcessIdentity(4_242, silent)).toEqual({
      pid: 4_242,
      startTicks: null,
      bootId: null,
      pidNamespace: null,
    });
    expect(isAlive({ pid: 4_242, startTicks: 7, bootId: 'b' }, silent)).toBe(true);
  });

  it('has null for what the system shows in another form', () => {
    const procDir = tempFolder();
    mkdirSync(`${procDir}/7`);
    writeFileSync(`${procDir}/7/stat`, '7 (cut');
    expect(readProcessIdentity(7, { procDir, probe: () => undefined }).startTicks).toBeNull();
  });

  it('is never alive for numbers that mean groups of processes', () => {
    for (const pid of [0, -1, -process.pid, 1.5, Number.NaN]) {
      expect(isAlive({ pid, startTicks: null, bootId: null })).toBe(false);
    }
  });

  describe('of another pid namespace', () => {
    const mine = readProcessIdentity(process.pid);
    const elsewhere = { ...mine, pidNamespace: 'another' };

    it('is alive until its last sign of life is old, whatever process has its pid here', () => {
      const nobody = { ...elsewhere, pid: 2 ** 30, startTicks: 1 };
      for (const identity of [elsewhere, nobody]) {
        expect(isSameProcessAlive(identity, Date.now() - unseenDeadAfterMs + 10_000)).toBe(true);
        expect(isSameProcessAlive(identity, Date.now() - unseenDeadAfterMs - 1)).toBe(false);
      }
    });

    it('names pids that are not ours, as does one of a system that shows no namespace', () => {
      expect(hasOurPids(mine)).toBe(true);
      expect(hasOurPids(elsewhere)).toBe(false);
      expect(hasOurPids({ ...mine, pidNamespace: mine.pidNamespace === null ? 'one' : null })).toBe(false);
    });

    it.runIf(onLinux)('is what a process may be of, where neither shows its namespace', () => {
      const silent = {
        procDir: `${tempFolder()}/absent`,
        probe() {
          throw Object.assign(new Error('ESRCH'), { code: 'ESRCH' });
        },
      };
      const unknown = readProcessIdentity(4_242, silent);
      expect(hasOurPids(unknown, silent)).toBe(false);
      expect(isSameProcessAlive(unknown, Date.now() - unseenDeadAfterMs + 10_000, silent)).toBe(true);
      expect(isSameProcessAlive(unknown, Date.now() - unseenDeadAfterMs - 1, silent)).toBe(false);
    });

    it('is taken for one of ours where an earlier version has not written the namespace', () => {
      const { pidNamespace: _, ...old } = mine;
      expect(hasOurPids(old)).toBe(true);
      expect(isSameProcessAlive(old, 0)).toBe(true);
      expect(isSameProcessAlive({ ...old, pid: 2 ** 30 }, Date.now())).toBe(false);
    });
  });
});
