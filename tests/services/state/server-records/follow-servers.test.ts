import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ServerRecord } from '../../../../src/domain/server-record.ts';
import { stateFolderAt } from '../../../../src/domain/state-folder.ts';
import { followServers } from '../../../../src/services/state/server-records/follow-servers.ts';
import { aDeadProcess, aServerRecord, aStateFolder, plantRecord } from '../../../doubles/server-records.ts';
import { tempFolder } from '../../../doubles/temp-folder.ts';

function following(folder = aStateFolder()) {
  const looks: (readonly ServerRecord[])[] = [];
  const problems: string[] = [];
  const stop = followServers({
    folder,
    ownUid: process.getuid?.() ?? null,
    onServers: (running) => looks.push(running),
    report: (problem) => problems.push(problem),
  });
  onTestFinished(stop);
  const ids = () => looks.at(-1)?.map(({ serverId }) => serverId);
  return { folder, looks, problems, stop, ids };
}

describe('A follower of servers', () => {
  it('gets those that run at once, and no dead one', () => {
    const folder = aStateFolder();
    plantRecord(folder, aServerRecord());
    plantRecord(folder, aServerRecord({ serverId: 'dead', process: aDeadProcess() }));
    expect(following(folder).ids()).toEqual(['server-a']);
  });

  it('is notified when one starts, and when one ends', async () => {
    const { folder, ids } = following();
    expect(ids()).toEqual([]);
    const path = plantRecord(folder, aServerRecord());
    await expect.poll(ids).toEqual(['server-a']);
    rmSync(path);
    await expect.poll(ids).toEqual([]);
  });

  it('sees servers in a folder that does not exist yet, and in one that is replaced', async () => {
    const folder = stateFolderAt(`${tempFolder()}/state`);
    const { ids, problems } = following(folder);
    expect(ids()).toEqual([]);
    mkdirSync(folder.serversDir, { recursive: true });
    plantRecord(folder, aServerRecord());
    await expect.poll(ids).toEqual(['server-a']);
    renameSync(folder.dir, `${folder.dir}-old`);
    mkdirSync(folder.serversDir, { recursive: true });
    plantRecord(folder, aServerRecord({ serverId: 'server-b' }));
    await expect.poll(ids).toEqual(['server-b']);
    expect(problems).toEqual([]);
  });

  it('is notified once why the records cannot be read, and continues when they can', async () => {
    const folder = stateFolderAt(tempFolder());
    writeFileSync(folder.serversDir, 'no folder');
    const { ids, looks, problems } = following(folder);
    expect([problems, looks]).toEqual([[expect.stringContaining('cannot be read (ENOTDIR)')], []]);
    rmSync(folder.serversDir);
    mkdirSync(folder.serversDir);
    plantRecord(folder, aServerRecord());
    await expect.poll(ids).toEqual(['server-a']);
    expect(problems).toHaveLength(1);
  });

  it('gets nothing after it has stopped', async () => {
    const { folder, looks, stop } = following();
    plantRecord(folder, aServerRecord());
    stop();
    const another = following(folder);
    await expect.poll(() => another.looks.length).toBeGreaterThan(2);
    expect(looks).toHaveLength(1);
  });
});
