import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/domain/app-error.ts';
import { type FolderLockOptions, withFolderLock } from '../../../src/services/platform/folder-lock.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';

const never = new AbortController().signal;

const lockIn = (dir: string) => `${dir}/file.lock`;

const optionsIn = (dir: string, changes: Partial<FolderLockOptions> = {}): FolderLockOptions => ({
  lock: lockIn(dir),
  holder: 'me',
  holderKind: 'server',
  isHolderAlive: () => true,
  waitMs: 20,
  ...changes,
});

/** Leaves the lock as the server of that id does while it holds it. */
function holdLock(dir: string, holderName: string): string {
  const holder = `${lockIn(dir)}/${holderName}.aB3xY9`;
  mkdirSync(lockIn(dir), { recursive: true });
  writeFileSync(holder, '');
  return holder;
}

const isTaken = (options: FolderLockOptions) => withFolderLock(options, never, async () => true);

describe('The lock that is a folder', () => {
  it('exists during the work, names its holder, and is gone afterwards', async () => {
    const dir = tempFolder();
    const seen = await withFolderLock(optionsIn(dir), never, async () => readdirSync(lockIn(dir)));
    expect(seen).toEqual([expect.stringMatching(/^me\.\w{6}$/)]);
    expect(readdirSync(dir)).toEqual([]);
  });

  it('is gone, too, when the work fails', async () => {
    const dir = tempFolder();
    const failure = new Error('no');
    const failing = withFolderLock(optionsIn(dir), never, () => Promise.reject(failure));
    await expect(failing).rejects.toBe(failure);
    expect(readdirSync(dir)).toEqual([]);
  });

  it('is held by one at a time', async () => {
    const dir = tempFolder();
    let inside = 0;
    const seen: number[] = [];
    const work = async () => {
      inside += 1;
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(inside);
      inside -= 1;
    };
    const options = optionsIn(dir, { waitMs: 10_000 });
    await Promise.all(Array.from({ length: 20 }, () => withFolderLock(options, new AbortController().signal, work)));
    expect(seen).toEqual(Array(20).fill(1));
  });

  it('that a live server holds for too long is unavailable, with its path and a fix', async () => {
    const dir = tempFolder();
    const holder = holdLock(dir, 'other');
    const failing = isTaken(optionsIn(dir));
    await expect(failing).rejects.toThrow(AppError);
    await expect(failing).rejects.toMatchObject({ code: 'unavailable', details: { path: lockIn(dir) } });
    await expect(failing).rejects.toThrow(`Another server has held ${lockIn(dir)}`);
    await expect(failing).rejects.toThrow('remove it');
    expect(existsSync(holder)).toBe(true);
    expect(readdirSync(dir)).toEqual(['file.lock']);
  });

  it('is acquired as soon as it is released', async () => {
    const dir = tempFolder();
    const holder = holdLock(dir, 'other');
    let asked = 0;
    const isHolderAlive = () => {
      asked += 1;
      if (asked === 3) rmSync(holder);
      return true;
    };
    expect(await isTaken(optionsIn(dir, { isHolderAlive, waitMs: 10_000 }))).toBe(true);
    expect(asked).toBeGreaterThanOrEqual(3);
  });

  it('of a dead server is broken at once, after a check of that server', async () => {
    const dir = tempFolder();
    holdLock(dir, 'lz3k-2a_9');
    const asked: string[] = [];
    const isHolderAlive = (id: string) => asked.push(id) === 0;
    expect(await isTaken(optionsIn(dir, { isHolderAlive, waitMs: 0 }))).toBe(true);
    expect(asked).toEqual(['lz3k-2a_9']);
  });

  it('is broken when it is older than a minute, for any holder, and not before', async () => {
    const dir = tempFolder();
    const holder = holdLock(dir, 'me');
    const heldForMs = (ms: number) => utimesSync(holder, (Date.now() - ms) / 1_000, (Date.now() - ms) / 1_000);
    heldForMs(58_000);
    await expect(isTaken(optionsIn(dir))).rejects.toMatchObject({ code: 'unavailable' });
    heldForMs(61_000);
    expect(await isTaken(optionsIn(dir))).toBe(true);
  });

  it('of this very server is not broken, even if that counts as dead', async () => {
    const dir = tempFolder();
    holdLock(dir, 'me');
    const options = optionsIn(dir, { isHolderAlive: () => false });
    await expect(isTaken(options)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('that is only half broken or half released is free', async () => {
    const dir = tempFolder();
    mkdirSync(lockIn(dir), { recursive: true });
    expect(await isTaken(optionsIn(dir, { waitMs: 0 }))).toBe(true);
  });

  it('of a dead server is broken by many at once, and then held by one at a time', async () => {
    const dir = tempFolder();
    for (let round = 0; round < 20; round += 1) {
      holdLock(dir, 'dead');
      let inside = 0;
      const seen: number[] = [];
      const work = async () => {
        inside += 1;
        await new Promise((resolve) => setImmediate(resolve));
        seen.push(inside);
        inside -= 1;
      };
      const isHolderAlive = (id: string) => id !== 'dead';
      const servers = Array.from({ length: 8 }, (_, at) =>
        optionsIn(dir, { holder: `server-${at}`, isHolderAlive, waitMs: 10_000 }),
      );
      await Promise.all(servers.map((options) => withFolderLock(options, new AbortController().signal, work)));
      expect(seen).toEqual(Array(8).fill(1));
    }
  });

  it('stops waiting when the signal is aborted, and throws the reason', async () => {
    const dir = tempFolder();
    holdLock(dir, 'other');
    const controller = new AbortController();
    const reason = new Error('enough');
    const isHolderAlive = () => {
      setImmediate(() => controller.abort(reason));
      return true;
    };
    const options = optionsIn(dir, { isHolderAlive, waitMs: 60_000 });
    await expect(withFolderLock(options, controller.signal, async () => true)).rejects.toBe(reason);
    expect(readdirSync(dir)).toEqual(['file.lock']);
  });
});
