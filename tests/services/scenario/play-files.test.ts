import { existsSync, lstatSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createPlaceholders } from '../../../src/domain/scenario/placeholders.ts';
import type { WrittenFile } from '../../../src/domain/scenario/scenario.ts';
import { playFiles } from '../../../src/services/scenario/play-files.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';

/** Folders of a run, and a way to write files of a step into them. */
function aRun(contents: Readonly<Record<string, string | Buffer>> = {}) {
  const [project, worktrees, temp, outside, logs] = [
    tempFolder(),
    tempFolder(),
    tempFolder(),
    tempFolder(),
    tempFolder(),
  ];
  const placeholders = createPlaceholders({
    places: [
      { name: 'project', value: project },
      { name: 'worktrees', value: worktrees },
      { name: 'home', value: outside },
    ],
    tempDir: temp,
  });
  const play = (files: readonly (Partial<WrittenFile> & { readonly path: string })[], logDir: string | null = null) =>
    playFiles({
      step: '0003-run_cmd/1',
      files: files.map((file) => ({ bytes: 0, ...file })),
      placeholders: logDir === null ? placeholders : placeholders.withPlaces([{ name: 'log', value: logDir }]),
      contentOf: async ({ file }) => Buffer.from(contents[file ?? ''] ?? ''),
    });
  return { project, worktrees, temp, outside, logs, placeholders, play };
}

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('The files that a replayed program wrote', () => {
  it('are written below the folders of this run, with the folders that they need, and their permissions', async () => {
    const { project, worktrees, logs, play } = aRun({ '1.files/a': 'built\n', '1.files/b': 'log\n' });
    await play(
      [
        { path: '<<project>>/dist/deep/a.sh', file: '1.files/a', mode: '0755' },
        { path: '<<worktrees>>/empty', mode: '0600' },
        { path: '<<log>>/session.jsonl', file: '1.files/b' },
      ],
      logs,
    );
    expect(readFileSync(join(project, 'dist/deep/a.sh'), 'utf8')).toBe('built\n');
    expect(modeOf(join(project, 'dist/deep/a.sh'))).toBe('755');
    expect(readFileSync(join(worktrees, 'empty'), 'utf8')).toBe('');
    expect(readFileSync(join(logs, 'session.jsonl'), 'utf8')).toBe('log\n');
  });

  it('have the values of this run in their names and texts', async () => {
    const { project, temp, placeholders, play } = aRun({ '1.files/a': 'in <<project>>, <<temp.1>>' });
    placeholders.matches('<<temp.1>> <<id.1>>', `${temp}/work 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0`);
    await play([{ path: '<<temp.1>>/<<id.1>>.txt', file: '1.files/a' }]);
    const path = join(temp, 'work/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0.txt');
    expect(readFileSync(path, 'utf8')).toBe(`in ${project}, ${temp}/work`);
  });

  it('are kept byte by byte where they are binary', async () => {
    const bytes = Buffer.concat([Buffer.from([0xff, 0x00, 0xfe]), Buffer.from('<<project>>')]);
    const { project, play } = aRun({ '1.files/a': bytes });
    await play([{ path: '<<project>>/a.bin', file: '1.files/a', binary: true }]);
    expect(readFileSync(join(project, 'a.bin'))).toEqual(bytes);
  });

  it('are left as they are where their content was not kept', async () => {
    const { project, play } = aRun();
    await play([{ path: '<<project>>/big.iso', why_not: 'It is too large.' }]);
    expect(await readdir(project)).toEqual([]);
  });

  it('are removed where the program removed them, but nothing else than a file is', async () => {
    const { project, outside, play } = aRun();
    writeFileSync(join(project, 'old.js'), '');
    mkdirSync(join(project, 'folder'));
    writeFileSync(join(outside, 'kept'), '');
    await play([
      { path: '<<project>>/old.js', removed: true },
      { path: '<<project>>/folder', removed: true },
      { path: '<<project>>/never-there', removed: true },
    ]);
    expect(await readdir(project)).toEqual(['folder']);
  });

  it('may take the place of a removed file', async () => {
    const { project, play } = aRun();
    writeFileSync(join(project, 'a'), '');
    await play([{ path: '<<project>>/a/b' }, { path: '<<project>>/a', removed: true }]);
    expect(await readdir(join(project, 'a'))).toEqual(['b']);
  });

  it('fail by name where one cannot be written', async () => {
    const { project, play } = aRun();
    mkdirSync(join(project, 'dist'));
    await expect(play([{ path: '<<project>>/dist' }])).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(join(project, 'dist')),
    });
  });
});

describe('A path of a scenario is refused, and no file of the step is written,', () => {
  it.each([
    ['where it leads out of its place', '<<project>>/../stolen', 'leads out of <<project>>'],
    ['where it leads out later', '<<project>>/a/b/../../../stolen', 'leads out of <<project>>'],
    ['where it has parts that are no names', '<<project>>/a//b', 'leads out of <<project>>'],
    ['where its value leads out', '<<project>>/<<worktrees>>', 'leads out of <<project>>'],
    ['where it is absolute', '/etc/passwd', 'not below'],
    ['where it is relative', 'dist/a.js', 'not below'],
    ['below another place', '<<home>>/.bashrc', 'not below'],
    ['below the folder of all temporary files', '<<temp>>/a', 'not below'],
    ['where it is the place itself', '<<project>>', 'not below'],
    ['where it only begins with a place', '<<project>>-other/a', 'not below'],
    ['for the logs of a program that has none', '<<log>>/a.jsonl', 'has no <<log>>'],
    ['in the data of git', '<<project>>/.git/hooks/pre-commit', '.git'],
    ['in the data of a nested repository', '<<project>>/vendor/.GIT/config', '.git'],
    ['for the file that makes a folder a worktree', '<<worktrees>>/one/.git', '.git'],
  ])('%s', async (_, path, why) => {
    const { project, play } = aRun();
    await expect(play([{ path: '<<project>>/fine' }, { path }])).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/^The step 0003-run_cmd\/1 wrote .*None of its files was written/),
    });
    await expect(play([{ path }])).rejects.toThrow(why);
    expect(await readdir(project)).toEqual([]);
  });

  it.each([
    ['a folder on the way is a link', '<<project>>/link/a'],
    ['a folder far up is a link', '<<project>>/link/deep/er/a'],
    ['a link is at the path', '<<project>>/file-link'],
    ['a link to nothing is at the path', '<<project>>/dangling'],
    ['a folder on the way is a link to nothing', '<<project>>/dangling/a'],
    ['the temporary folder is a link', '<<temp.1>>/a'],
  ])('where %s', async (_, path) => {
    const { project, outside, temp, placeholders, play } = aRun();
    writeFileSync(join(outside, 'kept'), 'kept');
    symlinkSync(outside, join(project, 'link'));
    symlinkSync(join(outside, 'kept'), join(project, 'file-link'));
    symlinkSync(join(outside, 'nowhere'), join(project, 'dangling'));
    symlinkSync(outside, join(temp, 'work'));
    placeholders.matches('<<temp.1>>', `${temp}/work`);
    for (const removed of [{}, { removed: true } as const])
      await expect(play([{ path: '<<project>>/fine' }, { path, ...removed }])).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('a link or a special file'),
      });
    expect(await readdir(outside)).toEqual(['kept']);
    expect(existsSync(join(project, 'fine'))).toBe(false);
    expect(lstatSync(join(project, 'file-link')).isSymbolicLink()).toBe(true);
  });

  it('but not where the project itself is reached through a link', async () => {
    const [real, links] = [tempFolder(), tempFolder()];
    symlinkSync(real, join(links, 'project'));
    await playFiles({
      step: '0003-run_cmd/1',
      files: [{ path: '<<project>>/dist/a', bytes: 0 }],
      placeholders: createPlaceholders({
        places: [{ name: 'project', value: join(links, 'project') }],
        tempDir: links,
      }),
      contentOf: async () => Buffer.alloc(0),
    });
    expect(await readdir(join(real, 'dist'))).toEqual(['a']);
  });
});
