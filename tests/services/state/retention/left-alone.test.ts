import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/domain/app-error.ts';
import { stateFolderAt } from '../../../../src/domain/state-folder.ts';
import { aStateFolder } from '../../../doubles/server-records.ts';
import { tempFolder } from '../../../doubles/temp-folder.ts';
import { aRetention, itemTexts } from './a-retention.ts';
import { dayMs, plantFile } from './planted-files.ts';

const longAgoMs = 400 * dayMs;

describe('The retention leaves alone', () => {
  it.each([
    'format',
    'last-server.json',
    'notes.tmp',
    'logs/server.log',
    'logs/server.log.old',
    'logs/server.log.1.gz',
    'logs/sessions.jsonl',
    'logs/sessions/a.tmp',
    'servers/note.txt',
    'crashes/note.txt',
    'crashes/.hidden.json',
    'crashes/2026/a.json',
    'early/a.json.bak',
    'code/notes.txt',
    'code/project-v2',
    'output/notes.txt',
    'output/s.stdout',
    'output/s.1.stdout.gz',
    'output/a.b.1.stdout',
    'other/a.json',
  ])('files with other names: %s', (name) => {
    const folder = aStateFolder();
    plantFile(`${folder.dir}/${name}`, longAgoMs);
    expect(aRetention(folder).plan()).toEqual({ items: [], unreadable: [] });
  });

  it('the record of a stuck server, however old', () => {
    const folder = aStateFolder();
    plantFile(`${folder.serversDir}/stuck.json`, longAgoMs);
    expect(aRetention(folder, { liveServerIds: () => new Set(['stuck']) }).plan().items).toEqual([]);
    expect(aRetention(folder).plan().items).toMatchObject([{ kind: 'dead_server' }]);
  });

  it.each<[string, (path: string) => void]>([
    ['a link', (path) => symlinkSync(plantFile(`${path}.precious`, longAgoMs), path)],
    ['a link to nothing', (path) => symlinkSync('/nowhere', path)],
    ['a folder', (path) => mkdirSync(path)],
    ['a pipe', (path) => execFileSync('mkfifo', [path])],
  ])('what has the name of our file and is %s', (_what, put) => {
    const folder = aStateFolder();
    mkdirSync(folder.crashesDir);
    const path = `${folder.crashesDir}/a.json`;
    put(path);
    execFileSync('touch', ['-h', '-d', '2001-01-01', path]);
    plantFile(`${folder.crashesDir}/b.json`, longAgoMs);
    const retention = aRetention(folder);
    const plan = retention.plan();
    expect(itemTexts(plan)).toEqual(['b.json: too_old']);
    expect(retention.carryOut(plan)).toEqual({ removed: plan.items, failed: [] });
    expect(readdirSync(folder.crashesDir)).toContain('a.json');
  });

  it('files of another user', () => {
    const folder = aStateFolder();
    plantFile(`${folder.crashesDir}/a.json`, longAgoMs);
    expect(aRetention(folder, { ownUid: (process.getuid?.() ?? 0) + 1 }).plan()).toEqual({ items: [], unreadable: [] });
    expect(aRetention(folder, { ownUid: null }).plan().items).toHaveLength(1);
  });

  it('the target of a link with the name of our folder, and names it', () => {
    const [folder, elsewhere] = [aStateFolder(), tempFolder()];
    plantFile(`${elsewhere}/a.json`, longAgoMs);
    symlinkSync(elsewhere, folder.crashesDir);
    const { items, unreadable } = aRetention(folder).plan();
    expect(items).toEqual([]);
    expect(unreadable).toEqual([{ path: folder.crashesDir, cause: expect.stringMatching(/^(ENOTDIR|ELOOP)$/) }]);
  });
});

describe('The plan', () => {
  it('is empty where no server has ever run, and makes no folder', () => {
    const folder = stateFolderAt(`${tempFolder()}/state`);
    expect(aRetention(folder).plan()).toEqual({ items: [], unreadable: [] });
    expect(existsSync(folder.dir)).toBe(false);
  });

  it('changes nothing', () => {
    const folder = aStateFolder();
    plantFile(`${folder.crashesDir}/a.json`, longAgoMs);
    plantFile(`${folder.outputDir}/s.1.stdout`, longAgoMs);
    const snapshot = () =>
      readdirSync(folder.dir, { recursive: true })
        .map((name) => `${name} ${statSync(`${folder.dir}/${name}`).mtimeMs} ${statSync(`${folder.dir}/${name}`).ino}`)
        .sort();
    const before = snapshot();
    expect(aRetention(folder).plan().items).toHaveLength(2);
    expect(snapshot()).toEqual(before);
  });

  it('follows the link by which a person keeps the state folder elsewhere', () => {
    const folder = aStateFolder();
    plantFile(`${folder.dir}/.format.1-a.tmp`, longAgoMs);
    plantFile(`${folder.crashesDir}/a.json`, longAgoMs);
    renameSync(folder.dir, `${folder.dir}-elsewhere`);
    symlinkSync(`${folder.dir}-elsewhere`, folder.dir);
    expect(aRetention(folder).plan()).toMatchObject({ items: { length: 2 }, unreadable: [] });
  });

  it.each<[string, (path: string) => void]>([
    ['a file', (path) => writeFileSync(path, '')],
    ['a pipe', (path) => execFileSync('mkfifo', [path])],
  ])('names a folder that cannot be read, as it is %s, and lists the others', (_what, put) => {
    const folder = aStateFolder();
    rmSync(folder.serversDir, { recursive: true });
    put(folder.serversDir);
    put(folder.earlySettingsDir);
    plantFile(`${folder.crashesDir}/a.json`, longAgoMs);
    const { items, unreadable } = aRetention(folder).plan();
    expect(itemTexts({ items })).toEqual(['a.json: too_old']);
    expect(unreadable).toEqual([
      { path: folder.serversDir, cause: 'ENOTDIR' },
      { path: folder.earlySettingsDir, cause: 'ENOTDIR' },
    ]);
  });

  it('leaves command output while the live servers are unknown, and reports why', () => {
    const folder = aStateFolder();
    plantFile(`${folder.outputDir}/s.1.stdout`, longAgoMs);
    plantFile(`${folder.crashesDir}/a.json`, longAgoMs);
    const liveServerIds = () => {
      throw new AppError('unavailable', 'servers cannot be read: repair it');
    };
    const { items, unreadable } = aRetention(folder, { liveServerIds }).plan();
    expect(itemTexts({ items })).toEqual(['a.json: too_old']);
    expect(unreadable).toEqual([{ path: folder.serversDir, cause: 'servers cannot be read: repair it' }]);
  });
});
