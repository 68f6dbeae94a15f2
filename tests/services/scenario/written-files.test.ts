import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { takeFolderSnapshot } from '../../../src/services/scenario/folder-snapshot.ts';
import { createWrittenFiles, type WrittenFilesLimits } from '../../../src/services/scenario/written-files.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';

const wide: WrittenFilesLimits = { mostEntries: 100, mostFiles: 100, mostFileBytes: 1_000, mostBytes: 10_000 };

/** A machine with all places, in a folder of its own. */
function aMachine(limits: Partial<WrittenFilesLimits> = {}) {
  const dir = tempFolder();
  const at = (path: string) => join(dir, path);
  const write = (path: string, text = 'x') => {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text);
  };
  for (const name of ['src/project', 'src/worktrees', 'tmp', 'home', 'state']) mkdirSync(at(name), { recursive: true });
  const writtenFiles = createWrittenFiles({
    places: {
      projectDir: at('src/project'),
      worktreesDir: at('src/worktrees'),
      tempDir: at('tmp'),
      homeDir: at('home'),
      stateDir: at('state'),
      scenarioDir: at('src/project/scenario'),
    },
    limits: { ...wide, ...limits },
  });
  /** What is seen of a program in this folder that does this; paths without the machine's folder. */
  const see = async (cwd: string, act: () => void, logDir: string | null = null) => {
    const watch = await writtenFiles.watch(at(cwd), logDir === null ? null : at(logDir));
    act();
    const { files, leftOut } = await watch.end();
    const short = (text: string) => text.replaceAll(`${dir}/`, '');
    const contentOf = ({ content }: (typeof files)[number]) => {
      if (content === 'removed') return 'removed';
      return 'whyNot' in content ? content : Buffer.from(content.head).toString();
    };
    return {
      files: Object.fromEntries(files.map((file) => [short(file.path), contentOf(file)])),
      leftOut: leftOut.map(short),
      all: files,
    };
  };
  return { at, write, see };
}

describe('The files of a program', () => {
  it('are those that it has written, changed or removed, also below new folders, and no others', async () => {
    const { at, write, see } = aMachine();
    for (const name of ['kept', 'changed', 'same-size', 'removed', 'old/moved']) write(`src/project/${name}`);
    const seen = await see('src/project', () => {
      write('src/project/new/deep/file', 'new');
      write('src/project/changed', 'longer');
      write('src/project/same-size', 'y');
      unlinkSync(at('src/project/removed'));
      renameSync(at('src/project/old'), at('src/project/other'));
    });
    expect(seen).toMatchObject({ leftOut: [] });
    expect(seen.files).toEqual({
      'src/project/changed': 'longer',
      'src/project/new/deep/file': 'new',
      'src/project/old/moved': 'removed',
      'src/project/other/moved': 'x',
      'src/project/removed': 'removed',
      'src/project/same-size': 'y',
    });
  });

  it('have their permissions and sizes, and may be changed only in those', async () => {
    const { at, write, see } = aMachine();
    write('src/project/script', 'run');
    const { all } = await see('src/project', () => chmodSync(at('src/project/script'), 0o751));
    expect(all).toMatchObject([{ sizeBytes: 3, mode: 0o751, content: { leftOutBytes: 0 } }]);
  });

  it('are looked for in the place of its folder, in the worktrees and in its logs', async () => {
    const { write, see } = aMachine();
    const everywhere = () => {
      for (const folder of [
        'src/project/a',
        'src/worktrees/one/a',
        'src/other',
        'tmp/entry/a',
        'tmp/other',
        'home/notes',
        'state/log',
        'opt/tool/bin',
      ])
        write(`${folder}/file`, String(counter++));
    };
    let counter = 0;
    everywhere();
    const placesOf = async (cwd: string, logDir?: string) =>
      Object.keys((await see(cwd, everywhere, logDir)).files).map((path) => path.replace(/\/file$/, ''));
    expect(await placesOf('src/project/a')).toEqual(['src/project/a', 'src/worktrees/one/a']);
    expect(await placesOf('src/worktrees/one/a')).toEqual(['src/worktrees/one/a']);
    expect(await placesOf('tmp/entry/a')).toEqual(['src/worktrees/one/a', 'tmp/entry/a']);
    expect(await placesOf('opt/tool')).toEqual(['opt/tool/bin', 'src/worktrees/one/a']);
    expect(await placesOf('home/notes')).toEqual(['home/notes', 'src/worktrees/one/a']);
    expect(await placesOf('state/log')).toEqual(['src/worktrees/one/a']);
    expect(await placesOf('src/project/a', 'state/log')).toEqual(['src/project/a', 'src/worktrees/one/a', 'state/log']);
  });

  it.each(['home', '.', 'tmp'])(
    'are not looked for in %s, which is not of one program, and it says so',
    async (cwd) => {
      const { at, write, see } = aMachine();
      const { files, leftOut } = await see(cwd, () => write(`${cwd}/file`));
      expect(files).toEqual({});
      const name = cwd === '.' ? dirname(at('x')) : cwd;
      expect(leftOut).toEqual([`${name}: many programs write there; what this one writes is not recorded.`]);
    },
  );

  it('are none where its folder does not exist', async () => {
    const { see } = aMachine();
    expect(await see('opt/nowhere', () => undefined)).toMatchObject({ files: {}, leftOut: [] });
  });

  it('are found through a link to the place of its folder, under the name of the place', async () => {
    const { at, write, see } = aMachine();
    symlinkSync(at('src/project'), at('opt'));
    const { files } = await see('opt', () => write('src/project/file'));
    expect(files).toEqual({ 'src/project/file': 'x' });
  });

  it('are not those of git, of packages, of maitred itself and of the scenario', async () => {
    const { write, see } = aMachine();
    const { files } = await see('src/project', () => {
      for (const path of ['.git/index', 'a/.git', 'node_modules/x/y', 'a/node_modules/z', 'scenario/1.yaml', 'a/b'])
        write(`src/project/${path}`);
    });
    expect(files).toEqual({ 'src/project/a/b': 'x' });
  });

  it('are regular: links are named, not followed; pipes and sockets are not opened', async () => {
    const { at, write, see } = aMachine();
    write('src/project/file', 'was a file');
    write('secret/of/others');
    const server = createServer();
    onTestFinished(() => void server.close());
    const { files, leftOut } = await see('src/project', () => {
      execFileSync('mkfifo', [at('src/project/pipe')]);
      server.listen(at('src/project/socket'));
      symlinkSync(at('secret'), at('src/project/folder-link'));
      rmSync(at('src/project/file'));
      symlinkSync(at('secret/of/others'), at('src/project/file'));
    });
    expect(files).toEqual({});
    expect(leftOut).toEqual([
      'src/project/file: a link that was written is not recorded.',
      'src/project/folder-link: a link that was written is not recorded.',
    ]);
  });

  it('have no content where they are large, or large together, and say why', async () => {
    const { write, see } = aMachine({ mostFileBytes: 100, mostBytes: 150 });
    const { files } = await see('src/project', () => {
      write('src/project/1', 'x'.repeat(101));
      write('src/project/2', 'x'.repeat(100));
      write('src/project/3', 'x'.repeat(51));
      write('src/project/4', 'x'.repeat(50));
    });
    expect(files).toEqual({
      'src/project/1': { whyNot: 'It is larger than 100 bytes.' },
      'src/project/2': 'x'.repeat(100),
      'src/project/3': { whyNot: 'The files of this program together are larger than is recorded.' },
      'src/project/4': 'x'.repeat(50),
    });
  });

  it('are at most so many, and it says how many more there are', async () => {
    const { write, see } = aMachine({ mostFiles: 2 });
    const { files, leftOut } = await see('src/project', () => {
      for (const name of ['c', 'a', 'd', 'b']) write(`src/project/${name}`);
    });
    expect(files).toEqual({ 'src/project/a': 'x', 'src/project/b': 'x' });
    expect(leftOut).toEqual(['2 more files changed; only 2 are recorded.']);
  });

  it.each(['before', 'while'])(
    'are not recorded below a place with too many entries %s it runs, and are in other places',
    async (when) => {
      const { write, see } = aMachine({ mostEntries: 10 });
      const fill = () => {
        for (let at = 0; at < 11; at += 1) write(`src/project/${at}`);
      };
      if (when === 'before') fill();
      const { files, leftOut } = await see('src/project', () => {
        fill();
        write('src/worktrees/file');
      });
      expect(files).toEqual({ 'src/worktrees/file': 'x' });
      expect(leftOut).toEqual(['src/project: more than 10 entries; what is written there is not recorded.']);
    },
  );

  it('do not keep other work from running while they are looked for', async () => {
    const dir = tempFolder();
    mkdirSync(join(dir, 'deep/deeper'), { recursive: true });
    for (const name of ['a', 'b', 'deep/c', 'deep/deeper/d']) writeFileSync(join(dir, name), '');
    let yields = 0;
    const pace = {
      isDue: true,
      async yieldOnce() {
        yields += 1;
      },
    };
    const folder = { path: dir, realPath: dir };
    const snapshot = await takeFolderSnapshot(folder, new Set(), 100, pace);
    expect([...(snapshot?.stamps.keys() ?? [])].sort()).toEqual(['a', 'b', 'deep/c', 'deep/deeper/d']);
    expect(yields).toBeGreaterThanOrEqual(6);
  });
});
