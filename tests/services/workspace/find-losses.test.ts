import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/domain/app-error.ts';
import { createGit } from '../../../src/services/git/git.ts';
import { runShortCommand } from '../../../src/services/platform/process/run-short-command.ts';
import { createFindLosses, type LossQuestion, lossText } from '../../../src/services/workspace/find-losses.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { commit, git, makeGitProject } from '../../support/a-git-project.ts';

const findLosses = createFindLosses(createGit(runShortCommand));

async function lossesIn(folder: string, question: Partial<LossQuestion> = {}): Promise<string[]> {
  const texts: string[] = [];
  for await (const loss of findLosses(folder, { keep: [], repositories: 'unsaved', ...question }))
    texts.push(lossText(loss, folder));
  return texts.sort();
}

const templateDir = realpathSync(mkdtempSync(`${tmpdir()}/maitred-test-`));
const template = `${templateDir}/shop`;
mkdirSync(template);
const origin = makeGitProject(template);
afterAll(() => rmSync(templateDir, { recursive: true, force: true }));

/** A folder with a pushed clone in it, in which `deps` and `*.log` are ignored. */
function aClone() {
  const folder = realpathSync(tempFolder());
  const clone = `${folder}/clone`;
  cpSync(template, clone, { recursive: true, preserveTimestamps: true });
  writeFileSync(`${clone}/.git/info/exclude`, 'deps\n*.log\n');
  return { folder, clone };
}

const overlooked = 'clone has uncommitted changes that git is told to overlook (see git ls-files -v)';
const onNoRemote = 'has commits, tags or stashes that are on no remote';

describe('lost with a folder would be', () => {
  it.each<[string, (clone: string) => void, string]>([
    [
      'a change in a file that is assumed to be unchanged',
      (clone) => {
        git(clone, 'update-index', '--assume-unchanged', 'src/main.c');
        writeFileSync(`${clone}/src/main.c`, 'changed');
      },
      overlooked,
    ],
    [
      'a change in a file that skips the worktree',
      (clone) => {
        git(clone, 'update-index', '--skip-worktree', 'src/main.c');
        writeFileSync(`${clone}/src/main.c`, 'changed');
      },
      overlooked,
    ],
    [
      'a change in a clone with core.ignoreStat',
      (clone) => {
        git(clone, 'config', 'core.ignoreStat', 'true');
        git(clone, 'rm', '--quiet', '--cached', 'src/main.c');
        git(clone, 'reset', '--quiet', '--hard');
        writeFileSync(`${clone}/src/main.c`, 'changed');
      },
      overlooked,
    ],
    [
      'a merge in progress',
      (clone) => writeFileSync(`${clone}/.git/MERGE_HEAD`, git(clone, 'rev-parse', 'HEAD')),
      'clone has a merge in progress',
    ],
    ['a bisection', (clone) => git(clone, 'bisect', 'start'), 'clone has a bisection in progress'],
    ['a rebase in progress', (clone) => mkdirSync(`${clone}/.git/rebase-merge`), 'clone has a rebase in progress'],
    [
      'a commit that was made without a branch and left',
      (clone) => {
        git(clone, 'checkout', '--quiet', '--detach');
        commit(clone, {});
        git(clone, 'checkout', '--quiet', 'main');
      },
      `clone ${onNoRemote}`,
    ],
    [
      'a commit that only a tag has',
      (clone) => {
        commit(clone, {});
        git(clone, 'tag', 'v1');
        git(clone, 'reset', '--quiet', '--hard', 'origin/main');
      },
      `clone ${onNoRemote}`,
    ],
    [
      'an unpushed commit of a repository in a folder that git ignores',
      (clone) => {
        cpSync(template, `${clone}/deps/lib`, { recursive: true });
        commit(`${clone}/deps/lib`, {});
      },
      `clone/deps/lib ${onNoRemote}`,
    ],
    [
      'a repository without files, in a repository in an ignored folder',
      (clone) => {
        cpSync(template, `${clone}/deps/lib`, { recursive: true });
        mkdirSync(`${clone}/deps/lib/.maitred`);
        cpSync(origin, `${clone}/deps/lib/.maitred/bare.git`, { recursive: true });
      },
      `clone/deps/lib/.maitred/bare.git ${onNoRemote}`,
    ],
    [
      'an unpushed commit of a submodule, also after its files are gone',
      (clone) => {
        git(clone, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', origin, 'sub');
        commit(`${clone}/sub`, {});
        git(clone, 'reset', '--quiet', '--hard', 'origin/main');
        rmSync(`${clone}/sub`, { recursive: true, force: true });
        git(clone, 'config', '--file', '.git/modules/sub/config', '--unset', 'core.worktree');
      },
      `clone/.git/modules/sub ${onNoRemote}`,
    ],
    [
      'the commits of a worktree elsewhere',
      (clone) => git(clone, 'worktree', 'add', '--quiet', '--detach', realpathSync(tempFolder())),
      'clone has worktrees elsewhere',
    ],
    [
      'a commit that was pushed to a repository that is no longer there',
      (clone) => git(clone, 'remote', 'set-url', 'origin', `${origin}-removed`),
      `clone ${onNoRemote}`,
    ],
    [
      'a commit that was pushed to a repository in the folder, under another URL',
      (clone) => {
        const copy = `${clone}/deps/copy`;
        cpSync(template, copy, { recursive: true, preserveTimestamps: true });
        git(clone, 'remote', 'set-url', 'origin', 'gh:shop');
        git(clone, 'config', `url.${copy}.insteadOf`, 'gh:shop');
      },
      `clone ${onNoRemote}`,
    ],
    [
      'an unpushed commit that a grafts file lets appear pushed',
      (clone) => {
        const pushed = git(clone, 'rev-parse', 'HEAD').trim();
        commit(clone, {});
        mkdirSync(`${clone}/.git/info`, { recursive: true });
        writeFileSync(`${clone}/.git/info/grafts`, `${pushed} ${git(clone, 'rev-parse', 'HEAD')}`);
      },
      `clone ${onNoRemote}`,
    ],
    [
      'files of a repository whose files are elsewhere',
      (clone) => git(clone, 'config', 'core.worktree', template),
      'clone has a .git that leads to other files',
    ],
  ])('%s', async (_, spoil, loss) => {
    const { folder, clone } = aClone();
    spoil(clone);
    expect(await lossesIn(folder)).toEqual([loss]);
  });

  it('the loose commits of a worktree of another repository', async () => {
    const { clone } = aClone();
    const folder = `${clone}/deps`;
    git(clone, 'worktree', 'add', '--quiet', '-b', 'fix', `${folder}/worktree`);
    commit(`${folder}/worktree`, {});
    expect(await lossesIn(folder)).toEqual([]);
    git(`${folder}/worktree`, 'checkout', '--quiet', '--detach');
    commit(`${folder}/worktree`, {});
    expect(await lossesIn(folder)).toEqual(['worktree has commits that are on no branch']);
  });

  it('whatever cannot be read or decided', async () => {
    const { folder, clone } = aClone();
    mkdirSync(`${folder}/odd/.git`, { recursive: true });
    rmSync(`${clone}/.git/HEAD`);
    expect(await lossesIn(folder)).toEqual([
      expect.stringMatching(/^clone cannot be checked: git rev-parse failed in /),
      expect.stringMatching(/^odd cannot be checked: git rev-parse failed in /),
    ]);
    const unable = createFindLosses({
      ...createGit(runShortCommand),
      places: () => Promise.reject(new AppError('timed_out', 'git took too long.')),
    });
    for await (const { why } of unable(folder, { keep: [], repositories: 'unsaved' }))
      expect(why).toBe('cannot be checked: git took too long');
  });

  it('nothing, once the call is aborted', async () => {
    const { folder } = aClone();
    await expect(lossesIn(folder, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });
});

describe('nothing is lost with', () => {
  it.each<[string, (clone: string, folder: string) => void]>([
    ['a pushed clone and what it ignores', (clone) => writeFileSync(`${clone}/a.log`, 'x')],
    [
      'a file that is assumed to be unchanged, and is',
      (clone) => {
        git(clone, 'update-index', '--assume-unchanged', 'src/main.c');
        git(clone, 'update-index', '--skip-worktree', 'README.md');
      },
    ],
    [
      'the files that a sparse checkout leaves out',
      (clone) => {
        git(clone, 'status');
        git(clone, 'sparse-checkout', 'set', 'docs');
        expect(existsSync(`${clone}/src/main.c`)).toBe(false);
        git(clone, 'update-index', '--assume-unchanged', 'README.md');
      },
    ],
    [
      'a pushed commit without a branch',
      (clone) => {
        git(clone, 'checkout', '--quiet', '--detach');
        commit(clone, { a: 'a' });
        git(clone, 'push', '--quiet', 'origin', 'HEAD:refs/heads/detached');
        git(clone, 'checkout', '--quiet', 'main');
      },
    ],
    [
      'a pushed clone in an ignored folder',
      (clone) => cpSync(template, `${clone}/deps/lib`, { recursive: true, preserveTimestamps: true }),
    ],
    [
      'a link to a repository with unpushed commits',
      (_, folder) => {
        const elsewhere = realpathSync(tempFolder());
        cpSync(template, `${elsewhere}/shop`, { recursive: true });
        commit(`${elsewhere}/shop`, {});
        symlinkSync(elsewhere, `${folder}/link`);
      },
    ],
  ])('%s', async (_, change) => {
    const { folder, clone } = aClone();
    change(clone, folder);
    const index = readFileSync(`${clone}/.git/index`);
    expect(await lossesIn(folder)).toEqual([]);
    expect(readFileSync(`${clone}/.git/index`).equals(index)).toBe(true);
  });
});

describe('a folder in a repository', () => {
  it('would be lost with its tracked files, except for those that stay or do not exist', async () => {
    const { clone } = aClone();
    const tests = `${clone}/[tests]`;
    commit(clone, { '[tests]/a.ts': '', '[tests]/b/c.ts': '', '[tests]/.gitignore': '/out\n', 't/d.ts': '' });
    writeFileSync(`${tests}/untracked.ts`, '');
    const holds = (what: string) => `it holds ${what} of the git repository ${clone}`;
    expect(await lossesIn(tests)).toEqual([holds('3 tracked files (such as [tests]/.gitignore)')]);
    expect(await lossesIn(tests, { keep: ['.gitignore', 'b'] })).toEqual([
      holds('1 tracked file (such as [tests]/a.ts)'),
    ]);
    rmSync(`${tests}/a.ts`);
    expect(await lossesIn(tests, { keep: ['.gitignore', 'b'] })).toEqual([]);
  });

  it('is lost with a bare repository that it is a part of, but not if it is in a worktree there', async () => {
    const { folder, clone } = aClone();
    expect(await lossesIn(`${clone}/.git/objects`)).toEqual([`it belongs to the git repository ${clone}/.git`]);
    cpSync(origin, `${folder}/bare.git`, { recursive: true });
    git(`${folder}/bare.git`, 'worktree', 'add', '--quiet', '--detach', 'main');
    mkdirSync(`${folder}/bare.git/main/tmp`);
    expect(await lossesIn(`${folder}/bare.git/main/tmp`)).toEqual([]);
    expect(await lossesIn(`${folder}/bare.git/main`)).toEqual([]);
  });

  it('counts the tracked files of every repository around it, and cannot be checked if one of those is broken', async () => {
    const { folder, clone } = aClone();
    commit(clone, { 'deps-of/lib/a': '' });
    git(`${clone}/deps-of`, 'init', '--quiet');
    expect(await lossesIn(`${clone}/deps-of/lib`)).toEqual([
      `it holds 1 tracked file (such as deps-of/lib/a) of the git repository ${clone}`,
    ]);
    writeFileSync(`${folder}/.git`, 'nonsense');
    expect(await lossesIn(`${clone}/deps-of/lib`)).toContainEqual(expect.stringContaining('it cannot be checked'));
  });
});

it('a folder that is too deep to be checked counts as lost', async () => {
  const folder = tempFolder();
  const deep = 'd/'.repeat(501);
  mkdirSync(`${folder}/${deep}`, { recursive: true });
  expect(await lossesIn(folder)).toEqual([`${deep.slice(0, -1)} is more than 500 folders deep, and is not checked`]);
});

it('where every repository counts, a pushed one does too, with a .git of any kind', async () => {
  const { folder, clone } = aClone();
  git(clone, 'worktree', 'add', '--quiet', '--detach', `${folder}/worktree`);
  cpSync(origin, `${folder}/deep/bare.git`, { recursive: true });
  mkdirSync(`${folder}/linked`);
  symlinkSync(`${clone}/.git`, `${folder}/linked/.git`);
  expect(await lossesIn(folder, { repositories: 'all', keep: ['worktree'] })).toEqual([
    'clone is a git repository or a worktree',
    'deep/bare.git is a git repository or a worktree',
    'linked is a git repository or a worktree',
  ]);
  expect(await lossesIn(`${folder}/worktree`, { repositories: 'all' })).toEqual([
    'it is a git repository or a worktree',
  ]);
});
