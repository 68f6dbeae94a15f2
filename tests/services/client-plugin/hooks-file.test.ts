import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type HooksFlaw, hooksFileText, repairHooksFile } from '../../../src/services/client-plugin/hooks-file.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { boundUser, doInProcess, giveToBoundUser } from '../../support/bound-user.ts';

const paths = { nodeFile: '/usr/bin/node', programDir: '/lib/maitred/dist', stateDir: '/state' };
const text = hooksFileText(paths);

/** The path of a missing hooks file in an existing folder. */
function aPlace(): string {
  const path = join(tempFolder(), 'plugin/hooks/hooks.json');
  mkdirSync(dirname(path), { recursive: true });
  return path;
}

/** The folder that the test has made. */
const rootOf = (path: string) => join(path, '../../..');

function expectWhole(path: string): void {
  expect(readFileSync(path, 'utf8')).toBe(text);
  const stats = lstatSync(path);
  expect([stats.isFile(), stats.mode & 0o777]).toEqual([true, 0o600]);
  expect(readdirSync(dirname(path))).toEqual(['hooks.json']);
}

describe('the text of the hooks file', () => {
  it('is the same for the same paths, and names its registry', () => {
    expect(hooksFileText({ ...paths })).toBe(text);
    expect(JSON.parse(text)).toMatchObject({ maitred_registry: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });
});

describe('a hooks file', () => {
  it('that is absent stays absent', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'file'), '');
    for (const place of ['hooks.json', 'plugin/hooks/hooks.json', 'file/hooks.json'])
      expect(await repairHooksFile(join(folder, place), text)).toEqual({ state: 'absent' });
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('that is current is not touched', async () => {
    const path = aPlace();
    writeFileSync(path, text);
    const identity = () => {
      const { ino, ctimeNs } = lstatSync(path, { bigint: true });
      return [ino, ctimeNs];
    };
    const before = identity();
    expect(await repairHooksFile(path, text)).toEqual({ state: 'current' });
    expect(identity()).toEqual(before);
  });

  const edits: readonly (readonly [string, HooksFlaw, string])[] = [
    ['was edited by hand', 'edited', text.replace('"timeout": 5', '"timeout": 50')],
    ['has lost a hook', 'edited', JSON.stringify({ ...JSON.parse(text), hooks: {} })],
    ['was reformatted', 'edited', JSON.stringify(JSON.parse(text))],
    ['starts another Node', 'other_commands', hooksFileText({ ...paths, nodeFile: '/opt/node' })],
    ['starts another program', 'other_commands', hooksFileText({ ...paths, programDir: '/opt/maitred' })],
    ['names another state folder', 'other_commands', hooksFileText({ ...paths, stateDir: '/elsewhere' })],
    ['has other hooks', 'other_registry', text.replace(/[0-9a-f]{64}/, '0'.repeat(64))],
    ['was written by another program', 'other_registry', '{"hooks":{}}'],
    ['is incomplete', 'broken', text.slice(0, 200)],
    ['is empty', 'broken', ''],
    ['is not an object', 'broken', 'null'],
    ['is huge', 'broken', 'x'.repeat(10 * text.length)],
    ['continues after its end', 'broken', `${text}{`],
  ];
  it.each(edits)('that %s is repaired: %s', async (_, flaw, found) => {
    const path = aPlace();
    writeFileSync(path, found);
    expect(await repairHooksFile(path, text)).toEqual({ state: 'repaired', flaw });
    expectWhole(path);
    expect(await repairHooksFile(path, text)).toEqual({ state: 'current' });
  });

  it('that is a link is replaced, and its target stays', async () => {
    const path = aPlace();
    const target = join(tempFolder(), 'target');
    writeFileSync(target, text);
    symlinkSync(target, path);
    expect(await repairHooksFile(path, text)).toEqual({ state: 'repaired', flaw: 'no_regular_file' });
    expectWhole(path);
    writeFileSync(target, 'changed');
    expectWhole(path);
  });

  it('that is a dangling link is replaced', async () => {
    const path = aPlace();
    symlinkSync(`${path}.gone`, path);
    expect(await repairHooksFile(path, text)).toEqual({ state: 'repaired', flaw: 'no_regular_file' });
    expectWhole(path);
  });

  it('that cannot be read is replaced', () => {
    const path = aPlace();
    writeFileSync(path, text, { mode: 0o000 });
    giveToBoundUser(rootOf(path));
    const { result } = doInProcess('repairHooksFile', [path, text], boundUser);
    expect(result).toEqual({ state: 'repaired', flaw: 'unreadable' });
    expectWhole(path);
  });

  it('is not written over a folder of the same name, and the error says what to do', async () => {
    const path = aPlace();
    mkdirSync(join(path, 'own-files'), { recursive: true });
    await expect(repairHooksFile(path, text)).rejects.toMatchObject({
      code: 'unavailable',
      message: `${path} cannot be written (EISDIR): a folder has its name, move that away.`,
    });
    expect(readdirSync(path)).toEqual(['own-files']);
    expect(readdirSync(dirname(path))).toEqual(['hooks.json']);
  });

  it('in a read-only folder stays, and the error says what to do', () => {
    const path = aPlace();
    writeFileSync(path, 'edited');
    giveToBoundUser(rootOf(path));
    chmodSync(dirname(path), 0o500);
    const { fault } = doInProcess('repairHooksFile', [path, text], boundUser);
    expect(fault).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(`${path} cannot be written (EACCES): `),
      details: { path },
    });
    chmodSync(dirname(path), 0o700);
    expect(readFileSync(path, 'utf8')).toBe('edited');
  });

  it('stays as it is if the time limit has passed', async () => {
    const path = aPlace();
    writeFileSync(path, 'edited');
    await expect(repairHooksFile(path, text, AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
    expect(readFileSync(path, 'utf8')).toBe('edited');
  });

  it('is complete at every moment while many servers repair it at once', async () => {
    const path = aPlace();
    writeFileSync(path, 'edited');
    const seen = new Set<string>();
    let isDone = false;
    const watch = async () => {
      while (!isDone) {
        seen.add(readFileSync(path, 'utf8'));
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const watching = watch();
    const states = await Promise.all(Array.from({ length: 20 }, () => repairHooksFile(path, text)));
    isDone = true;
    await watching;
    expect(states.every(({ state }) => state !== 'absent')).toBe(true);
    expect([...seen].filter((found) => found !== 'edited' && found !== text)).toEqual([]);
    expectWhole(path);
  });
});
