import { describe, expect, it } from 'vitest';
import type { StateFolder } from '../../../../src/domain/state-folder.ts';
import { aStateFolder } from '../../../doubles/server-records.ts';
import { aRetention, itemTexts } from './a-retention.ts';
import { dayMs, hourMs, plantFile, setAge } from './planted-files.ts';

const keyAt = (at: number): string => at.toString(16).padStart(16, '0');
const codeDir = (folder: StateFolder): string => `${folder.dir}/code`;

describe('A file that is too old', () => {
  it.each([
    ['the record of a dead server', 'dead_server', 30 * dayMs, 'servers/s.json'],
    ['a crash file', 'crash_file', 30 * dayMs, 'crashes/2026-01-02T03-04-05.678Z-s.json'],
    ['an early-settings cache', 'early_settings', 30 * dayMs, 'early/8d1c.json'],
    ['a cached handshake', 'handshake', 90 * dayMs, 'handshakes/0123456789abcdef.json'],
    ['compiled code', 'compiled_code', 90 * dayMs, 'code/open-3f2a-v20.19.0-x64'],
    ['a rotated log', 'rotated_log', 30 * dayMs, 'logs/server.log.12'],
    ['what a command said', 'command_output', 7 * dayMs, 'output/mb1-2-a_b.17.stdout'],
    ['what a command said of errors', 'command_output', 7 * dayMs, 'output/mb1-2-a_b.17.stderr'],
    ['an unfinished file of the state folder', 'unfinished_file', hourMs, '.last-server.json.12-x1.tmp'],
    ['an unfinished file of the logs', 'unfinished_file', hourMs, 'logs/.sessions.jsonl.12-x1.tmp'],
    ['an unfinished record of a server', 'unfinished_file', hourMs, 'servers/.mb1-2-a_b.tmp'],
    ['an unfinished crash file', 'unfinished_file', hourMs, 'crashes/.a.json.12-x1.tmp'],
    ['an unfinished early-settings cache', 'unfinished_file', hourMs, 'early/.8d1c.json.12-x1.tmp'],
    ['an unfinished handshake', 'unfinished_file', hourMs, 'handshakes/.0123456789abcdef.json.12-x1.tmp'],
    ['unfinished output', 'unfinished_file', hourMs, 'output/.s.1.stdout.12-x1.tmp'],
    ['unfinished code', 'unfinished_file', hourMs, 'code/open-3f2a-v20.19.0-x64.4711'],
    ['an unfinished file beside code', 'unfinished_file', hourMs, 'code/.open-3f2a-v20.19.0-x64.12-x1.tmp'],
  ])('%s is removed, and not before', (_what, kind, maxAgeMs, name) => {
    const folder = aStateFolder();
    const path = plantFile(`${folder.dir}/${name}`, maxAgeMs, 123);
    expect(aRetention(folder).plan()).toEqual({ items: [], unreadable: [] });
    setAge(path, maxAgeMs + 1_000);
    expect(aRetention(folder).plan()).toMatchObject({
      items: [{ kind, reason: 'too_old', ageMs: maxAgeMs + 1_000, file: { path, sizeBytes: 123 } }],
      unreadable: [],
    });
  });

  it('is not one from the future, of a clock that was wrong', () => {
    const folder = aStateFolder();
    plantFile(`${folder.crashesDir}/a.json`, -400 * dayMs);
    expect(aRetention(folder).plan().items).toEqual([]);
  });
});

describe('What exceeds a number or a size', () => {
  it.each([
    ['50 crash files', 50, (folder: StateFolder, at: number) => `${folder.crashesDir}/${at}.json`],
    ['200 early-settings caches', 200, (folder: StateFolder, at: number) => `${folder.earlySettingsDir}/${at}.json`],
    ['200 cached handshakes', 200, (folder: StateFolder, at: number) => `${folder.handshakesDir}/${keyAt(at)}.json`],
    ['30 files of code', 30, (folder: StateFolder, at: number) => `${codeDir(folder)}/${at}-b-v20.1.0-x64`],
    ['200 files of output', 200, (folder: StateFolder, at: number) => `${folder.outputDir}/s.${at}.stdout`],
  ])('is removed, the oldest first: %s stay', (_what, maxFiles, pathOf) => {
    const folder = aStateFolder();
    for (let at = 0; at < maxFiles; at += 1) plantFile(pathOf(folder, at), at * 60_000);
    expect(aRetention(folder).plan().items).toEqual([]);
    const [older, oldest] = [pathOf(folder, 1_001), pathOf(folder, 1_002)];
    plantFile(oldest, dayMs + 1_000);
    plantFile(older, dayMs);
    expect(aRetention(folder).plan().items).toMatchObject([
      { reason: 'too_many', file: { path: older } },
      { reason: 'too_many', file: { path: oldest } },
    ]);
  });

  it('is reported as too old where it is both', () => {
    const folder = aStateFolder();
    for (let at = 0; at < 51; at += 1) plantFile(`${folder.crashesDir}/${at}.json`, at === 50 ? 31 * dayMs : 1_000);
    expect(itemTexts(aRetention(folder).plan())).toEqual(['50.json: too_old']);
  });

  it('is removed, the oldest first, when command output takes more than 2 GiB in total', () => {
    const folder = aStateFolder();
    const half = 1_073_741_824;
    plantFile(`${folder.outputDir}/a.1.stdout`, 1_000, half);
    plantFile(`${folder.outputDir}/b.1.stdout`, 3_000, half);
    expect(aRetention(folder).plan().items).toEqual([]);
    plantFile(`${folder.outputDir}/c.1.stdout`, 2_000, 1);
    plantFile(`${folder.outputDir}/d.1.stdout`, 4_000, 0);
    expect(itemTexts(aRetention(folder).plan())).toEqual(['b.1.stdout: too_large', 'd.1.stdout: too_large']);
  });

  it('is the same for every server, also of files written at the same moment', () => {
    const names = Array.from({ length: 52 }, (_, at) => `${String(at).padStart(2, '0')}.json`);
    const plansOf = [names, [...names].reverse()].map((order) => {
      const folder = aStateFolder();
      for (const name of order) plantFile(`${folder.crashesDir}/${name}`, 1_000);
      return itemTexts(aRetention(folder).plan());
    });
    expect(plansOf).toEqual(Array(2).fill(['00.json: too_many', '01.json: too_many']));
  });
});

describe('The output of a command of a live server', () => {
  it('stays, however old, many and large it is', () => {
    const folder = aStateFolder();
    for (let at = 0; at < 210; at += 1) plantFile(`${folder.outputDir}/live.${at}.stdout`, 30 * dayMs, 20_000_000);
    expect(aRetention(folder).plan().items).toHaveLength(210);
    expect(aRetention(folder, { liveServerIds: () => new Set(['live']) }).plan().items).toEqual([]);
  });

  it('stays, and that of a server whose id only starts alike is removed', () => {
    const folder = aStateFolder();
    for (const id of ['live', 'live-2', 'liv']) plantFile(`${folder.outputDir}/${id}.1.stdout`, 8 * dayMs);
    const { items } = aRetention(folder, { liveServerIds: () => new Set(['live']) }).plan();
    expect(itemTexts({ items })).toEqual(['liv.1.stdout: too_old', 'live-2.1.stdout: too_old']);
  });

  it('leaves less room for that of dead servers, in bytes and in number', () => {
    const liveServerIds = () => new Set(['live']);
    const large = aStateFolder();
    plantFile(`${large.outputDir}/live.1.stdout`, 2 * dayMs, 2_147_483_648);
    plantFile(`${large.outputDir}/dead.1.stdout`, 1_000, 1);
    expect(itemTexts(aRetention(large, { liveServerIds }).plan())).toEqual(['dead.1.stdout: too_large']);
    const many = aStateFolder();
    for (let at = 0; at < 200; at += 1) plantFile(`${many.outputDir}/live.${at}.stdout`, 2 * dayMs);
    plantFile(`${many.outputDir}/dead.1.stdout`, 1_000);
    expect(itemTexts(aRetention(many, { liveServerIds }).plan())).toEqual(['dead.1.stdout: too_many']);
  });

  it('stays when the server started while the plan was made', () => {
    const folder = aStateFolder();
    plantFile(`${folder.outputDir}/dead.1.stdout`, 8 * dayMs);
    const liveServerIds = () => {
      plantFile(`${folder.outputDir}/late.1.stdout`, 8 * dayMs);
      return new Set<string>();
    };
    expect(itemTexts(aRetention(folder, { liveServerIds }).plan())).toEqual(['dead.1.stdout: too_old']);
  });
});
