import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { StateFolder } from '../../../src/domain/state-folder.ts';
import { isSameProcessAlive, readProcessIdentity } from '../../../src/services/platform/process-identity.ts';
import {
  createServerRecordReader,
  type ServerRecordReader,
} from '../../../src/services/server-records/server-record-reader.ts';
import { sweepDeadServers } from '../../../src/services/server-records/sweep-dead-servers.ts';
import { aDeadProcess, aServerRecord, aStateFolder, plantRecord } from '../../doubles/server-records.ts';

const readerFor = (folder: StateFolder): ServerRecordReader =>
  createServerRecordReader({ folder, ownUid: process.getuid?.() ?? null });

const sweep = (folder: StateFolder, reader = readerFor(folder)): string[] =>
  sweepDeadServers({ folder, reader, isAlive: isSameProcessAlive }).map(({ serverId }) => serverId);

describe('The sweep of dead servers', () => {
  it('takes away a server from the moment it was killed, and keeps what it last said', async () => {
    const folder = aStateFolder();
    const child = spawn(process.execPath, ['-e', "console.log('up'); process.stdin.resume()"]);
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    await once(child.stdout, 'data');
    const record = aServerRecord({ process: readProcessIdentity(child.pid ?? 0) });
    plantRecord(folder, record);
    expect(sweep(folder)).toEqual([]);
    expect(readdirSync(folder.serversDir)).toEqual(['server-a.json']);

    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(sweep(folder)).toEqual(['server-a']);
    expect(readdirSync(folder.serversDir)).toEqual([]);
    expect(readerFor(folder).lastServer()).toEqual(record);
  });

  it('leaves a server that is stuck', () => {
    const folder = aStateFolder();
    plantRecord(folder, aServerRecord({ beatAtMs: 1 }));
    expect(sweep(folder)).toEqual([]);
    expect(readdirSync(folder.serversDir)).toEqual(['server-a.json']);
  });

  it.runIf(process.platform === 'linux')('takes away a server of another boot and one whose pid has passed on', () => {
    const folder = aStateFolder();
    plantRecord(folder, aServerRecord({ serverId: 'a', process: aDeadProcess() }));
    plantRecord(
      folder,
      aServerRecord({ serverId: 'b', process: { ...readProcessIdentity(process.pid), bootId: 'x' } }),
    );
    expect(sweep(folder).sort()).toEqual(['a', 'b']);
    expect(readdirSync(folder.serversDir)).toEqual([]);
  });

  const dead = { process: { pid: 2 ** 30, startTicks: null, bootId: null } };

  it('keeps the newest of several dead, and none that is older than the one that is kept', () => {
    const folder = aStateFolder();
    for (const beatAtMs of [200, 300, 100])
      plantRecord(folder, aServerRecord({ serverId: `s${beatAtMs}`, beatAtMs, ...dead }));
    sweep(folder);
    expect(readerFor(folder).lastServer()?.serverId).toBe('s300');

    plantRecord(folder, aServerRecord({ serverId: 'older', beatAtMs: 299, ...dead }));
    sweep(folder);
    expect(readerFor(folder).lastServer()?.serverId).toBe('s300');

    plantRecord(folder, aServerRecord({ serverId: 'newer', beatAtMs: 301, ...dead }));
    sweep(folder);
    expect(readerFor(folder).lastServer()?.serverId).toBe('newer');
    expect(readdirSync(folder.serversDir)).toEqual([]);
  });

  it('passes on where another server was faster', () => {
    const folder = aStateFolder();
    for (const serverId of ['a', 'b']) plantRecord(folder, aServerRecord({ serverId, ...dead }));
    const before = readerFor(folder).list();
    sweep(folder);
    const late: ServerRecordReader = { list: () => before, lastServer: () => null };
    expect(sweep(folder, late)).toEqual(['a', 'b']);
    expect(readerFor(folder).lastServer()).not.toBeNull();
  });

  it('leaves what is no record of ours', () => {
    const folder = aStateFolder();
    writeFileSync(`${folder.serversDir}/note.json`, 'dead?', { mode: 0o600 });
    sweep(folder);
    expect(readdirSync(folder.serversDir)).toEqual(['note.json']);
  });

  it('takes away a beat that a dead server never finished, and leaves one that is being written', () => {
    const folder = aStateFolder();
    for (const name of ['.old.tmp', '.fresh.tmp', '.swept.tmp']) writeFileSync(`${folder.serversDir}/${name}`, '{');
    utimesSync(`${folder.serversDir}/.old.tmp`, 0, 0);
    plantRecord(folder, aServerRecord({ serverId: 'swept', ...dead }));
    sweep(folder);
    expect(readdirSync(folder.serversDir)).toEqual(['.fresh.tmp']);
  });

  it('does nothing where no server has ever run', () => {
    const folder = { ...aStateFolder(), serversDir: '/nowhere/at/all' };
    expect(sweep(folder)).toEqual([]);
    expect(existsSync(folder.lastServerFile)).toBe(false);
  });
});
