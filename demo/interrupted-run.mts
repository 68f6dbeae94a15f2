import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { getDefaultEnvironment } from '@modelcontextprotocol/sdk/client/stdio.js';
import { openTerminal, type Terminal } from '../tests/support/open-terminal.ts';
import type { Expectations } from './expectations.mts';
import { isRunning } from './is-running.mts';
import { runCommand } from './server-under-test.mts';
import type { Timeline } from './timeline.mts';

const script = resolve(import.meta.dirname, 'interrupted-run.yaml');

const files = {
  'notes.mjs': 'export const search = () => [];\n',
  'notes.test.mjs': `import { search } from './notes.mjs';

const found = search(['Milk', 'Bread'], 'milk');
if (found.join() !== 'Milk') process.exit(console.error('1 failed: search finds ' + JSON.stringify(found)) ?? 1);
`,
  '.gitignore': '.maitred/temp/\n',
  '.maitred/config.yaml': 'test_check:\n  command: [node, notes.test.mjs]\n',
};

interface ShownRun {
  readonly run_id: string;
  readonly state: string;
  readonly next: string;
  readonly step: string | null;
  readonly output: { readonly branch_name?: string } | null;
}

/** Runs the recipe `demo`, kills its process in the middle of a session, and resumes it. */
export async function showInterruptedRun(
  program: string,
  folder: string,
  expect: Expectations,
  timeline: Timeline,
  end: AbortSignal,
): Promise<void> {
  if (spawnSync('script', ['--version']).status !== 0)
    throw new Error('there is no program script, which makes terminals: install util-linux');
  const projectDir = join(folder, 'project');
  const git = makeRepository(projectDir);
  const place = {
    program,
    cwd: projectDir,
    env: {
      HOME: folder,
      MAITRED_STATE_DIR: join(folder, 'state'),
      MAITRED_RUN_SKILL__AGENT: 'script',
      MAITRED_RUN_SKILL__SCRIPT: script,
    },
  };
  const env = { ...getDefaultEnvironment(), ...place.env };
  const children: ChildProcess[] = [];
  let terminal: Terminal | null = null;
  const killAll = () => {
    for (const child of children) child.kill('SIGKILL');
    void terminal?.kill();
  };
  end.addEventListener('abort', killAll);
  const start = (args: readonly string[]) => {
    timeline.add('demo', `$ maitred ${args.join(' ')}`);
    const child = spawn(process.execPath, [program, ...args], {
      cwd: projectDir,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    const lines: string[] = [];
    for (const input of [child.stdout, child.stderr])
      createInterface({ input }).on('line', (line) => {
        lines.push(line);
        timeline.add('order', line);
      });
    return { child, lines, exited: new Promise<number | null>((settle) => child.once('close', settle)) };
  };
  const until = async (what: string, isSo: () => boolean) => {
    for (const fromMs = Date.now(); !isSo(); await wait(10)) {
      end.throwIfAborted();
      if (Date.now() > fromMs + 20_000) throw new Error(`timed out waiting for ${what}`);
    }
  };
  const show = async (runId: string): Promise<ShownRun> =>
    JSON.parse((await runCommand(place, ['runs', 'show', runId, '--json'])).stdout) as ShownRun;
  /** A line for each session that has begun. */
  const sessions = () => {
    const log = join(folder, 'sessions');
    return existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
  };
  const sessionOfFix = () =>
    sessions()
      .find((line) => line.startsWith('fix '))
      ?.split(' ')[1];

  try {
    timeline.startAt(Date.now());
    const ordered = start(['order', 'demo', 'project=.']);
    await until('the fix', () => sessionOfFix() !== undefined);
    const runId = /run (\S+);/.exec(ordered.lines.join('\n'))?.[1] ?? '';
    const pid = sessionOfFix() ?? '';
    ordered.child.kill('SIGKILL');
    timeline.add('demo', 'kills the process of the run with SIGKILL, in the middle of the fix');
    await ordered.exited;
    const interrupted = await show(runId);
    timeline.add(
      'status',
      `$ maitred runs show\n${runId}: ${interrupted.state}, at the step ${interrupted.step}\n${interrupted.next}`,
    );
    expect(
      'a run whose process was killed is shown as interrupted, in the step that it was killed in',
      interrupted.state === 'interrupted' && interrupted.step === 'fix',
      interrupted,
    );
    await until('the end of the session', () => !isRunning(pid));
    expect('the session of the killed process has ended, too', !isRunning(pid));

    writeFileSync(join(folder, 'go'), '');
    const resumed = start(['runs', 'resume', runId]);
    await until('the gate', () => resumed.lines.some((line) => line.includes('a person decides')));
    const before = git('log', '--format=%s', 'search').split('\n');
    const [waiting, refused] = await Promise.all([show(runId), runCommand(place, ['runs', 'approve', runId])]);
    expect(
      'the resumed run waits for a person, and an answer without a terminal is refused',
      waiting.state === 'waiting' && waiting.step === 'approve' && refused.code !== 0,
      [waiting, refused],
    );
    timeline.add('person', '$ maitred runs approve, on a terminal');
    terminal = openTerminal([process.execPath, program, 'runs', 'approve', runId], { cwd: projectDir, env });
    const [approved, exitCode] = await Promise.all([terminal.exited(), resumed.exited]);
    const ended = await show(runId);
    expect(
      'it ends when the person has approved',
      approved === 0 && exitCode === 0 && ended.output?.branch_name === 'search',
      [approved, exitCode, ended],
    );
    const commits = git('log', '--format=%s', 'search').split('\n');
    timeline.add('demo', `the commits of the branch search: ${commits.join(', ')}`);
    expect(
      'the fix is committed once, and after the gate',
      isDeepStrictEqual([before, commits], [made, ['Finish the change', ...made]]),
      [before, commits],
    );
    const begun = sessions().map((line) => line.split(' ')[0]);
    expect(
      'no session but the one that was killed is begun twice',
      isDeepStrictEqual(begun, ['plan', 'verify', 'implement', 'fix', 'fix']),
      begun,
    );
  } finally {
    timeline.end();
    killAll();
  }
}

/** The commits before the gate, newest first. */
const made = ['Search the notes', 'The notes'];

/** @returns runs git in the repository */
function makeRepository(dir: string): (...args: readonly string[]) => string {
  mkdirSync(join(dir, '.maitred'), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: dir, encoding: 'utf8' }).trim();
  git('init', '--quiet', '--initial-branch=main');
  git('config', 'user.name', 'maitred demo');
  git('config', 'user.email', 'demo@localhost');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'The notes');
  return git;
}
