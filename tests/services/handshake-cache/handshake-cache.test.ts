import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { redactKnownValues } from '../../../src/domain/redact-known-values.ts';
import type { UpstreamHandshake } from '../../../src/domain/upstream-handshake.ts';
import { createHandshakeCache } from '../../../src/services/handshake-cache/handshake-cache.ts';
import { readHandshake } from '../../../src/services/handshake-cache/read-handshake.ts';
import { type HandshakeToWrite, writeHandshake } from '../../../src/services/handshake-cache/write-handshake.ts';
import { readOwnUid } from '../../../src/services/platform/own-uid.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';

const ownUid = readOwnUid();
const key = '0123456789abcdef';
const otherKey = 'fedcba9876543210';
const identity = ['arguments:8d1c', 'folder:/project', 'program:/usr/bin/node:1:2'];
const mebiBytes = 1_048_576;
const dayMs = 86_400_000;

const handshake: UpstreamHandshake = {
  initialize: {
    protocolVersion: '2025-06-18',
    capabilities: { tools: {} },
    serverInfo: { name: 'files', version: '1.2.3' },
    instructions: 'Ask first.',
  },
  lists: { tools: [{ name: 'read', description: 'Ünïcode \u2028' }, { name: 'write' }], prompts: [] },
};

/** A folder below one that does not exist, and what is written into it. */
function aCache(changes: Partial<HandshakeToWrite> = {}) {
  const dir = join(tempFolder(), 'state/handshakes');
  const toWrite: HandshakeToWrite = {
    dir,
    key,
    identity,
    protocolVersion: '2025-03-26',
    command: 'node server.js',
    client: 'a-client',
    handshake,
    containsSecret: () => false,
    ...changes,
  };
  const path = join(dir, `${key}.json`);
  const read = () => readHandshake(dir, key, identity, ownUid);
  return { dir, path, toWrite, read, cache: createHandshakeCache({ dir, ownUid }) };
}

/** A cache with one handshake. */
async function aFilledCache(changes: Partial<HandshakeToWrite> = {}) {
  const filled = aCache(changes);
  await writeHandshake(filled.toWrite);
  return filled;
}

describe('A handshake that was saved', () => {
  it('is read by the next start, as it was', async () => {
    const { read } = await aFilledCache();
    expect(read()).toEqual({ handshake });
  });

  it('is for this user only', async () => {
    const { dir, path } = await aFilledCache();
    expect(lstatSync(dir).mode & 0o777).toBe(0o700);
    expect(lstatSync(path).mode & 0o777).toBe(0o600);
  });

  it('replaces the one before it, and leaves no other file', async () => {
    const { toWrite, read, dir } = await aFilledCache();
    const newer = { ...handshake, lists: {} };
    await writeHandshake({ ...toWrite, handshake: newer });
    expect(read()).toEqual({ handshake: newer });
    expect(readdirSync(dir)).toEqual([`${key}.json`]);
  });

  it('is one of them as a whole when two write at once', async () => {
    const { toWrite, read } = aCache();
    const versions = ['a', 'b'].map((letter) => ({
      ...handshake,
      lists: { tools: [{ name: letter.repeat(100_000) }] },
    }));
    await Promise.all(versions.map((version) => writeHandshake({ ...toWrite, handshake: version })));
    expect(versions.map((version) => ({ handshake: version }))).toContainEqual(read());
  });

  it('holds nothing but what is promised, also where more was given', async () => {
    const more = { env: { TOKEN: 'abc' } };
    const { path } = await aFilledCache(more as Partial<HandshakeToWrite>);
    const file: object = JSON.parse(readFileSync(path, 'utf8'));
    expect(file).toEqual({
      formatVersion: 1,
      key,
      identity,
      protocolVersion: '2025-03-26',
      savedAtMs: expect.any(Number),
      command: 'node server.js',
      client: 'a-client',
      handshake,
    });
  });
});

describe('A handshake is not saved', () => {
  it('where it contains a secret, also one that JSON escapes', async () => {
    const secret = 'pass"word\nof-two-lines';
    const redact = redactKnownValues([secret], '');
    const containsSecret = (text: string) => redact(text) !== text;
    const { toWrite, read } = await aFilledCache({ containsSecret });
    const telling = { ...handshake, lists: { tools: [{ name: 'read', description: `Logs in with ${secret}` }] } };
    await expect(writeHandshake({ ...toWrite, handshake: telling })).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringMatching(
        /contain a value of --env .* ordinary variable in the client's entry.* what node server\.js writes/,
      ),
    });
    expect(read()).toEqual({ handshake });
  });

  it('where it is larger than what is read', async () => {
    const description = 'x'.repeat(32 * mebiBytes);
    const { toWrite, read } = await aFilledCache();
    const large = { ...handshake, lists: { tools: [{ name: 'read', description }] } };
    await expect(writeHandshake({ ...toWrite, handshake: large })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('larger than 32 MiB'),
    });
    expect(read()).toEqual({ handshake });
  });

  it.each<[string, UpstreamHandshake]>([
    ['has a malformed result of initialize', { ...handshake, initialize: { protocolVersion: '1', capabilities: [] } }],
    ['has malformed lists', { ...handshake, lists: { tools: [{ name: 1 }] } }],
  ])('where it %s, which the next start would not use, and the error says so', async (flaw, malformed) => {
    const { toWrite, read } = await aFilledCache();
    await expect(writeHandshake({ ...toWrite, handshake: malformed })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining(`What the server answered ${flaw}, so it is not saved`),
    });
    expect(read()).toEqual({ handshake });
  });

  it('where the folder cannot be made, and the error names the file', async () => {
    const dir = join(tempFolder(), 'file');
    writeFileSync(dir, '');
    await expect(writeHandshake({ ...aCache().toWrite, dir })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(`${dir}/${key}.json cannot be written`),
    });
  });
});

describe('Saving removes', () => {
  it('handshakes of more than 90 days, and nothing else', async () => {
    const { toWrite, dir } = await aFilledCache();
    const seconds = (ageMs: number) => (Date.now() - ageMs) / 1_000;
    const names = ['aaaaaaaaaaaaaaaa.json', 'bbbbbbbbbbbbbbbb.json', 'notes.json', 'cccccccccccccccc.txt'];
    for (const [at, name] of names.entries()) {
      writeFileSync(join(dir, name), '');
      utimesSync(join(dir, name), 0, seconds((at === 1 ? 89 : 91) * dayMs));
    }
    const link = join(dir, 'dddddddddddddddd.json');
    symlinkSync('notes.json', link);
    lutimesSync(link, 0, 0);
    await writeHandshake(toWrite);
    const kept = [`${key}.json`, ...names.slice(1), 'dddddddddddddddd.json'];
    expect(readdirSync(dir).sort()).toEqual(kept.sort());
  });

  it('the oldest of more than 200', async () => {
    const { toWrite, dir, path } = aCache();
    mkdirSync(dir, { recursive: true });
    const names = Array.from({ length: 200 }, (_, at) => `${String(at).padStart(16, '0')}.json`);
    for (const [at, name] of names.entries()) {
      writeFileSync(join(dir, name), '');
      utimesSync(join(dir, name), 0, Date.now() / 1_000 - at * 60 - 60);
    }
    await writeHandshake(toWrite);
    expect(existsSync(path)).toBe(true);
    expect(readdirSync(dir)).toHaveLength(200);
    expect(existsSync(join(dir, names[198] ?? ''))).toBe(true);
    expect(existsSync(join(dir, names[199] ?? ''))).toBe(false);
  });
});

describe('A file of the cache', () => {
  it('that does not exist is none, also in a folder that does not exist', async () => {
    expect(aCache().read()).toBeNull();
    const { dir } = await aFilledCache();
    expect(readHandshake(dir, otherKey, identity, ownUid)).toBeNull();
  });

  it.each<[string, string, (path: string) => void]>([
    ['is cut off', 'is not a JSON object', (path) => truncateSync(path, lstatSync(path).size / 2)],
    ['is empty', 'is not a JSON object', (path) => truncateSync(path)],
    ['is too large', 'is larger than 33554432 bytes', (path) => truncateSync(path, 32 * mebiBytes + 1)],
    ['is open to other users', 'is open to other users', (path) => chmodSync(path, 0o640)],
    [
      'is a link',
      'is a link',
      (path) => {
        renameSync(path, `${path}.moved`);
        symlinkSync(`${path}.moved`, path);
      },
    ],
    [
      'is a folder',
      'is not a regular file',
      (path) => {
        renameSync(path, `${path}.moved`);
        mkdirSync(path);
      },
    ],
    [
      'is a pipe',
      'is not a regular file',
      (path) => {
        renameSync(path, `${path}.moved`);
        execFileSync('mkfifo', [path]);
      },
    ],
  ])('that %s is not used, and the reason is given', async (_title, why, spoil) => {
    const { path, read } = await aFilledCache();
    spoil(path);
    expect(read()).toEqual({ why: `${path} ${why}.` });
  });

  it('of another user is not used, and the reason is given', async () => {
    const { dir, path } = await aFilledCache();
    expect(readHandshake(dir, key, identity, (ownUid ?? 0) + 1)).toEqual({ why: `${path} belongs to another user.` });
  });

  it('of another command is not used, and the reason is given', async () => {
    const { dir, path } = await aFilledCache();
    const why = `${path} belongs to another command.`;
    expect(readHandshake(dir, key, [...identity, 'script:1:2'], ownUid)).toEqual({ why });
    renameSync(path, join(dir, `${otherKey}.json`));
    expect(readHandshake(dir, otherKey, identity, ownUid)).toEqual({ why: why.replace(key, otherKey) });
  });

  const { initialize, lists } = handshake;
  it.each<[string, string, object]>([
    ['another format version', 'does not have format version 1', { formatVersion: 2 }],
    ['no key', 'has no key, protocol version, command or client', { key: undefined }],
    ['a protocol version that is no text', 'has no key, protocol version, command or client', { protocolVersion: 1 }],
    ['a command that is no text', 'has no key, protocol version, command or client', { command: ['node'] }],
    ['an identity that is no list', 'has no identity', { identity: 'a' }],
    ['an identity of numbers', 'has no identity', { identity: [1] }],
    ['no time', 'has no time', { savedAtMs: null }],
    ['no handshake', 'has no handshake', { handshake: [] }],
    ['no result of initialize', 'has no result of initialize', { handshake: { lists } }],
    ...[{ protocolVersion: 1 }, { serverInfo: [] }, { capabilities: [] }, { instructions: 1 }].map(
      (change): [string, string, object] => [
        `a result of initialize with ${JSON.stringify(change)}`,
        'has a malformed result of initialize',
        { handshake: { lists, initialize: { ...initialize, ...change } } },
      ],
    ),
    ...[
      null,
      { tools: {} },
      { tools: ['read'] },
      { tools: [{}] },
      { tools: [{ name: 1 }] },
      { prompts: [[]] },
      { prompts: null },
      { dishes: [] },
    ].map((malformed): [string, string, object] => [
      `the lists ${JSON.stringify(malformed)}`,
      'has malformed lists',
      { handshake: { initialize, lists: malformed } },
    ]),
  ])('with %s is not used, and the reason is given', async (_title, why, change) => {
    const { path, read, cache } = await aFilledCache();
    const file: object = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...file, ...change }));
    expect(read()).toEqual({ why: `${path} ${why}.` });
    expect(cache.list()).toEqual({ entries: [], unreadable: [{ path, why: `${path} ${why}.` }] });
    expect(cache.read(key)).toBeNull();
  });
});

describe('The cache', () => {
  it('shows what is saved for a command, and how much', async () => {
    const { cache, path } = await aFilledCache();
    const entry = {
      key,
      path,
      command: 'node server.js',
      folder: '/project',
      client: 'a-client',
      protocolVersion: '2025-03-26',
      serverName: 'files',
      serverVersion: '1.2.3',
      counts: { tools: 2, prompts: 0, resources: 0, resourceTemplates: 0 },
      sizeBytes: lstatSync(path).size,
      savedAtMs: expect.any(Number),
    };
    expect(cache.list()).toEqual({ entries: [entry], unreadable: [] });
    expect(cache.read(key)).toEqual({ entry, handshake });
  });

  it('shows a server that does not say its name', async () => {
    for (const serverInfo of [{ version: 1 }, null, undefined]) {
      const nameless = { ...handshake, initialize: { ...handshake.initialize, serverInfo, instructions: null } };
      const { cache } = await aFilledCache({ handshake: nameless });
      expect(cache.list()).toMatchObject({ entries: [{ serverName: '', serverVersion: '' }], unreadable: [] });
    }
  });

  it('lists the newest first, and no foreign file', async () => {
    const { cache, dir, path } = await aFilledCache();
    const file: object = JSON.parse(readFileSync(path, 'utf8'));
    for (const [at, name] of ['1111111111111111', otherKey].entries())
      writeFileSync(join(dir, `${name}.json`), JSON.stringify({ ...file, savedAtMs: at }), { mode: 0o600 });
    for (const foreign of ['notes.json', `${key}.txt`, `.${key}.json.1-a.tmp`]) writeFileSync(join(dir, foreign), '{');
    const { entries, unreadable } = cache.list();
    expect(entries.map((entry) => entry.key)).toEqual([key, otherKey, '1111111111111111']);
    expect(unreadable).toEqual([]);
  });

  it('is empty where nothing was ever saved', () => {
    const { cache, dir } = aCache();
    expect(cache.list()).toEqual({ entries: [], unreadable: [] });
    expect(cache.clear()).toEqual({ removed: [], bytes: 0, failed: [] });
    expect(existsSync(dir)).toBe(false);
  });

  it('has nothing for a key that is the path of another file', async () => {
    const { cache, dir, path } = await aFilledCache();
    renameSync(path, join(dir, '../elsewhere.json'));
    expect(cache.read('../elsewhere')).toBeNull();
    expect(cache.clear(['../elsewhere'])).toEqual({ removed: [], bytes: 0, failed: [] });
    expect(existsSync(join(dir, '../elsewhere.json'))).toBe(true);
  });

  it('is cleared of the keys that are named, and of all, but of no foreign file', async () => {
    const { cache, dir, path, toWrite } = await aFilledCache();
    await writeHandshake({ ...toWrite, key: otherKey });
    writeFileSync(join(dir, 'notes.json'), '');
    const sizeBytes = lstatSync(path).size;
    const removed = (ofKey: string) => ({
      removed: [{ key: ofKey, path: join(dir, `${ofKey}.json`), sizeBytes }],
      bytes: sizeBytes,
      failed: [],
    });
    expect(cache.clear([otherKey, '1111111111111111'])).toEqual(removed(otherKey));
    expect(cache.clear()).toEqual(removed(key));
    expect(readdirSync(dir)).toEqual(['notes.json']);
  });

  it('is cleared of files that cannot be used, and names what cannot be removed', async () => {
    const { cache, dir, path } = await aFilledCache();
    truncateSync(path, 5);
    const folder = join(dir, `${otherKey}.json`);
    mkdirSync(folder);
    expect(cache.clear()).toEqual({
      removed: [{ key, path, sizeBytes: 5 }],
      bytes: 5,
      failed: [{ path: folder, why: expect.stringMatching(/cannot be removed \((EISDIR|EPERM)\)/) }],
    });
  });
});
