import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFileAtomically } from '../../../src/services/platform/files.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';

describe('createFileAtomically', () => {
  it('makes the file and its folders, for their owner only, and returns true', async () => {
    const dir = tempFolder();
    expect(await createFileAtomically(join(dir, 'a', 'b', 'file'), 'crêpe')).toBe(true);
    expect(readFileSync(join(dir, 'a', 'b', 'file'), 'utf8')).toBe('crêpe');
    for (const [name, mode] of [
      ['a', 0o700],
      ['a/b', 0o700],
      ['a/b/file', 0o600],
    ] as const)
      expect(statSync(join(dir, name)).mode & 0o777).toBe(mode);
    expect(readdirSync(join(dir, 'a', 'b'))).toEqual(['file']);
  });

  it('leaves an existing file, folder or dangling link as it is', async () => {
    const dir = tempFolder();
    writeFileSync(join(dir, 'file'), 'mine');
    mkdirSync(join(dir, 'folder'));
    symlinkSync('nowhere', join(dir, 'link'));
    for (const name of ['file', 'folder', 'link'])
      expect(await createFileAtomically(join(dir, name), 'new')).toBe(false);
    expect(readFileSync(join(dir, 'file'), 'utf8')).toBe('mine');
    expect(readdirSync(dir).sort()).toEqual(['file', 'folder', 'link']);
  });

  it('lets exactly one of many writers win', async () => {
    const dir = tempFolder();
    const texts = Array.from({ length: 20 }, (_, at) => `${at} `.repeat(20_000));
    const made = await Promise.all(texts.map((text) => createFileAtomically(join(dir, 'file'), text)));
    expect(made.filter(Boolean)).toEqual([true]);
    expect(readFileSync(join(dir, 'file'), 'utf8')).toBe(texts[made.indexOf(true)]);
    expect(readdirSync(dir)).toEqual(['file']);
  });

  it('names the path and the cause when it cannot write', async () => {
    const dir = tempFolder();
    writeFileSync(join(dir, 'file'), '');
    await expect(createFileAtomically(join(dir, 'file', 'x', 'y'), '')).rejects.toMatchObject({
      code: 'unavailable',
      message: `${join(dir, 'file', 'x', 'y')} cannot be written (ENOTDIR): a file is where a folder must be, move that away.`,
    });
    expect(readdirSync(dir)).toEqual(['file']);
  });
});
