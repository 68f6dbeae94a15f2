import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/domain/app-error.ts';
import { writeFileAtomically, writeFileAtomicallySync } from '../../../../src/services/platform/files.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'maitred-files-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

describe.each([
  ['writeFileAtomically', writeFileAtomically],
  [
    'writeFileAtomicallySync',
    async (...args: Parameters<typeof writeFileAtomicallySync>) => writeFileAtomicallySync(...args),
  ],
])('%s', (_name, write) => {
  it('makes the file and its folders, for their owner only', async () => {
    const path = join(dir, 'a', 'b', 'file.json');
    await write(path, 'crêpe');
    expect(await readFile(path, 'utf8')).toBe('crêpe');
    expect(await modeOf(path)).toBe(0o600);
    expect(await modeOf(join(dir, 'a'))).toBe(0o700);
    expect(await modeOf(join(dir, 'a', 'b'))).toBe(0o700);
  });

  it('replaces an existing file, takes bytes and a mode, and leaves no other file', async () => {
    const path = join(dir, 'file.bin');
    await write(path, 'old and longer');
    await write(path, Uint8Array.of(1, 2, 255), 0o640);
    expect([...(await readFile(path))]).toEqual([1, 2, 255]);
    expect(await modeOf(path)).toBe(0o640);
    expect(await readdir(dir)).toEqual(['file.bin']);
  });

  it('lets a reader of the open old file continue', async () => {
    const path = join(dir, 'file');
    await write(path, 'old');
    const before = await stat(path);
    await write(path, 'new');
    expect((await stat(path)).ino).not.toBe(before.ino);
  });

  it('replaces a link and leaves what it points to alone', async () => {
    await writeFile(join(dir, 'target'), 'mine');
    await symlink('target', join(dir, 'link'));
    await write(join(dir, 'link'), 'new');
    expect(await readFile(join(dir, 'target'), 'utf8')).toBe('mine');
    expect(await readFile(join(dir, 'link'), 'utf8')).toBe('new');
  });

  it('names the path when it cannot write, and leaves nothing behind', async () => {
    const path = join(dir, 'folder');
    await mkdir(join(path, 'full'), { recursive: true });
    const error = await write(path, 'new').then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(path),
      cause: expect.anything(),
    });
    expect(await readdir(dir)).toEqual(['folder']);
  });

  it('writes one of the two, whole, when two write at once', async () => {
    const path = join(dir, 'file');
    const texts = ['a'.repeat(100_000), 'b'.repeat(100_000)];
    await Promise.all(texts.map((text) => write(path, text)));
    expect(texts).toContain(await readFile(path, 'utf8'));
    expect(await readdir(dir)).toEqual(['file']);
  });
});
