import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { runProgram } from '../run-program.ts';

const marker = '.maitred-workspace';

function aProject(config = '') {
  const dir = realpathSync(tempFolder());
  mkdirSync(`${dir}/.maitred`);
  if (config !== '') writeFileSync(`${dir}/.maitred/config.yaml`, config);
  const init = (path: string, isTTY = false, env = {}) =>
    runProgram(['workspace', 'init', path], { cwd: () => dir, env }, isTTY);
  return { dir, init };
}

describe('workspace init', () => {
  it.each(['new', 'new/and/deep', './new/../new', 'empty'])('makes %s a folder that tools may empty', async (path) => {
    const { dir, init } = aProject();
    mkdirSync(`${dir}/empty`);
    const { out, err, exits } = await init(path);
    const folder = out.trimEnd();
    expect({ err, exits }).toEqual({
      err: `maitred: reset_test_dir and reset_workspace may empty the folder, because it holds ${marker}\n`,
      exits: [0],
    });
    expect(folder.startsWith(`${dir}/`)).toBe(true);
    expect(readdirSync(folder)).toEqual([marker]);
    expect(readFileSync(`${folder}/${marker}`, 'utf8')).toMatch(
      /^maitred 1\.2\.3 made this folder on \d{4}-\d\d-\d\dT/,
    );
  });

  it("reads the name of the marker from the environment, and says that it ignores one in the project's file", async () => {
    const { dir, init } = aProject('safety:\n  reset_guard_marker: package.json\n');
    const { err, exits } = await init('new', false, { MAITRED_SAFETY__RESET_GUARD_MARKER: 'may-go' });
    expect(exits).toEqual([0]);
    expect(readdirSync(`${dir}/new`)).toEqual(['may-go']);
    expect(err).toContain(
      `maitred: ${dir}/.maitred/config.yaml:2:3: "safety.reset_guard_marker" is ignored in a project's files; `,
    );
  });

  it('warns, each time, if the tools will refuse the folder because it is outside workspace.roots', async () => {
    const { dir, init } = aProject('workspace:\n  roots: [/elsewhere]\n');
    const { out, err, exits } = await init('new');
    expect({ out, exits }).toEqual({ out: `${dir}/new\n`, exits: [0] });
    const warning = `maitred: reset_test_dir and reset_workspace will refuse the folder: PATH ${dir}/new must not be emptied: it is outside the folders in which maitred may delete (/elsewhere); use one of them, or add it to workspace.roots in the configuration.\n`;
    expect(err).toBe(warning);
    expect(readdirSync(`${dir}/new`)).toEqual([marker]);
    expect((await init('new')).err).toBe(`maitred: the folder is already marked (${marker})\n${warning}`);
  });

  it('does nothing the second time, and says so', async () => {
    const { dir, init } = aProject();
    await init('new');
    const before = readFileSync(`${dir}/new/${marker}`, 'utf8');
    expect(await init('new')).toEqual({
      out: `${dir}/new\n`,
      err: `maitred: the folder is already marked (${marker})\n`,
      exits: [0],
    });
    expect(readFileSync(`${dir}/new/${marker}`, 'utf8')).toBe(before);
  });

  it.each([
    ['a folder with something in it', 'full', 'is not empty'],
    ['a marked folder with something in it', 'used', 'is not empty'],
    ['a folder with a link for a marker', 'linked', 'is not empty'],
    ['a file', 'file', 'a file is in the way'],
    ['a path through a file', 'file/new', 'a file is in the way'],
  ])('rejects %s, and changes nothing', async (_, path, why) => {
    const { dir, init } = aProject();
    for (const name of ['full', 'used', 'linked']) mkdirSync(`${dir}/${name}`);
    for (const name of ['full/x', `used/${marker}`, 'used/x', 'file']) writeFileSync(`${dir}/${name}`, '');
    symlinkSync(`${dir}/file`, `${dir}/linked/${marker}`);
    const { out, err, exits } = await init(path);
    expect({ out, exits }).toEqual({ out: '', exits: [5] });
    expect(err).toContain(why);
    expect(existsSync(`${dir}/full/${marker}`)).toBe(false);
  });

  it('needs a path, and has an example in its help', async () => {
    expect((await runProgram(['workspace', 'init'])).exits).toEqual([2]);
    const { out, exits } = await runProgram(['workspace', 'init', '--help']);
    expect(exits).toEqual([0]);
    expect(out).toContain('$ maitred workspace init tests/tmp');
  });
});
