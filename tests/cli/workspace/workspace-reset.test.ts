import { mkdirSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { git } from '../../support/a-git-project.ts';
import { runProgram } from '../run-program.ts';

const marker = '.maitred-workspace';
const onTerminal = { stdin: Object.assign(new PassThrough(), { isTTY: true }) };

/** A project with tests in a folder that is not marked. */
function aProject() {
  const dir = `${realpathSync(tempFolder())}/shop`;
  for (const name of ['.maitred', '.git/refs', 'tests/out']) mkdirSync(`${dir}/${name}`, { recursive: true });
  for (const name of ['a.test.ts', '.gitignore']) writeFileSync(`${dir}/tests/${name}`, '');
  writeFileSync(`${dir}/tests/out/log`, '');
  const reset = (args: readonly string[], host: object = {}, isTTY = false) =>
    runProgram(['workspace', 'reset', ...args], { cwd: () => dir, ...host }, isTTY);
  return { dir, tests: `${dir}/tests`, reset };
}

describe('workspace reset', () => {
  it('shows what would be removed and lost, and removes nothing', async () => {
    const { dir, tests, reset } = aProject();
    git(dir, 'init', '--quiet');
    git(dir, 'add', 'tests');
    git(tests, 'init', '--quiet', 'lib');
    writeFileSync(`${tests}/lib/new`, '');
    expect(await reset(['tests'])).toEqual({
      out: [
        `in ${tests} (not marked: no ${marker}): 3 items would be removed`,
        '  a.test.ts',
        '  lib',
        '  out',
        '',
        'lost with them: 2 findings',
        `  it holds 2 tracked files (such as tests/a.test.ts) of the git repository ${dir}`,
        '  lib has uncommitted changes or untracked files',
        '',
      ].join('\n'),
      err: 'maitred: nothing has been removed; add --yes to remove it\n',
      exits: [0],
    });
    const { out } = await reset(['tests', '--json']);
    expect(JSON.parse(out)).toMatchObject({
      folder: tests,
      is_marked: false,
      would_remove: ['a.test.ts', 'lib', 'out'],
      lost: [{ path: tests }, { path: `${tests}/lib`, why: 'has uncommitted changes or untracked files' }],
      failed: [],
    });
    expect(readdirSync(tests)).toEqual(['.gitignore', 'a.test.ts', 'lib', 'out']);
  });

  it('with --yes empties the folder for a person on a terminal, marked or not', async () => {
    const { tests, reset } = aProject();
    writeFileSync(`${tests}/${marker}`, '');
    const { out, err, exits } = await reset(['tests', '--yes'], onTerminal, true);
    expect({ err, exits }).toEqual({ err: '', exits: [0] });
    expect(out).toContain('2 items removed');
    expect(readdirSync(tests).sort()).toEqual(['.gitignore', marker]);
    expect(await reset(['tests'])).toEqual({ out: 'Nothing to remove.\n', err: '', exits: [0] });
  });

  it.each([
    ['without a terminal', {}, false, 'run it on a terminal'],
    ['with its input redirected', {}, true, 'run it on a terminal'],
    ['in the environment of a server’s command', { ...onTerminal, env: { MAITRED_OWNER: 'a.1' } }, true, 'a server'],
    ['in a headless session', { ...onTerminal, env: { MAITRED_HEADLESS: '1' } }, true, 'MAITRED_HEADLESS'],
    ['below a server’s command', { ...onTerminal, isStartedByServer: () => true }, true, 'a server started'],
  ])('with --yes is refused %s', async (_, host, isTTY, why) => {
    const { tests, reset } = aProject();
    const { out, err, exits } = await reset(['tests', '--yes'], host, isTTY);
    expect({ out, exits }).toEqual({ out: '', exits: [77] });
    expect(err).toContain(why);
    expect(readdirSync(`${tests}/out`)).toEqual(['log']);
  });

  it.each([
    ['.', 'a folder that maitred needs'],
    ['..', 'it contains'],
    ['/', 'it contains'],
    ['.git', 'belongs to the history'],
    ['.git/refs', 'belongs to the history'],
    ['/usr/share', 'outside the folders'],
  ])('never empties %s, also for a person', async (path, why) => {
    const { dir, reset } = aProject();
    const { err, exits } = await reset([path, '--yes'], onTerminal, true);
    expect(exits).toEqual([77]);
    expect(err).toContain(why);
    expect(readdirSync(dir)).toContain('tests');
  });
});
