import { existsSync, readFileSync, writeFileSync } from 'node:fs';
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
