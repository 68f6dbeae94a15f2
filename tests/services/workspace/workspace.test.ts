import { mkdirSync, readdirSync, realpathSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { toFault } from '../../../src/domain/app-error.ts';
import { configSchema } from '../../../src/domain/config.schema.ts';
import { createWorkspace } from '../../../src/services/workspace/workspace.ts';
import { workspacePlacesOf } from '../../../src/services/workspace/workspace-places.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';

interface Settings {
  readonly roots?: readonly string[];
  readonly worktree_root?: string;
  readonly runs_root?: string;
  readonly tempDir?: string;
}

function aWorkspace({ tempDir, ...settings }: Settings = {}) {
  const dir = realpathSync(tempFolder());
  for (const name of ['code/project/src', 'code/project-2', 'code/worktrees/fix', 'home/shop', 'elsewhere'])
    mkdirSync(`${dir}/${name}`, { recursive: true });
  const config = configSchema.parse({ workspace: settings });
  const places = workspacePlacesOf(config.workspace, {
    projectDir: `${dir}/code/project`,
    homeDir: `${dir}/home`,
    tempDir: tempDir ?? `${dir}/tmp`,
  });
  const workspace = createWorkspace({
    ...places,
    tempDir: `${dir}/tmp`,
    marker: '.maitred-workspace',
    findLosses: async function* () {},
  });
  const faultOf = (path: string) => {
    try {
      return workspace.folder(path, 'cwd');
    } catch (thrown) {
      return toFault(thrown);
    }
  };
  return { dir, workspace, faultOf };
}

describe('a tool may work', () => {
  it('in the project, in the worktrees beside it, and in the folder for temporary files', () => {
    const { dir, workspace } = aWorkspace({ tempDir: tmpdir() });
    const temporary = realpathSync(tempFolder());
    for (const path of [`${dir}/code/project`, `${dir}/code/project/src`, `${dir}/code/worktrees/fix`, temporary])
      expect(workspace.folder(path, 'cwd')).toBe(path);
    expect(workspace.folder(`${dir}/code/project/./src/../src`, 'cwd')).toBe(`${dir}/code/project/src`);
  });

  it('in the roots that the configuration names, and only there', () => {
    const { dir, workspace, faultOf } = aWorkspace({ roots: ['~/shop', '/nowhere/at/all'] });
    expect(workspace.folder(`${dir}/home/shop`, 'cwd')).toBe(`${dir}/home/shop`);
    expect(faultOf(`${dir}/code/project`)).toMatchObject({ code: 'forbidden' });
  });

  it('not in a folder whose name the system rejects, and the error says why', () => {
    const { faultOf } = aWorkspace({});
    expect(faultOf('/tmp/a\0b')).toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('contains a NUL character'),
    });
    expect(faultOf(`/${'x'.repeat(5_000)}`)).toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('ENAMETOOLONG'),
    });
  });

  it('in the configured folders for worktrees and runs, and not in the default ones', () => {
    const { dir, workspace, faultOf } = aWorkspace({ worktree_root: '~/shop', runs_root: '~' });
    expect(workspace.folder(`${dir}/home/shop`, 'cwd')).toBe(`${dir}/home/shop`);
    expect(workspace.folder(`${dir}/home`, 'cwd')).toBe(`${dir}/home`);
    expect(workspace.folder(`${dir}/code/project`, 'cwd')).toBe(`${dir}/code/project`);
    expect(faultOf(`${dir}/code/worktrees/fix`)).toMatchObject({ code: 'forbidden' });
  });

  it('everywhere if / is a root', () => {
    const { dir, workspace } = aWorkspace({ roots: ['/'] });
    expect(workspace.folder(`${dir}/elsewhere`, 'cwd')).toBe(`${dir}/elsewhere`);
  });
});

describe('a folder that a tool asks for', () => {
  it('is made inside the roots, with those above it, and may exist already', () => {
    const { dir, workspace } = aWorkspace();
    const path = `${dir}/code/project/out/of/this`;
    expect([workspace.madeFolder(path, 'output_dir'), workspace.madeFolder(path, 'output_dir')]).toEqual([path, path]);
    expect(statSync(path).isDirectory()).toBe(true);
    symlinkSync(`${dir}/code/project/src`, `${dir}/code/project/linked`);
    expect(workspace.madeFolder(`${dir}/code/project/linked/new`, 'output_dir')).toBe(`${dir}/code/project/src/new`);
  });

  it.each([
    ['outside the roots', 'elsewhere/new', 'forbidden'],
    ['above the roots', 'code/project/../new', 'forbidden'],
    ['behind a link that leads out', 'code/project/out/new', 'forbidden'],
    ['below a file', 'code/project/file/new', 'invalid_input'],
    ['behind a link to nowhere', 'code/project/dangling/new', 'not_found'],
    ['with a name that is not one', 'code/project/a\0b', 'invalid_input'],
  ])('is not made %s', (_, name, code) => {
    const { dir, workspace } = aWorkspace();
    writeFileSync(`${dir}/code/project/file`, '');
    symlinkSync(`${dir}/elsewhere`, `${dir}/code/project/out`);
    symlinkSync(`${dir}/nowhere`, `${dir}/code/project/dangling`);
    const make = () => workspace.madeFolder(`${dir}/${name}`, 'output_dir');
    expect(make).toThrow(expect.objectContaining({ code }));
    expect(readdirSync(`${dir}/elsewhere`)).toEqual([]);
  });

  it('is not made for a relative path', () => {
    const { workspace } = aWorkspace();
    expect(() => workspace.madeFolder('out', 'output_dir')).toThrow('make it absolute');
  });
});

describe('a tool is rejected', () => {
  it.each(['elsewhere', 'code', 'code/project-2', 'home'])(
    'in %s, and the error names the key that would allow it',
    (name) => {
      const { dir, faultOf } = aWorkspace();
      expect(faultOf(`${dir}/${name}`)).toMatchObject({
        code: 'forbidden',
        message: expect.stringContaining('workspace.roots'),
        details: { argument: 'cwd', path: `${dir}/${name}` },
      });
    },
  );

  it('if a link leads out of the roots', () => {
    const { dir, faultOf } = aWorkspace();
    symlinkSync(`${dir}/elsewhere`, `${dir}/code/project/out`);
    expect(faultOf(`${dir}/code/project/out`)).toMatchObject({
      code: 'forbidden',
      details: { path: `${dir}/elsewhere` },
    });
    expect(faultOf(`${dir}/code/project/../../elsewhere`)).toMatchObject({ code: 'forbidden' });
  });

  it('for a relative path, a missing folder, and a file', () => {
    const { dir, faultOf } = aWorkspace();
    writeFileSync(`${dir}/code/project/file`, '');
    expect(faultOf('src')).toMatchObject({ code: 'invalid_input', message: expect.stringContaining('absolute') });
    expect(faultOf(`${dir}/code/project/none`)).toMatchObject({ code: 'not_found' });
    expect(faultOf(`${dir}/code/project/file`)).toMatchObject({ code: 'invalid_input' });
    expect(faultOf(`${dir}/code/project/file/x`)).toMatchObject({ code: 'invalid_input' });
  });
});
