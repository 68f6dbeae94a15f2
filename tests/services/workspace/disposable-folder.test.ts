import { chmodSync, chownSync, mkdirSync, readdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { toFault } from '../../../src/domain/app-error.ts';
import { configSchema } from '../../../src/domain/config.schema.ts';
import { disposableFolderAt } from '../../../src/services/workspace/disposable-folder.ts';
import type { Loss } from '../../../src/services/workspace/find-losses.ts';
import { createWorkspace } from '../../../src/services/workspace/workspace.ts';
import { workspacePlacesOf } from '../../../src/services/workspace/workspace-places.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';

const losing = (...losses: readonly Loss[]) =>
  async function* () {
    yield* losses;
  };
const options = { keep: ['.may-go'], signal: new AbortController().signal };

/** A project with its places, in which everything that may not be emptied bears the marker all the same. */
function aWorkspace() {
  const dir = realpathSync(tempFolder());
  const folders = [
    'code/project/.maitred/temp/tests',
    'code/project/fixtures',
    'code/project/unmarked',
    'code/worktrees/fix/src',
    'code/clone/.git/objects',
    'code/linked-marker',
    'code/folder-marker/.may-go',
    'home',
    'state/logs',
    'elsewhere',
  ];
  for (const name of folders) mkdirSync(`${dir}/${name}`, { recursive: true });
  symlinkSync(`${dir}/elsewhere`, `${dir}/code/way-out`);
  symlinkSync(`${dir}/code/project/fixtures`, `${dir}/code/way-in`);
  symlinkSync(`${dir}/code/project/fixtures/.may-go`, `${dir}/code/linked-marker/.may-go`);
  for (const name of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    const isMarked = name.isDirectory() && !/unmarked|marker|may-go/.test(name.name + name.parentPath);
    if (isMarked) writeFileSync(`${name.parentPath}/${name.name}/.may-go`, '');
  }
  writeFileSync(`${dir}/.may-go`, '');
  const rules = {
    roots: [`${dir}/code`, `${dir}/home`, `${dir}/state`, `${dir}/not/there/yet`],
    kept: [`${dir}/home`, `${dir}/code/project`, `${dir}/code/project/.maitred`, `${dir}/state/logs`],
    tempDir: `${dir}/not/there`,
    marker: '.may-go',
  };
  const workspace = createWorkspace({ ...rules, findLosses: losing() });
  const faultOf = (path: string) => workspace.disposableFolder(path, 'test_dir', options).catch(toFault);
  return { dir, rules, faultOf };
}

describe('never emptied, marked or not, is', () => {
  it.each([
    ['a root', 'code', 'a root of the workspace'],
    ['a home', 'home', 'a home'],
    ['the state folder', 'state', 'a root of the workspace'],
    ['the project', 'code/project', 'maitred needs'],
    ['the .maitred folder of the project', 'code/project/.maitred', 'maitred needs'],
    ['the history of a repository', 'code/clone/.git', 'belongs to the history'],
    ['a part of it', 'code/clone/.git/objects', 'belongs to the history'],
    ['a folder outside the roots', 'elsewhere', 'workspace.roots'],
    ['a folder that contains the roots', '.', 'it contains'],
    ['the target of a link outside the roots', 'code/way-out', 'workspace.roots'],
    ['a folder outside the roots, through two dots', 'code/project/../../elsewhere', 'workspace.roots'],
  ])('%s', async (_, name, why) => {
    const { dir, faultOf } = aWorkspace();
    expect(await faultOf(`${dir}/${name}`)).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining(why),
      details: { argument: 'test_dir' },
    });
  });

  it.each([
    ['/', 'holds /'],
    ['/root', 'a home'],
    ['/home', 'a home'],
  ])('%s, even if everything is a root', (path, why) => {
    const rules = { roots: ['/', '/usr'], kept: [], tempDir: '/none' };
    expect(() => disposableFolderAt(path, 'test_dir', rules)).toThrow(path === '/' ? 'root' : why);
  });

  it('a folder that contains a root', () => {
    const { dir } = aWorkspace();
    const rules = { roots: [dir, `${dir}/code/project`], kept: [], tempDir: '/none' };
    expect(() => disposableFolderAt(`${dir}/code`, 'test_dir', rules)).toThrow(
      `it contains ${dir}/code/project; name a folder in which everything may be deleted`,
    );
  });

  it('a marked folder with something to lose, which is named', async () => {
    const { dir, rules } = aWorkspace();
    const fixtures = `${dir}/code/project/fixtures`;
    const refusalOf = (loss: Loss) =>
      createWorkspace({ ...rules, findLosses: losing(loss) })
        .disposableFolder(fixtures, 'test_dir', options)
        .catch(toFault);
    expect(await refusalOf({ path: fixtures, why: 'holds 2 tracked files' })).toMatchObject({
      code: 'forbidden',
      message: `test_dir ${fixtures} must not be emptied: it holds 2 tracked files; a person can empty it with maitred workspace reset.`,
    });
    expect(await refusalOf({ path: `${fixtures}/a/b`, why: 'is a git repository' })).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('must not be emptied: a/b is a git repository;'),
    });
  });
});

describe('of the temp folder', () => {
  /** A temp folder in which a project is, as it is for whoever tries maitred out. */
  function aTempFolder() {
    const tempDir = realpathSync(tempFolder());
    for (const name of ['shop/tests', 'worktrees/fix', 'elsewhere/src', 'maitred-own/tests', 'maitred-open/tests'])
      mkdirSync(`${tempDir}/${name}`, { recursive: true });
    chmodSync(`${tempDir}/maitred-own`, 0o700);
    chmodSync(`${tempDir}/maitred-open`, 0o755);
    symlinkSync(`${tempDir}/elsewhere`, `${tempDir}/maitred-link`);
    writeFileSync(`${tempDir}/maitred-file`, '');
    const projectDir = `${tempDir}/shop`;
    const { workspace } = configSchema.parse({});
    const rules = { ...workspacePlacesOf(workspace, { projectDir, homeDir: `${tempDir}/home`, tempDir }), tempDir };
    const isDisposable = (name: string) => {
      try {
        return disposableFolderAt(realpathSync(`${tempDir}/${name}`), 'test_dir', rules).path.startsWith(tempDir);
      } catch (thrown) {
        expect(toFault(thrown).code).toBe('forbidden');
        return false;
      }
    };
    return { tempDir, isDisposable };
  }

  it.each([
    ['shop/tests', true],
    ['worktrees/fix', true],
    ['maitred-own/tests', true],
    ['maitred-own', false],
    ['maitred-open/tests', false],
    ['maitred-link/src', false],
    ['elsewhere/src', false],
    ['elsewhere', false],
    ['shop', false],
    ['.', false],
  ])('%s may be emptied: %s', (name, may) => {
    expect(aTempFolder().isDisposable(name)).toBe(may);
  });

  it.runIf(process.getuid?.() === 0)('a private folder of another user may not be emptied', () => {
    const { tempDir, isDisposable } = aTempFolder();
    chownSync(`${tempDir}/maitred-own`, 65_534, 65_534);
    expect(isDisposable('maitred-own/tests')).toBe(false);
  });

  it('the error names the folders in which it may be', () => {
    const { tempDir } = aTempFolder();
    const rules = { roots: [`${tempDir}/shop`, tempDir], kept: [], tempDir };
    expect(() => disposableFolderAt(`${tempDir}/elsewhere`, 'test_dir', rules)).toThrow(
      `(${tempDir}/shop, and folders in ${tempDir}/maitred-* that have mode 0700 and belong to this user)`,
    );
  });
});

describe('a folder without a marker', () => {
  it.each([
    ['none', 'code/project/unmarked'],
    ['a link to one', 'code/linked-marker'],
    ['a folder of its name', 'code/folder-marker'],
  ])('but with %s is not emptied, and the error says how to make a marked one', async (_, name) => {
    const { dir, faultOf } = aWorkspace();
    expect(await faultOf(`${dir}/${name}`)).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('maitred workspace init <dir>'),
    });
  });
});

describe('a folder with a marker may be emptied', () => {
  it.each(['code/project/fixtures', 'code/project/.maitred/temp', 'code/worktrees/fix/src', 'code/worktrees'])(
    'in %s',
    async (name) => {
      const { dir, faultOf } = aWorkspace();
      expect(await faultOf(`${dir}/${name}`)).toMatchObject({ path: `${dir}/${name}` });
    },
  );

  it('by the name of a link to it', async () => {
    const { dir, faultOf } = aWorkspace();
    expect(await faultOf(`${dir}/code/way-in`)).toMatchObject({ path: `${dir}/code/project/fixtures` });
  });
});
