import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ProcessSpec } from '../../../../src/domain/child-process.ts';
import { createProcessTable } from '../../../../src/services/platform/process/create-process-table.ts';
import { endOwned } from '../../../../src/services/platform/process/end-owned.ts';
import { createOwnedProcesses } from '../../../../src/services/platform/process/owned-processes.ts';
import { tempFolder } from '../../../doubles/temp-folder.ts';
import { type AProcessService, aProcessService, aSpec, neverStopped } from './a-process-service.ts';
import { bearersOf, readProcess } from './read-processes.ts';

describe.runIf(process.platform === 'linux')('A program gets', () => {
  it('a mark with the server and its number, even if the spec sets another, and the given environment', async () => {
    const service = aProcessService({ env: { PATH: process.env.PATH, GIVEN: 'a', CHANGED: 'b', ABSENT: undefined } });
    const show = 'env -u _ -u PWD -u SHLVL -u PATH | sort';
    const env = { MAITRED_OWNER: 'somebody.1', CHANGED: 'c' };
    for (const work of [1, 2])
      expect(await outputOf(service, show, { env })).toBe(
        `CHANGED=c\nGIVEN=a\nMAITRED_OWNER=${service.serverId}.${work}\n`,
      );
  });

  it('no variable that ties git to another repository, unless the spec sets it: a commit lands where it is made', async () => {
    const [hooked, other] = [aRepository(), aRepository()];
    const env = {
      PATH: process.env.PATH,
      HOME: tempFolder(),
      GIT_DIR: join(hooked, '.git'),
      GIT_WORK_TREE: hooked,
      GIT_INDEX_FILE: join(hooked, '.git', 'index'),
      GIT_PREFIX: 'src/',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'core.worktree',
      GIT_CONFIG_VALUE_0: hooked,
      GIT_AUTHOR_NAME: 'kept',
    };
    const service = aProcessService({ env });
    const commit = 'git commit --quiet --allow-empty --message=here && git log --format=%an:%s';
    expect(await outputOf(service, `${commit}; env | grep -c ^GIT_`, { cwd: other })).toBe('kept:here\n1\n');
    expect(commitsIn(hooked)).toBe(0);
    await outputOf(service, 'git commit --quiet --allow-empty --message=there', {
      cwd: other,
      env: { GIT_DIR: env.GIT_DIR },
    });
    expect([commitsIn(hooked), commitsIn(other)]).toEqual([1, 1]);
  });

  it('no input, and none of the files and sockets of the server', async () => {
    const service = aProcessService();
    const file = openSync('package.json', 'r');
    const socket = createServer();
    onTestFinished(() => {
      closeSync(file);
      socket.close();
    });
    await new Promise<void>((resolve) => socket.listen(`${service.dir}/socket`, resolve));
    const list = await outputOf(service, 'exec ls -l /proc/self/fd');
    const [, ...lines] = list.trimEnd().split('\n');
    const inherited = descriptorsFromOurParent();
    expect(inherited).not.toContain(String(file));
    const links = lines
      .map((line) => /(\d+) -> (.*)$/.exec(line)?.slice(1) ?? [])
      .filter(([fd = '']) => !inherited.includes(fd));
    const outputOfWork = `${service.outputDir}/${service.serverId}.1`;
    expect(links).toEqual([
      ['0', '/dev/null'],
      ['1', `${outputOfWork}.stdout`],
      ['2', `${outputOfWork}.stderr`],
      // The folder that ls reads.
      ['3', expect.stringMatching(/^\/proc\/\d+\/fd$/)],
    ]);
  });

  it('an empty input', async () => {
    expect(await outputOf(aProcessService(), 'cat; echo "read: $?"')).toBe('read: 0\n');
  });

  it('default handlers for all signals, also for those that the server ignores', async () => {
    const script = `exec grep -E '^Sig(Blk|Ign)' /proc/self/status`;
    expect(await outputOf(aProcessService(), script)).toBe('SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n');
  });

  it('a session and a group of its own', async () => {
    const service = aProcessService();
    const [pid, group, session] = (await outputOf(service, 'echo $$ $(cut -d" " -f5,6 /proc/$$/stat)')).split(/\s/);
    expect([group, session]).toEqual([pid, pid]);
    expect(Number(session)).not.toBe(readProcess(process.pid)?.sessionId);
  });

  it('the folder of the spec, and its arguments as they are', async () => {
    const service = aProcessService();
    const args = ['-c', 'pwd; printf "%s|" "$@"', 'bash', '$HOME', '*', '"', ' ', '', ';exit 1'];
    expect(await outputOf(service, '', { cwd: '/usr', args })).toBe('/usr\n$HOME|*|"| ||;exit 1|');
  });

  it('files for its output that only its user can read, in a folder for that user alone', async () => {
    const service = aProcessService();
    const controller = new AbortController();
    const outcome = service.processes.run(aSpec(service, 'umask 0; echo "ready $$"; exec sleep 100'), {
      signal: controller.signal,
    });
    await service.readyPid();
    const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
    for (const name of ['stdout', 'stderr'])
      expect(modeOf(`${service.outputDir}/${service.serverId}.1.${name}`)).toBe('600');
    expect(modeOf(service.outputDir)).toBe('700');
    controller.abort();
    await outcome;
  });
});

describe.runIf(process.platform === 'linux')('A program of a server that somebody owns', () => {
  it('has the marks of both, and ends with the outer one', async () => {
    const outer = `outer-${crypto.randomUUID()}`;
    const service = aProcessService({ env: { PATH: process.env.PATH, MAITRED_OWNER: `${outer}.4` } });
    const spec = aSpec(service, `( setsid sleep 100 & ); echo "ready $$"; exec sleep 100`);
    const outcome = service.processes.run(spec, { signal: neverStopped() });
    const pid = await service.readyPid();
    // While a program replaces another, the kernel shows no environment.
    await expect.poll(() => readProcess(pid)?.mark).toBe(`${outer}.4:${service.serverId}.1`);

    await endAllOf(`${outer}.40`);
    await endAllOf(`${outer}.4.1`);
    await expect.poll(() => bearersOf(service.serverId)).toHaveLength(2);
    await endAllOf(`${outer}.4`);
    expect(bearersOf(service.serverId)).toEqual([]);
    expect(await outcome).toMatchObject({ reason: 'exited', exit: { code: null, signal: 'SIGTERM' } });
  });

  it('ends with the whole outer server too, and with its own', async () => {
    const outer = `outer-${crypto.randomUUID()}`;
    const service = aProcessService({ env: { PATH: process.env.PATH, MAITRED_OWNER: `${outer}.4` } });
    for (const [index, owner] of [outer, service.serverId].entries()) {
      const spec = aSpec(service, `echo "ready $$"; exec sleep 100`);
      const outcome = service.processes.run(spec, { signal: neverStopped() });
      await service.readyPid(index + 1);
      await endAllOf(owner);
      expect(bearersOf(service.serverId)).toEqual([]);
      await outcome;
    }
  });
});

/** What whoever started the tests has left open for all: not of the server's making, and it cannot close it for others. */
function descriptorsFromOurParent(): string[] {
  const closesOnExec = (fd: string) => {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1] ?? '0';
    return (Number.parseInt(flags, 8) & 0o2000000) !== 0;
  };
  const own = readdirSync('/proc/self/fd').filter((fd) => existsSync(`/proc/self/fdinfo/${fd}`));
  return own.filter((fd) => Number(fd) > 2 && !closesOnExec(fd));
}

function aRepository(): string {
  const dir = tempFolder();
  for (const args of [['init'], ['config', 'user.email', 'a@b.c'], ['config', 'user.name', 'a']])
    execFileSync('git', args, { cwd: dir, env: { PATH: process.env.PATH }, stdio: 'ignore' });
  return dir;
}

const commitsIn = (dir: string): number =>
  Number(execFileSync('git', ['rev-list', '--all', '--count'], { cwd: dir, env: { PATH: process.env.PATH } }));

async function outputOf(service: AProcessService, script: string, spec: Partial<ProcessSpec> = {}): Promise<string> {
  const { stdout, stderr } = await service.processes.run(aSpec(service, script, spec), { signal: neverStopped() });
  expect(stderr.text).toBe('');
  return stdout.text;
}

/** As another server or a guardian does it, which knows nothing but the mark. */
async function endAllOf(mark: string): Promise<void> {
  const table = createProcessTable();
  const owned = createOwnedProcesses(table, { mark, root: null });
  const limits = { settleMs: 0, graceMs: 5_000 };
  expect(await endOwned(table, owned, { limits, signal: neverStopped() })).toEqual([]);
}
