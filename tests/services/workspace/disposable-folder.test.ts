import { mkdirSync, readdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { toFault } from '../../../src/domain/app-error.ts';
import { createWorkspace } from '../../../src/services/workspace/workspace.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';

/** A project with its places, in which everything that may not be emptied bears the marker all the same. */
function aWorkspace() {
  const dir = realpathSync(tempFolder());
  const folders = [
    'code/project/.maitred/temp/tests',
    'code/project/fixtures',
    'code/project/unmarked',
    'code/worktrees/fix/src',
    'code/clone/.git/objects',
    'code/bare/objects',
    'code/bare/refs',
    'code/linked-marker',
    'code/folder-marker/.may-go',
    'home',
    'state/logs',
    'elsewhere',
  ];
  for (const name of folders) mkdirSync(`${dir}/${name}`, { recursive: true });
  writeFileSync(`${dir}/code/worktrees/fix/.git`, 'gitdir: /nowhere');
  writeFileSync(`${dir}/code/bare/HEAD`, 'ref: refs/heads/main');
  symlinkSync(`${dir}/elsewhere`, `${dir}/code/way-out`);
  symlinkSync(`${dir}/code/project/fixtures`, `${dir}/code/way-in`);
  symlinkSync(`${dir}/code/project/fixtures/.may-go`, `${dir}/code/linked-marker/.may-go`);
  for (const name of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    const isMarked = name.isDirectory() && !/unmarked|marker|may-go/.test(name.name + name.parentPath);
    if (isMarked) writeFileSync(`${name.parentPath}/${name.name}/.may-go`, '');
  }
  writeFileSync(`${dir}/.may-go`, '');
  const workspace = createWorkspace({
    roots: [`${dir}/code`, `${dir}/home`, `${dir}/state`, `${dir}/not/there/yet`],
    kept: [`${dir}/home`, `${dir}/code/project`, `${dir}/code/project/.maitred`, `${dir}/state/logs`],
    marker: '.may-go',
  });
  const faultOf = (path: string, marking: 'marked' | 'any') => {
    try {
      return workspace.disposableFolder(path, 'test_dir', marking);
    } catch (thrown) {
      return toFault(thrown);
    }
  };
  return { dir, workspace, faultOf };
}

describe('never emptied, marked or not, forced or not, is', () => {
  it.each([
    ['a root', 'code', 'a root of the workspace'],
    ['a home', 'home', 'a home'],
    ['the state folder', 'state', 'a root of the workspace'],
    ['the project', 'code/project', 'maitred needs'],
    ['the .maitred folder of the project', 'code/project/.maitred', 'maitred needs'],
    ['a clone', 'code/clone', 'a git repository or a worktree'],
    ['a worktree', 'code/worktrees/fix', 'a git repository or a worktree'],
    ['a repository without a worktree', 'code/bare', 'a git repository or a worktree'],
    ['the history of a repository', 'code/clone/.git', 'belongs to the history'],
    ['a part of it', 'code/clone/.git/objects', 'belongs to the history'],
    ['a folder outside the roots', 'elsewhere', 'workspace.roots'],
    ['a folder that contains the roots', '.', 'workspace.roots'],
    ['the target of a link outside the roots', 'code/way-out', 'workspace.roots'],
    ['a folder outside the roots, through two dots', 'code/project/../../elsewhere', 'workspace.roots'],
  ])('%s', (_, name, why) => {
    const { dir, faultOf } = aWorkspace();
    for (const marking of ['marked', 'any'] as const)
      expect(faultOf(`${dir}/${name}`, marking)).toMatchObject({
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
    const workspace = createWorkspace({ roots: ['/', '/usr'], kept: [], marker: '.may-go' });
    expect(() => workspace.disposableFolder(path, 'test_dir', 'any')).toThrow(path === '/' ? 'root' : why);
  });

  it('a folder that contains a root', () => {
    const { dir } = aWorkspace();
    const workspace = createWorkspace({ roots: [dir, `${dir}/code/project`], kept: [], marker: '.may-go' });
    expect(() => workspace.disposableFolder(`${dir}/code`, 'test_dir', 'any')).toThrow(
      `it contains ${dir}/code/project; name a folder in which everything may be deleted`,
    );
  });
});

describe('a folder without a marker', () => {
  it.each([
    ['none', 'code/project/unmarked'],
    ['a link to one', 'code/linked-marker'],
    ['a folder of its name', 'code/folder-marker'],
  ])('but with %s is emptied only by force, and the error says how to make a marked one', (_, name) => {
    const { dir, faultOf } = aWorkspace();
    expect(faultOf(`${dir}/${name}`, 'marked')).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('maitred workspace init <dir>'),
    });
    expect(faultOf(`${dir}/${name}`, 'any')).toMatchObject({ path: `${dir}/${name}` });
  });
});

describe('a folder with a marker may be emptied', () => {
  it.each(['code/project/fixtures', 'code/project/.maitred/temp', 'code/worktrees/fix/src', 'code/worktrees'])(
    'in %s',
    (name) => {
      const { dir, workspace } = aWorkspace();
      expect(workspace.disposableFolder(`${dir}/${name}`, 'test_dir', 'marked').path).toBe(`${dir}/${name}`);
    },
  );

  it('by the name of a link to it', () => {
    const { dir, workspace } = aWorkspace();
    const { path } = workspace.disposableFolder(`${dir}/code/way-in`, 'test_dir', 'marked');
    expect(path).toBe(`${dir}/code/project/fixtures`);
  });
});
