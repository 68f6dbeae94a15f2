import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/domain/app-error.ts';
import type { StateFolder } from '../../../../src/domain/state-folder.ts';
import { type IndexLockOptions, withIndexLock } from '../../../../src/services/state/session-log/index-lock.ts';
import { anEmptyStateFolder, never } from './crashed-sessions.ts';

const lockOf = ({ sessionIndexFile }: StateFolder) => `${sessionIndexFile}.lock`;

const optionsAt = (folder: StateFolder, changes: Partial<IndexLockOptions> = {}): IndexLockOptions => ({
  indexFile: folder.sessionIndexFile,
  serverId: 'me',
  isServerAlive: () => true,
  nowMs: Date.now,
  waitMs: 20,
  ...changes,
});

/** Leaves the lock as the server of that id does while it holds it. */
function holdLock(folder: StateFolder, serverId: string): string {
  const holder = `${lockOf(folder)}/${serverId}.aB3xY9`;
  mkdirSync(lockOf(folder), { recursive: true });
  writeFileSync(holder, '');
  return holder;
}

const isTaken = (options: IndexLockOptions) => withIndexLock(options, never, async () => true);

describe('The lock of the index', () => {
  it('is there while the work is done, says whose it is, and is gone afterwards', async () => {
    const folder = anEmptyStateFolder();
    const seen = await withIndexLock(optionsAt(folder), never, async () => readdirSync(lockOf(folder)));
    expect(seen).toEqual([expect.stringMatching(/^me\.\w{6}$/)]);
    expect(readdirSync(folder.logsDir)).toEqual([]);
  });

  it('is gone, too, when the work fails', async () => {
    const folder = anEmptyStateFolder();
    const failure = new Error('no');
    const failing = withIndexLock(optionsAt(folder), never, () => Promise.reject(failure));
    await expect(failing).rejects.toBe(failure);
    expect(readdirSync(folder.logsDir)).toEqual([]);
  });

  it('is held by one at a time', async () => {
    const folder = anEmptyStateFolder();
    let inside = 0;
    const seen: number[] = [];
    const work = async () => {
      inside += 1;
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(inside);
      inside -= 1;
    };
    const options = optionsAt(folder, { waitMs: 10_000 });
    await Promise.all(Array.from({ length: 20 }, () => withIndexLock(options, new AbortController().signal, work)));
    expect(seen).toEqual(Array(20).fill(1));
  });

  it('that is held for too long by a server that lives is unavailable, by name and with a mend', async () => {
    const folder = anEmptyStateFolder();
    const holder = holdLock(folder, 'other');
    const failing = isTaken(optionsAt(folder));
    await expect(failing).rejects.toThrow(AppError);
    await expect(failing).rejects.toMatchObject({ code: 'unavailable', details: { path: lockOf(folder) } });
    await expect(failing).rejects.toThrow(`${lockOf(folder)} is held by another server`);
    await expect(failing).rejects.toThrow('remove it');
    expect(existsSync(holder)).toBe(true);
    expect(readdirSync(folder.logsDir)).toEqual(['sessions.jsonl.lock']);
  });

  it('is had as soon as it is given back', async () => {
    const folder = anEmptyStateFolder();
    const holder = holdLock(folder, 'other');
    let asked = 0;
    const isServerAlive = () => {
      asked += 1;
      if (asked === 3) rmSync(holder);
      return true;
    };
    expect(await isTaken(optionsAt(folder, { isServerAlive, waitMs: 10_000 }))).toBe(true);
    expect(asked).toBeGreaterThanOrEqual(3);
  });

  it('of a dead server is broken at once, and that server is the one that was asked for', async () => {
    const folder = anEmptyStateFolder();
    holdLock(folder, 'lz3k-2a_9');
    const asked: string[] = [];
    const isServerAlive = (id: string) => asked.push(id) === 0;
    expect(await isTaken(optionsAt(folder, { isServerAlive, waitMs: 0 }))).toBe(true);
    expect(asked).toEqual(['lz3k-2a_9']);
  });

  it('is broken when it is older than a minute, whoever holds it, and not before', async () => {
    const folder = anEmptyStateFolder();
    const holder = holdLock(folder, 'me');
    const heldForMs = (ms: number) => utimesSync(holder, (Date.now() - ms) / 1_000, (Date.now() - ms) / 1_000);
    heldForMs(58_000);
    await expect(isTaken(optionsAt(folder))).rejects.toMatchObject({ code: 'unavailable' });
    heldForMs(61_000);
    expect(await isTaken(optionsAt(folder))).toBe(true);
  });

  it('of this very server is not broken, whatever is said of it', async () => {
    const folder = anEmptyStateFolder();
    holdLock(folder, 'me');
    const options = optionsAt(folder, { isServerAlive: () => false });
    await expect(isTaken(options)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('that was broken or given back halfway is free', async () => {
    const folder = anEmptyStateFolder();
    mkdirSync(lockOf(folder), { recursive: true });
    expect(await isTaken(optionsAt(folder, { waitMs: 0 }))).toBe(true);
  });

  it('of a dead server is broken by many at once, and still held by one at a time', async () => {
    const folder = anEmptyStateFolder();
    for (let round = 0; round < 20; round += 1) {
      holdLock(folder, 'dead');
      let inside = 0;
      const seen: number[] = [];
      const work = async () => {
        inside += 1;
        await new Promise((resolve) => setImmediate(resolve));
        seen.push(inside);
        inside -= 1;
      };
      const isServerAlive = (id: string) => id !== 'dead';
      const servers = Array.from({ length: 8 }, (_, at) =>
        optionsAt(folder, { serverId: `server-${at}`, isServerAlive, waitMs: 10_000 }),
      );
      await Promise.all(servers.map((options) => withIndexLock(options, new AbortController().signal, work)));
      expect(seen).toEqual(Array(8).fill(1));
    }
  });

  it('is no longer waited for when the signal is aborted, and the reason is thrown', async () => {
    const folder = anEmptyStateFolder();
    holdLock(folder, 'other');
    const controller = new AbortController();
    const reason = new Error('enough');
    const isServerAlive = () => {
      setImmediate(() => controller.abort(reason));
      return true;
    };
    const options = optionsAt(folder, { isServerAlive, waitMs: 60_000 });
    await expect(withIndexLock(options, controller.signal, async () => true)).rejects.toBe(reason);
    expect(readdirSync(folder.logsDir)).toEqual(['sessions.jsonl.lock']);
  });
});
