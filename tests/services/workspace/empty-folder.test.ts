import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { identityOf } from '../../../src/services/platform/folder-identity.ts';
import type { DisposableFolder } from '../../../src/services/workspace/disposable-folder.ts';
import { emptyFolder } from '../../../src/services/workspace/empty-folder.ts';
import { openFolder } from '../../../src/services/workspace/open-folder.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { boundUser, doInProcess, giveToBoundUser, isRoot, nobody } from '../../support/bound-user.ts';
import { canMount, inOwnMounts } from '../../support/own-mounts.ts';

/** A folder that is to be emptied, and one beside it that is not. */
function twoFolders() {
  const dir = realpathSync(tempFolder());
  const doomed = `${dir}/doomed`;
  const outside = `${dir}/outside`;
  for (const path of [doomed, outside]) mkdirSync(path);
  writeFileSync(`${outside}/precious`, 'precious');
  return { dir, doomed, outside };
}

const asFound = (path: string): DisposableFolder => ({ path, identity: identityOf(lstatSync(path, { bigint: true })) });

/** By name only: paths are made here, for the order of a folder is nobody's promise. */
function plant(folder: string, paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(`${folder}/${path}`), { recursive: true });
    if (!path.endsWith('/')) writeFileSync(`${folder}/${path}`, path);
    else mkdirSync(`${folder}/${path}`, { recursive: true });
  }
}

describe('a folder that is emptied', () => {
  it('loses its files and folders, which are named and counted', async () => {
    const { doomed } = twoFolders();
    plant(doomed, ['a', 'b/c/d', 'b/e', 'empty/', '.hidden']);
    const { deleted, failed, skipped, entriesDeleted } = await emptyFolder(asFound(doomed), { keep: [] });
    expect(readdirSync(doomed)).toEqual([]);
    expect([...deleted.first].sort()).toEqual(['.hidden', 'a', 'b', 'empty']);
    expect({ deleted: deleted.count, failed: failed.count, skipped, entriesDeleted }).toEqual({
      deleted: 4,
      failed: 0,
      skipped: [],
      entriesDeleted: 7,
    });
  });

  it('keeps the named entries at its top, and only there', async () => {
    const { doomed } = twoFolders();
    plant(doomed, ['marker', 'cache/x', 'cache/deep/y', 'other/marker', 'other/cache/z']);
    const { deleted, skipped } = await emptyFolder(asFound(doomed), { keep: ['marker', 'cache', 'not-there'] });
    expect(readdirSync(doomed, { recursive: true }).sort()).toEqual([
      'cache',
      'cache/deep',
      'cache/deep/y',
      'cache/x',
      'marker',
    ]);
    expect(deleted.first).toEqual(['other']);
    expect([...skipped].sort()).toEqual(['cache', 'marker']);
  });

  it('loses its links, but not their targets', async () => {
    const { doomed, outside } = twoFolders();
    symlinkSync(outside, `${doomed}/to-folder`);
    symlinkSync(`${outside}/precious`, `${doomed}/to-file`);
    symlinkSync('/nowhere/at/all', `${doomed}/to-nothing`);
    mkdirSync(`${doomed}/sub`);
    symlinkSync('..', `${doomed}/sub/up`);
    const { deleted } = await emptyFolder(asFound(doomed), { keep: [] });
    expect(deleted.count).toBe(4);
    expect(readFileSync(`${outside}/precious`, 'utf8')).toBe('precious');
  });

  it('loses files whose names are not UTF-8', async () => {
    const { doomed } = twoFolders();
    const name = Buffer.from([0x66, 0xff, 0xfe, 0x0a]);
    writeFileSync(Buffer.concat([Buffer.from(`${doomed}/`), name]), '');
    plant(doomed, ['é€😀', 'two\nlines/-rf']);
    const { deleted } = await emptyFolder(asFound(doomed), { keep: [] });
    expect(readdirSync(doomed)).toEqual([]);
    expect([...deleted.first].sort()).toEqual(['f\ufffd\ufffd\n', 'two\nlines', 'é€😀']);
  });

  it('names the first hundred of many entries, and counts them all', async () => {
    const { doomed } = twoFolders();
    plant(
      doomed,
      Array.from({ length: 3_000 }, (_, at) => `${at}`),
    );
    plant(
      `${doomed}/sub`,
      Array.from({ length: 500 }, (_, at) => `${at}/file`),
    );
    const { deleted, entriesDeleted } = await emptyFolder(asFound(doomed), { keep: [] });
    expect(readdirSync(doomed)).toEqual([]);
    expect(deleted.first).toHaveLength(100);
    expect({ deleted: deleted.count, entriesDeleted }).toEqual({ deleted: 3_001, entriesDeleted: 4_001 });
  });

  it('loses folders that are nested deeper than a path can name', async () => {
    const { doomed } = twoFolders();
    const nest = 'n=$(printf "%0200d" 0); for i in {1..100}; do mkdir $n && cd $n; done; touch leaf';
    execFileSync('bash', ['-c', nest], { cwd: doomed });
    const { failed, entriesDeleted } = await emptyFolder(asFound(doomed), { keep: [] });
    expect({ failed: failed.count, entriesDeleted }).toEqual({ failed: 0, entriesDeleted: 101 });
  });

  it('stays as it is if the call was aborted before, and stops if the call is aborted meanwhile', async () => {
    const { doomed } = twoFolders();
    plant(
      doomed,
      Array.from({ length: 1_000 }, (_, at) => `${at}`),
    );
    const { signal } = new AbortController();
    let looks = 0;
    signal.throwIfAborted = () => {
      looks += 1;
      if (looks > 3) throw new Error('enough');
    };
    await expect(emptyFolder(asFound(doomed), { keep: [], signal: AbortSignal.abort() })).rejects.toThrow();
    expect(readdirSync(doomed)).toHaveLength(1_000);
    await expect(emptyFolder(asFound(doomed), { keep: [], signal })).rejects.toThrow('enough');
    expect(readdirSync(doomed)).toHaveLength(1_000 - 3 * 64);
  });

  it('is emptied by several calls at the same time', async () => {
    const { doomed } = twoFolders();
    plant(
      doomed,
      Array.from({ length: 200 }, (_, at) => `${at % 20}/${at}/file`),
    );
    const folder = asFound(doomed);
    const all = await Promise.all([1, 2, 3, 4].map(() => emptyFolder(folder, { keep: [] })));
    expect(all.flatMap(({ failed }) => failed.first)).toEqual([]);
    expect(readdirSync(doomed)).toEqual([]);
  });
});

describe('a folder that is replaced by another', () => {
  it('before it is emptied is not followed, and the other one is kept', async () => {
    const { dir, doomed, outside } = twoFolders();
    const folder = asFound(doomed);
    renameSync(doomed, `${dir}/moved`);
    symlinkSync(outside, doomed);
    await expect(emptyFolder(folder, { keep: [] })).rejects.toMatchObject({ code: 'unavailable' });
    rmSync(doomed);
    renameSync(outside, doomed);
    await expect(emptyFolder(folder, { keep: [] })).rejects.toMatchObject({ code: 'conflict' });
    expect(readdirSync(doomed)).toEqual(['precious']);
  });

  it.runIf(existsSync('/proc/self/fd'))('while it is open still loses its own files', async () => {
    const { dir, doomed, outside } = twoFolders();
    plant(doomed, ['precious']);
    const open = await openFolder(Buffer.from(doomed));
    onTestFinished(open.close);
    renameSync(doomed, `${dir}/moved`);
    symlinkSync(outside, doomed);
    for await (const names of open.names()) for (const name of names) await unlink(open.entry(name));
    expect(readdirSync(`${dir}/moved`)).toEqual([]);
    expect(readdirSync(outside)).toEqual(['precious']);
  });

  it('is not opened if it is a link', async () => {
    const { dir, outside } = twoFolders();
    symlinkSync(outside, `${dir}/link`);
    await expect(openFolder(Buffer.from(`${dir}/link`))).rejects.toMatchObject({
      code: expect.stringMatching(/ELOOP|ENOTDIR/),
    });
  });
});

describe('for a user who is not root', () => {
  it('folders without write or execute permission are deleted too', () => {
    const { dir, doomed } = twoFolders();
    plant(doomed, ['read-only/sub/file', 'no-entry/file', 'go-cache/mod/x.go']);
    giveToBoundUser(dir);
    for (const name of ['read-only/sub', 'read-only', 'go-cache/mod', 'go-cache'])
      chmodSync(`${doomed}/${name}`, 0o555);
    chmodSync(`${doomed}/no-entry`, 0);
    const { result } = doInProcess('emptyFolder', [doomed], boundUser);
    expect(result?.failed).toEqual({ count: 0, first: [] });
    expect(readdirSync(doomed)).toEqual([]);
  });

  it.runIf(isRoot)("another user's files are kept and reported, and the rest is deleted", () => {
    const { dir, doomed } = twoFolders();
    plant(doomed, ['theirs/deep/file', 'mine/file', 'mine-too']);
    for (const name of ['.', 'mine', 'mine/file', 'mine-too', 'theirs']) chownSync(`${doomed}/${name}`, nobody, nobody);
    chmodSync(dir, 0o755);
    const { result } = doInProcess('emptyFolder', [doomed], boundUser);
    expect([...(result?.deleted.first ?? [])].sort()).toEqual(['mine', 'mine-too']);
    expect(result?.failed).toEqual({
      count: 1,
      first: [{ path: 'theirs/deep/file', error: 'cannot be deleted (EACCES)' }],
    });
    expect(lstatSync(`${doomed}/theirs/deep`).mode & 0o777).toBe(0o755);
  });
});

describe('a mount point in the folder', () => {
  it.runIf(canMount())('is kept and reported, even if it is of the same disk, and the rest is deleted', () => {
    const { doomed, outside } = twoFolders();
    plant(doomed, ['sub/mounted/', 'sub/file', 'file']);
    chmodSync(outside, 0o500);
    const mount = `mount --bind ${outside} ${doomed}/sub/mounted && exec "$@"`;
    const { result } = doInProcess('emptyFolder', [doomed], { wrapper: [...inOwnMounts, 'sh', '-c', mount, 'sh'] });
    expect(result?.deleted.first).toEqual(['file']);
    expect(result?.failed.first).toEqual([
      { path: 'sub/mounted', error: 'is kept because it is a mount point: unmount it first' },
    ]);
    expect(readdirSync(outside)).toEqual(['precious']);
    expect(lstatSync(outside).mode & 0o777).toBe(0o500);
    chmodSync(outside, 0o700);
    expect(readdirSync(`${doomed}/sub`)).toEqual(['mounted']);
  });
});
