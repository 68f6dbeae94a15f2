import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { StateFolder } from '../../../../src/domain/state-folder.ts';
import { createServerRecordReader } from '../../../../src/services/state/server-records/server-record-reader.ts';
import { aServerRecord, aStateFolder, plantRecord } from '../../../doubles/server-records.ts';

const ownUid = process.getuid?.() ?? null;
const listIn = (folder: StateFolder, uid = ownUid) => createServerRecordReader({ folder, ownUid: uid }).list();

describe('The list of servers', () => {
  it('is empty where no server has ever run', () => {
    const folder = aStateFolder();
    rmSync(folder.dir, { recursive: true });
    expect(listIn(folder)).toEqual({ records: [], leftOut: 0 });
    expect(createServerRecordReader({ folder, ownUid }).lastServer()).toBeNull();
  });

  it('holds every server in order of start', () => {
    const folder = aStateFolder();
    plantRecord(folder, aServerRecord({ serverId: 'a-late', startedAtMs: 300 }));
    plantRecord(folder, aServerRecord({ serverId: 'b-early', startedAtMs: 100 }));
    plantRecord(folder, aServerRecord({ serverId: 'c-middle', startedAtMs: 200 }));
    expect(listIn(folder).records.map(({ serverId }) => serverId)).toEqual(['b-early', 'c-middle', 'a-late']);
  });

  it('reads the record of a later version with more keys', () => {
    const folder = aStateFolder();
    const record = aServerRecord();
    writeFileSync(`${folder.serversDir}/server-a.json`, JSON.stringify({ ...record, novelty: 1 }), { mode: 0o600 });
    expect(listIn(folder)).toEqual({ records: [record], leftOut: 0 });
  });

  it('ignores a heartbeat that is being written', () => {
    const folder = aStateFolder();
    writeFileSync(`${folder.serversDir}/.server-a.tmp`, '{"form', { mode: 0o600 });
    expect(listIn(folder)).toEqual({ records: [], leftOut: 0 });
  });

  const whole = JSON.stringify(aServerRecord());
  const plant = (folder: StateFolder, text: string): void =>
    writeFileSync(`${folder.serversDir}/server-a.json`, text, { mode: 0o600 });
  const untrusted: Readonly<Record<string, (folder: StateFolder, path: string) => void>> = {
    'a link, also to a good record': (folder, path) => {
      writeFileSync(`${folder.dir}/good`, whole, { mode: 0o600 });
      symlinkSync(`${folder.dir}/good`, path);
    },
    'a folder': (_folder, path) => mkdirSync(path),
    'a pipe': (_folder, path) => execFileSync('mkfifo', ['-m', '600', path]),
    'readable by others': (folder, path) => {
      plant(folder, whole);
      chmodSync(path, 0o644);
    },
    'larger than 1 MiB': (folder) => plant(folder, `${whole}${' '.repeat(1_048_577 - whole.length)}`),
    'not JSON': (folder) => plant(folder, whole.slice(1)),
    'not a record': (folder) => plant(folder, '{"formatVersion":1}'),
    'of another format': (folder) => plant(folder, whole.replace('"formatVersion":1', '"formatVersion":2')),
    'the record of another server': (folder) => plant(folder, whole.replace('server-a', 'server-b')),
    'of a server that claims to be a group of processes': (folder) =>
      plant(folder, whole.replace(/"pid":\d+/, '"pid":-1')),
    'of a server whose name leads elsewhere': (folder) => plant(folder, whole.replace('server-a', '../server-a')),
  };
  for (const [what, put] of Object.entries(untrusted)) {
    it(`leaves alone, and counts, what is ${what}`, () => {
      const folder = aStateFolder();
      put(folder, `${folder.serversDir}/server-a.json`);
      expect(listIn(folder)).toEqual({ records: [], leftOut: 1 });
      expect(readdirSync(folder.serversDir)).toEqual(['server-a.json']);
    });
  }

  it('leaves alone, and counts, files of another user', () => {
    const folder = aStateFolder();
    plantRecord(folder, aServerRecord());
    expect(listIn(folder, (ownUid ?? 0) + 1)).toEqual({ records: [], leftOut: 1 });
  });

  it('accepts a record of exactly 1 MiB', () => {
    const folder = aStateFolder();
    plant(folder, `${whole}${' '.repeat(1_048_576 - whole.length)}`);
    expect(listIn(folder).records).toHaveLength(1);
  });

  it('is unavailable when the folder is a file', () => {
    const folder = aStateFolder();
    rmSync(folder.serversDir, { recursive: true });
    writeFileSync(folder.serversDir, '');
    expect(() => listIn(folder)).toThrow(expect.objectContaining({ code: 'unavailable' }));
    expect(() => listIn(folder)).toThrow(`${folder.serversDir} cannot be read (ENOTDIR)`);
  });
});
