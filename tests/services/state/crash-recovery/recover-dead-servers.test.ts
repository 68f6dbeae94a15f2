import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { unseenDeadAfterMs } from '../../../../src/domain/server-record.ts';
import type { StateFolder } from '../../../../src/domain/state-folder.ts';
import { readProcessIdentity } from '../../../../src/services/platform/process-identity.ts';
import {
  type RecoverDeadServersOptions,
  recoverDeadServers,
} from '../../../../src/services/state/crash-recovery/recover-dead-servers.ts';
import {
  createServerRecordReader,
  type ServerRecordReader,
} from '../../../../src/services/state/server-records/server-record-reader.ts';
import { aDeadProcess, aServerRecord, aStateFolder, plantRecord } from '../../../doubles/server-records.ts';

const ownUid = process.getuid?.() ?? null;
const readerFor = (folder: StateFolder): ServerRecordReader => createServerRecordReader({ folder, ownUid });
const me = 'recoverer';

async function recover(folder: StateFolder, changes: Partial<RecoverDeadServersOptions> = {}): Promise<string[]> {
  const recovered = await recoverDeadServers({
    folder,
    reader: readerFor(folder),
    ownUid,
    serverId: me,
    ensureServerRecord: () => void plantRecord(folder, aServerRecord({ serverId: me })),
    endProcessesOf: async () => ({ processesEnded: 0, survivors: 0 }),
    signal: new AbortController().signal,
    ...changes,
  });
  return recovered.map(({ record }) => record.serverId);
}

const others = (folder: StateFolder) => readdirSync(folder.serversDir).filter((name) => name !== `${me}.json`);
const dead = { process: { pid: 2 ** 30, startTicks: null, bootId: null } };

describe('The recovery of dead servers', () => {
  it('removes a server as soon as it was killed, and keeps its last record', async () => {
    const folder = aStateFolder();
    const child = spawn(process.execPath, ['-e', "console.log('up'); process.stdin.resume()"]);
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    await once(child.stdout, 'data');
    const record = aServerRecord({ process: readProcessIdentity(child.pid ?? 0) });
    plantRecord(folder, record);
    expect(await recover(folder)).toEqual([]);
    expect(others(folder)).toEqual(['server-a.json']);

    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await recover(folder)).toEqual(['server-a']);
    expect(others(folder)).toEqual([]);
    expect(readerFor(folder).lastServer()).toEqual(record);
    expect(readdirSync(folder.recoveringDir)).toEqual([]);
  });

  it('ends the processes of each before its record is removed, and counts them', async () => {
    const folder = aStateFolder();
    plantRecord(folder, aServerRecord({ serverId: 'a', ...dead }));
    const recovered = await recoverDeadServers({
      folder,
      reader: readerFor(folder),
      ownUid,
      serverId: me,
      ensureServerRecord: () => void plantRecord(folder, aServerRecord({ serverId: me })),
      endProcessesOf: async ({ serverId }) => {
        expect(serverId).toBe('a');
        expect(readdirSync(`${folder.recoveringDir}/${me}`)).toEqual(['a.json']);
        return { processesEnded: 3, survivors: 1 };
      },
      signal: new AbortController().signal,
    });
    expect(recovered).toMatchObject([{ processesEnded: 3, survivors: 1 }]);
  });

  it('leaves a server that is stuck', async () => {
    const folder = aStateFolder();
    plantRecord(folder, aServerRecord({ heartbeatAtMs: 1 }));
    expect(await recover(folder)).toEqual([]);
    expect(others(folder)).toEqual(['server-a.json']);
  });

  it('leaves a server of another pid namespace until its heartbeat is old', async () => {
    const folder = aStateFolder();
    const elsewhere = { ...aDeadProcess(), pidNamespace: 'another' };
    const quiet = { heartbeatAtMs: Date.now() - unseenDeadAfterMs / 2 };
    const silent = { heartbeatAtMs: Date.now() - unseenDeadAfterMs - 1 };
    plantRecord(folder, aServerRecord({ serverId: 'quiet', process: elsewhere, ...quiet }));
    plantRecord(folder, aServerRecord({ serverId: 'silent', process: elsewhere, ...silent }));
    expect([...readerFor(folder).liveServerIds()]).toEqual(['quiet']);
    expect(await recover(folder)).toEqual(['silent']);
    expect(others(folder)).toEqual(['quiet.json']);
  });

  it.runIf(process.platform === 'linux')(
    'takes away a server of another boot and one whose pid has passed on',
    async () => {
      const folder = aStateFolder();
      plantRecord(folder, aServerRecord({ serverId: 'a', process: aDeadProcess() }));
      plantRecord(
        folder,
        aServerRecord({ serverId: 'b', process: { ...readProcessIdentity(process.pid), bootId: 'x' } }),
      );
      expect((await recover(folder)).sort()).toEqual(['a', 'b']);
      expect(others(folder)).toEqual([]);
    },
  );

  it('keeps the newest of several dead, and none that is older than the one that is kept', async () => {
    const folder = aStateFolder();
    for (const heartbeatAtMs of [200, 300, 100])
      plantRecord(folder, aServerRecord({ serverId: `s${heartbeatAtMs}`, heartbeatAtMs, ...dead }));
    await recover(folder);
    expect(readerFor(folder).lastServer()?.serverId).toBe('s300');

    plantRecord(folder, aServerRecord({ serverId: 'older', heartbeatAtMs: 299, ...dead }));
    await recover(folder);
    expect(readerFor(folder).lastServer()?.serverId).toBe('s300');

    plantRecord(folder, aServerRecord({ serverId: 'newer', heartbeatAtMs: 301, ...dead }));
    await recover(folder);
    expect(readerFor(folder).lastServer()?.serverId).toBe('newer');
    expect(others(folder)).toEqual([]);
  });

  it('continues where another server was faster', async () => {
    const folder = aStateFolder();
    for (const serverId of ['a', 'b']) plantRecord(folder, aServerRecord({ serverId, ...dead }));
    const before = readerFor(folder).list();
    await recover(folder);
    const late: ServerRecordReader = { ...readerFor(folder), list: () => before, lastServer: () => null };
    expect(await recover(folder, { reader: late, serverId: 'late' })).toEqual([]);
    expect(readerFor(folder).lastServer()).not.toBeNull();
    expect(readdirSync(folder.recoveringDir)).toEqual([]);
  });

  it('settles each of many dead servers once, though three servers recover at once', async () => {
    const folder = aStateFolder();
    const names = Array.from({ length: 30 }, (_, index) => `dead-${index}`);
    for (const serverId of names) plantRecord(folder, aServerRecord({ serverId, ...dead }));
    const settled = await Promise.all(
      ['one', 'two', 'three'].map((serverId) =>
        recover(folder, {
          serverId,
          ensureServerRecord: () => void plantRecord(folder, aServerRecord({ serverId })),
          endProcessesOf: async () => {
            await new Promise((resolve) => setImmediate(resolve));
            return { processesEnded: 0, survivors: 0 };
          },
        }),
      ),
    );
    expect(settled.flat().sort()).toEqual([...names].sort());
    expect(readdirSync(folder.recoveringDir)).toEqual([]);
  });

  it('takes over the claims of a dead server, and leaves those of a live one', async () => {
    const folder = aStateFolder();
    for (const [claimant, serverId] of [
      ['gone', 'a'],
      ['live', 'b'],
    ] as const) {
      mkdirSync(`${folder.recoveringDir}/${claimant}`, { recursive: true });
      renameSync(
        plantRecord(folder, aServerRecord({ serverId, ...dead })),
        `${folder.recoveringDir}/${claimant}/${serverId}.json`,
      );
    }
    plantRecord(folder, aServerRecord({ serverId: 'live' }));
    expect(await recover(folder)).toEqual(['a']);
    expect(readdirSync(folder.recoveringDir)).toEqual(['live']);
  });

  it('leaves the rest when it is aborted, and another server continues', async () => {
    const folder = aStateFolder();
    for (const serverId of ['a', 'b', 'c']) plantRecord(folder, aServerRecord({ serverId, ...dead }));
    const stop = new AbortController();
    const ended: string[] = [];
    const endProcessesOf: RecoverDeadServersOptions['endProcessesOf'] = async ({ serverId }) => {
      ended.push(serverId);
      stop.abort(new Error('leaving'));
      return { processesEnded: 0, survivors: 0 };
    };
    await expect(recover(folder, { endProcessesOf, signal: stop.signal })).rejects.toThrow('leaving');
    // The recoverer has left: its record is gone.
    renameSync(`${folder.serversDir}/${me}.json`, folder.lastServerFile);
    const rest = await recover(folder, { serverId: 'next' });
    expect([...ended, ...rest].sort()).toEqual(['a', 'b', 'c']);
    expect(readdirSync(folder.recoveringDir)).toEqual([]);
  });

  it('leaves files that are not records of ours', async () => {
    const folder = aStateFolder();
    writeFileSync(`${folder.serversDir}/note.json`, 'dead?', { mode: 0o600 });
    mkdirSync(`${folder.recoveringDir}/gone`, { recursive: true });
    writeFileSync(`${folder.recoveringDir}/gone/note.json`, 'dead?', { mode: 0o600 });
    await recover(folder);
    expect(others(folder)).toEqual(['note.json']);
    expect(readdirSync(`${folder.recoveringDir}/gone`)).toEqual(['note.json']);
  });

  it('does nothing without dead servers', async () => {
    const folder = { ...aStateFolder(), serversDir: '/nowhere/at/all' };
    const ensureServerRecord = () => expect.unreachable();
    expect(await recover(folder, { ensureServerRecord })).toEqual([]);
    expect(existsSync(folder.lastServerFile)).toBe(false);
    expect(existsSync(folder.recoveringDir)).toBe(false);
  });
});
