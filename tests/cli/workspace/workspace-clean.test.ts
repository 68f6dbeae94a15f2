import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorKinds } from '../../../src/domain/app-error.ts';
import { stateFolderAt } from '../../../src/domain/state-folder.ts';
import { aServerRecord, plantRecord } from '../../doubles/server-records.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { commit, git, makeGitProject } from '../../support/a-git-project.ts';
import { leaveUntouched } from '../../support/leave-untouched.ts';
import { runProgram } from '../run-program.ts';

const marker = '.maitred-workspace';

/** A project with a bare origin, and folders for runs and worktrees beside it. */
function aProject() {
  const dir = realpathSync(tempFolder());
  const projectDir = `${dir}/shop`;
  mkdirSync(`${projectDir}/.maitred`, { recursive: true });
  const origin = makeGitProject(projectDir);
  const runs = `${dir}/maitred-runs`;
  const worktrees = `${dir}/worktrees`;
  const stateDir = `${dir}/state`;
  mkdirSync(runs);
  const clean = async (args: readonly string[] = [], cwd = projectDir, env = {}) => {
    const host = { cwd: () => cwd, env: { MAITRED_STATE_DIR: stateDir, ...env } };
    return runProgram(['workspace', 'clean', ...args], host);
  };
  /** The JSON report, with the folders by name. */
  const reported = async (args: readonly string[] = [], cwd = projectDir, env = {}) => {
    const { out, exits } = await clean(['--json', ...args], cwd, env);
    const json = JSON.parse(out) as Record<string, { path: string; reason?: string; by_hand?: string[] | null }[]>;
    const names = (key: string) => json[key]?.map(({ path }) => path.slice(dir.length + 1)) ?? null;
    const [kept] = json.kept ?? [];
    return {
      stale: names('would_remove') ?? names('removed'),
      recent: names('recent'),
      kept: names('kept'),
      why: kept?.reason,
      byHand: kept?.by_hand,
      exits,
    };
  };
  return { dir, projectDir, origin, runs, worktrees, stateDir, clean, reported };
}

type Project = ReturnType<typeof aProject>;

function markedRun({ runs }: Project, name: string): string {
  mkdirSync(`${runs}/${name}/out`, { recursive: true });
  writeFileSync(`${runs}/${name}/${marker}`, '');
  writeFileSync(`${runs}/${name}/out/log`, 'x'.repeat(2_048));
  return `${runs}/${name}`;
}

function clone({ runs, origin }: Project, name: string): string {
  git(runs, 'clone', '--quiet', origin, name);
  return `${runs}/${name}`;
}

function worktree({ projectDir, worktrees }: Project, name: string): string {
  git(projectDir, 'worktree', 'add', '--quiet', '-b', name, `${worktrees}/${name}`);
  return `${worktrees}/${name}`;
}

describe('workspace clean', () => {
  it('lists what would be removed, what is recent, and what is kept and why, and removes nothing', async () => {
    const project = aProject();
    const { runs, worktrees, dir, projectDir, clean } = project;
    leaveUntouched(markedRun(project, 'gone'));
    markedRun(project, 'young');
    mkdirSync(`${runs}/who knows`);
    leaveUntouched(`${runs}/who knows`);
    leaveUntouched(worktree(project, 'fix'));
    writeFileSync(`${worktree(project, 'dirty')}/new file`, '');
    leaveUntouched(`${worktrees}/dirty`);
    const before = readdirSync(dir, { recursive: true }).sort();
    for (const args of [[], ['--dry-run']]) {
      const { out, err, exits } = await clean(args);
      expect(out.replace(/(6 h|ms|\d s) \d+ (min|s)|\d+ ms|\d\.\d s/g, '$1…').replace(/[\d.]+ (B|KiB)/g, 'N')).toBe(
        [
          `runs in ${runs}: 1 folder, N would be removed`,
          `  ${runs}/gone: unchanged for 6 h…, N`,
          '',
          `worktrees in ${worktrees}: 1 folder, N would be removed`,
          `  ${worktrees}/fix: unchanged for 6 h…, N`,
          '',
          'recent: 1 folder changed within 5 h 0 min',
          `  ${runs}/young: unchanged for …, N`,
          '',
          'kept: 2 folders',
          `  ${runs}/who knows: it is not marked as safe to delete (no ${marker}, no repository); to remove it: rm -rf -- '${runs}/who knows'`,
          `  ${worktrees}/dirty: it has uncommitted changes or untracked files; to remove it: git -C ${projectDir} worktree remove --force -- ${worktrees}/dirty`,
          '',
        ].join('\n'),
      );
      expect({ err, exits }).toEqual({
        err: 'maitred: nothing has been removed; add --yes to remove it\n',
        exits: [0],
      });
    }
    expect(readdirSync(dir, { recursive: true }).sort()).toEqual(before);
  });

  it('removes with --yes what can be removed without losing work, and nothing else', async () => {
    const project = aProject();
    const { runs, worktrees, projectDir, reported } = project;
    leaveUntouched(markedRun(project, 'gone'));
    leaveUntouched(clone(project, 'cloned'));
    markedRun(project, 'young');
    leaveUntouched(worktree(project, 'fix'));
    worktree(project, 'fresh');
    expect(await reported(['--yes'])).toMatchObject({
      stale: ['maitred-runs/cloned', 'maitred-runs/gone', 'worktrees/fix'],
      exits: [0],
    });
    expect(readdirSync(runs)).toEqual(['young']);
    expect(readdirSync(worktrees)).toEqual(['fresh']);
    expect(git(projectDir, 'worktree', 'list')).not.toContain('worktrees/fix');
    expect(git(projectDir, 'branch', '--list', 'fix')).toContain('fix');
    expect(await reported(['--yes'])).toMatchObject({ stale: [] });
  });

  it('fails if a folder cannot be removed, names it, and removes the rest', async () => {
    const project = aProject();
    const path = leaveUntouched(worktree(project, 'fix'));
    // Where git finds it, it takes the worktree for one with submodules, which it does not remove.
    mkdirSync(`${project.projectDir}/.git/worktrees/fix/modules`);
    leaveUntouched(markedRun(project, 'gone'));
    const { out, err, exits } = await project.clean(['--yes', '--json']);
    expect(exits).toEqual([errorKinds.unavailable.exitCode]);
    expect(err).toContain(`maitred: ${path}: git worktree failed`);
    expect(err).toContain('maitred: 1 folder could not be removed: ');
    expect(JSON.parse(out)).toMatchObject({ removed: [{ path: `${project.runs}/gone` }], failed: [{ path }] });
    expect([existsSync(path), readdirSync(project.runs)]).toEqual([true, []]);
  });

  it('removes nothing from an empty workspace, or without a repository', async () => {
    const { dir, clean } = aProject();
    expect(await clean()).toEqual({ out: 'Nothing to remove.\n', err: '', exits: [0] });
    expect(await clean(['--yes'])).toEqual({ out: 'Nothing to remove.\n', err: '', exits: [0] });
    mkdirSync(`${dir}/bare/.maitred`, { recursive: true });
    expect(await clean([], `${dir}/bare`)).toEqual({ out: 'Nothing to remove.\n', err: '', exits: [0] });
  });

  it('rejects --yes with --dry-run', async () => {
    const { clean } = aProject();
    expect(await clean(['--yes', '--dry-run'])).toMatchObject({ out: '', exits: [2] });
  });

  it('uses the roots in the configuration, from a worktree as from the project', async () => {
    const project = aProject();
    const { dir, projectDir, reported } = project;
    leaveUntouched(markedRun(project, 'gone'));
    const here = worktree(project, 'here');
    mkdirSync(`${here}/src/deep`);
    leaveUntouched(here);
    leaveUntouched(worktree(project, 'fix'));
    expect(await reported([], `${here}/src`)).toMatchObject({
      stale: ['maitred-runs/gone', 'worktrees/fix'],
      kept: ['worktrees/here'],
      why: 'it is in use',
      byHand: null,
    });
    mkdirSync(`${dir}/elsewhere/marked`, { recursive: true });
    writeFileSync(`${dir}/elsewhere/marked/.maitred-workspace`, '');
    leaveUntouched(`${dir}/elsewhere`);
    writeFileSync(`${projectDir}/.maitred/config.yaml`, `workspace:\n  worktree_root: ${dir}/none\n`);
    const env = { MAITRED_WORKSPACE__RUNS_ROOT: `${dir}/elsewhere` };
    expect(await reported([], projectDir, env)).toMatchObject({ stale: ['elsewhere/marked'], kept: [] });
  });

  it("ignores a runs root in the project's file: a repository that is not trusted could name the folder of all clones", async () => {
    const { dir, projectDir, clean, reported } = aProject();
    mkdirSync(`${dir}/clones/shop`, { recursive: true });
    writeFileSync(`${dir}/clones/shop/.maitred-workspace`, '');
    leaveUntouched(`${dir}/clones`);
    writeFileSync(`${projectDir}/.maitred/config.yaml`, `workspace:\n  runs_root: ${dir}/clones\n`);
    expect(await reported()).toMatchObject({ stale: [], kept: [] });
    expect((await clean()).err).toContain('"workspace.runs_root" is ignored in a project\'s files');
  });
});

describe('workspace clean keeps a run', () => {
  const spoiled = [
    ['that is a file', (project: Project) => writeFileSync(`${project.runs}/run`, ''), 'not a folder'],
    [
      'that is a link',
      (project: Project) => symlinkSync(markedRun(project, '../elsewhere'), `${project.runs}/run`),
      'not a folder',
    ],
    ['that nothing marks as ours', ({ runs }: Project) => mkdirSync(`${runs}/run`), 'not marked'],
    [
      'with a change that is not committed',
      (project: Project) => writeFileSync(`${clone(project, 'run')}/src/main.c`, 'changed'),
      'uncommitted changes',
    ],
    [
      'with an untracked file',
      (project: Project) => writeFileSync(`${clone(project, 'run')}/new`, ''),
      'untracked files',
    ],
    ['with a commit that is on no remote', (project: Project) => commit(clone(project, 'run'), {}), 'on no remote'],
    [
      'with a commit on another branch',
      (project: Project) => {
        const run = clone(project, 'run');
        git(run, 'checkout', '--quiet', '-b', 'aside');
        commit(run, {});
        git(run, 'checkout', '--quiet', 'main');
      },
      'on no remote',
    ],
    [
      'with a stash',
      (project: Project) => {
        const run = clone(project, 'run');
        writeFileSync(`${run}/src/main.c`, 'changed');
        git(run, 'stash', '--quiet');
      },
      'on no remote',
    ],
    [
      'whose only remote is itself',
      (project: Project) => {
        const run = clone(project, 'run');
        git(run, 'remote', 'set-url', 'origin', `file://${run}`);
        commit(run, {});
        git(run, 'fetch', '--quiet', 'origin');
      },
      'on no remote',
    ],
    [
      'whose commits are only on another run',
      (project: Project) => {
        const other = clone(project, 'other');
        commit(other, {});
        rmSync(`${project.runs}/run`, { recursive: true, force: true });
        git(project.runs, 'clone', '--quiet', other, 'run');
        rmSync(other, { recursive: true });
      },
      'on no remote',
    ],
    [
      'that was cloned from a folder beside it by a relative path',
      (project: Project) => {
        const other = clone(project, 'other');
        commit(other, {});
        git(project.runs, 'clone', '--quiet', other, 'run');
        git(`${project.runs}/run`, 'remote', 'set-url', 'origin', 'beside/../other');
        rmSync(other, { recursive: true });
      },
      'on no remote',
    ],
    [
      'to which a worktree belongs',
      (project: Project) => {
        git(clone(project, 'run'), 'worktree', 'add', '--quiet', '--detach', `${project.dir}/linked`);
      },
      'it has worktrees elsewhere',
    ],
    [
      'with a change that git was told to overlook',
      (project: Project) => {
        const run = clone(project, 'run');
        git(run, 'update-index', '--assume-unchanged', 'src/main.c');
        writeFileSync(`${run}/src/main.c`, 'changed');
      },
      'git is told to overlook',
    ],
    [
      'whose ignored folder is a repository with a commit that is on no remote',
      (project: Project) => {
        const run = clone(project, 'run');
        mkdirSync(`${run}/.maitred`);
        git(run, 'clone', '--quiet', project.origin, '.maitred/lib');
        commit(`${run}/.maitred/lib`, {});
      },
      '.maitred/lib has commits',
    ],
    [
      'that is marked, with a clone in it that has a stash',
      (project: Project) => {
        const inner = clone(project, 'inner');
        writeFileSync(`${inner}/src/main.c`, 'changed');
        git(inner, 'stash', '--quiet');
        renameSync(inner, `${markedRun(project, 'run')}/inner`);
      },
      'inner has commits, tags or stashes',
    ],
    [
      'with a broken repository',
      (project: Project) => writeFileSync(`${clone(project, 'run')}/.git/HEAD`, 'nonsense'),
      'cannot be checked',
    ],
  ] as const;

  it.each(spoiled)('%s, and says why and how to remove it', async (_, spoil, why) => {
    const project = aProject();
    spoil(project);
    leaveUntouched(project.runs);
    const answer = await project.reported(['--yes']);
    expect(answer).toMatchObject({ stale: [], kept: ['maitred-runs/run'], exits: [0] });
    expect(answer.why).toContain(why);
    expect(answer.byHand?.[0]).toBe('rm');
    expect(readdirSync(project.runs)).toEqual(['run']);
  });

  it('with a recent change deep inside it or in its history', async () => {
    const project = aProject();
    leaveUntouched(clone(project, 'a'));
    leaveUntouched(clone(project, 'b'));
    execFileSync('touch', ['-m', `${project.runs}/a/src/main.c`]);
    execFileSync('touch', ['-m', `${project.runs}/b/.git/FETCH_HEAD`]);
    execFileSync('touch', ['-d', '6 hours ago', `${project.runs}/b/.git`]);
    expect(await project.reported(['--yes'])).toMatchObject({
      stale: [],
      recent: ['maitred-runs/a', 'maitred-runs/b'],
    });
  });

  it('in use by a server', async () => {
    const project = aProject();
    const run = leaveUntouched(markedRun(project, 'run'));
    const folder = stateFolderAt(project.stateDir);
    mkdirSync(folder.serversDir, { recursive: true, mode: 0o700 });
    plantRecord(folder, aServerRecord({ projectDir: `${run}/out` }));
    expect(await project.reported(['--yes'])).toMatchObject({ stale: [], kept: ['maitred-runs/run'], byHand: null });
  });
});

describe('workspace clean removes a run', () => {
  it('whose commits are all on a remote, even if origin is the run itself', async () => {
    const project = aProject();
    const run = clone(project, 'run');
    commit(run, { 'src/new.c': '' });
    git(run, 'push', '--quiet', 'origin', 'HEAD:refs/heads/fix');
    git(run, 'remote', 'rename', 'origin', 'upstream');
    git(run, 'remote', 'add', 'origin', `file://${run}`);
    git(run, 'fetch', '--quiet', 'origin');
    leaveUntouched(run);
    expect(await project.reported(['--yes'])).toMatchObject({ stale: ['maitred-runs/run'], kept: [] });
    expect(existsSync(run)).toBe(false);
  });

  it('that is a worktree of another repository, which forgets it', async () => {
    const project = aProject();
    git(project.projectDir, 'worktree', 'add', '--quiet', '--detach', `${project.runs}/run`);
    leaveUntouched(project.runs);
    expect(await project.reported(['--yes'])).toMatchObject({ stale: ['maitred-runs/run'] });
    expect(git(project.projectDir, 'worktree', 'list').trim().split('\n')).toHaveLength(1);
  });

  it('with links in it, but not their targets', async () => {
    const project = aProject();
    const run = markedRun(project, 'run');
    symlinkSync(project.projectDir, `${run}/link`);
    leaveUntouched(run);
    await project.reported(['--yes']);
    expect(existsSync(run)).toBe(false);
    expect(readFileSync(`${project.projectDir}/README.md`, 'utf8')).toBe('');
  });
});

describe('workspace clean keeps a worktree', () => {
  it.each([
    ['with an untracked file', (path: string) => writeFileSync(`${path}/new`, ''), 'untracked files'],
    [
      'with a change that git was told to overlook',
      (path: string) => {
        git(path, 'update-index', '--skip-worktree', 'src/main.c');
        writeFileSync(`${path}/src/main.c`, 'changed');
      },
      'git is told to overlook',
    ],
    [
      'that is locked',
      (path: string) => git(path, 'worktree', 'lock', '--reason', 'on a stick', path),
      'locked (on a stick)',
    ],
    [
      'with commits that are on no branch',
      (path: string) => {
        git(path, 'checkout', '--quiet', '--detach');
        commit(path, {});
      },
      'on no branch',
    ],
    ['whose folder is gone', (path: string) => rmSync(path, { recursive: true }), 'its folder is gone'],
  ])('%s', async (_, spoil, why) => {
    const project = aProject();
    const path = worktree(project, 'fix');
    spoil(path);
    if (existsSync(path)) leaveUntouched(path);
    const answer = await project.reported(['--yes']);
    expect(answer).toMatchObject({ stale: [], kept: ['worktrees/fix'] });
    expect(answer.why).toContain(why);
    expect(answer.byHand?.slice(0, 4)).toEqual(['git', '-C', project.projectDir, 'worktree']);
    expect(git(project.projectDir, 'worktree', 'list')).toContain(path);
  });

  it('outside the worktree root, and always the main one', async () => {
    const project = aProject();
    git(project.projectDir, 'worktree', 'add', '--quiet', '--detach', `${project.dir}/elsewhere`);
    leaveUntouched(`${project.dir}/elsewhere`);
    leaveUntouched(project.projectDir);
    writeFileSync(`${project.projectDir}/.maitred/config.yaml`, `workspace:\n  worktree_root: ${project.projectDir}\n`);
    expect(await project.reported(['--yes'])).toMatchObject({ stale: [], recent: [], kept: [] });
    expect(existsSync(`${project.dir}/elsewhere`)).toBe(true);
  });
});

describe('workspace clean removes a worktree', () => {
  it('whose commits are on a branch, and the branch stays', async () => {
    const project = aProject();
    const path = worktree(project, 'fix');
    commit(path, { 'src/fix.c': '' });
    leaveUntouched(path);
    expect(await project.reported(['--yes'])).toMatchObject({ stale: ['worktrees/fix'] });
    expect(git(project.projectDir, 'show', '--stat', 'fix')).toContain('src/fix.c');
  });
});
