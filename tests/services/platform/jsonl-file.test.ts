import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type LockedJsonlFile, openJsonlFile } from '../../../src/services/platform/jsonl-file.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';

const lock = { holder: 'me', holderKind: 'server', isHolderAlive: () => true, waitMs: 10_000 };
const never = new AbortController().signal;

function aJsonlFile(text?: string) {
  const path = `${tempFolder()}/objects.jsonl`;
  if (text !== undefined) writeFileSync(path, text);
  const file = openJsonlFile(path, lock);
  return {
    path,
    change: <Result>(work: (locked: LockedJsonlFile) => Promise<Result>) => file.withLock(never, work),
    text: () => readFileSync(path, 'utf8'),
  };
}

it('An object is appended once for a text under a key, also by several at once', async () => {
  const { change, text } = aJsonlFile();
  const append = (name: string) => change((file) => file.appendOnce({ at: 1, name }, 'name'));
  await Promise.all(['a', 'b', 'a', 'b'].map(append));
  const lines = text().split('\n');
  expect(lines.sort()).toEqual(['', '{"at":1,"name":"a"}', '{"at":1,"name":"b"}']);
});

it('An object gets a line of its own after a line without its end', async () => {
  const { change, text } = aJsonlFile('{"name":');
  await change((file) => file.appendOnce({ name: 'a' }, 'name'));
  expect(text()).toBe('{"name":\n{"name":"a"}\n');
});

it('An object gets no second line where its first is far inside or has no end', async () => {
  const far = `${'x'.repeat(1_048_577)}\n{"name":"a"}\n${'{"name":"z"}\n'.repeat(20_000)}`;
  for (const before of [far, '{"name":"a"}']) {
    const { change, text } = aJsonlFile(before);
    await change((file) => file.appendOnce({ name: 'a' }, 'name'));
    expect(text()).toBe(before);
  }
});

it('An object gets a line where its text is only part of another or under another key', async () => {
  const before = '{"name":"a0"}\n{"name":"x","note":"a"}\n["a"]\n';
  const { change, text } = aJsonlFile(before);
  await change((file) => file.appendOnce({ name: 'a' }, 'name'));
  expect(text()).toBe(`${before}{"name":"a"}\n`);
});

it('A link or a folder in the place of the file is unavailable, and its target is unchanged', async () => {
  const { change, path } = aJsonlFile();
  const append = () => change((file) => file.appendOnce({ name: 'a' }, 'name'));
  const precious = `${path}.precious`;
  writeFileSync(precious, 'precious');
  symlinkSync(precious, path);
  await expect(append()).rejects.toMatchObject({ code: 'ELOOP' });
  expect(readFileSync(precious, 'utf8')).toBe('precious');
  rmSync(path);
  mkdirSync(path);
  await expect(append()).rejects.toMatchObject({ code: 'EISDIR' });
  rmdirSync(path);
  execFileSync('mkfifo', [path]);
  await expect(append()).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining(path) });
});

it('Objects that are not kept are removed, and lines that are not objects stay byte by byte', async () => {
  const { change, text } = aJsonlFile('{"name":"a"}\n{"name":"b" }\n\n[1]\nnoise \n{"name":');
  await change((file) => file.keepOnly(({ name }) => name !== 'a'));
  expect(text()).toBe('{"name":"b" }\n\n[1]\nnoise \n{"name":\n');
});

it('A file that does not exist is empty, and is not made to remove from it', async () => {
  const { change, path } = aJsonlFile();
  await change((file) => file.keepOnly(() => false));
  expect(existsSync(path)).toBe(false);
});

it('The work runs under a lock beside the file', async () => {
  const { change, path } = aJsonlFile();
  expect(await change(async () => existsSync(`${path}.lock`))).toBe(true);
  expect(existsSync(`${path}.lock`)).toBe(false);
});
