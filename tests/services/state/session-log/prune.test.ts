import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type StateFolder, stateFolderAt } from '../../../../src/domain/state-folder.ts';
import { type PruneOptions, pruneSessionLog } from '../../../../src/services/state/session-log/prune-session-log.ts';
import { aRunningSession, aSettledSession } from '../../../doubles/agent-sessions.ts';
import { tempFolder } from '../../../doubles/temp-folder.ts';
import { aSessionSite } from '../agent-sessions/a-session-site.ts';

const lineOf = (dirName: string) => `${JSON.stringify({ dir_name: dirName, timestamp: '2026-03-02T11:00:00Z' })}\n`;

/** Makes the folders of sessions, the later named the newer, and an index that holds them and what is added. */
function plantSessions(folder: StateFolder, names: readonly string[], added: string | Buffer = ''): void {
  for (const [at, name] of names.entries()) {
    const dir = `${folder.sessionsDir}/${name}`;
    mkdirSync(dir, { recursive: true });
    writeFileSync(`${dir}/audit_log.json`, '[]');
    utimesSync(dir, 1_000 + at, 1_000 + at);
  }
  const index = Buffer.concat([Buffer.from(names.map(lineOf).join('')), Buffer.from(added)]);
  writeFileSync(folder.sessionIndexFile, index);
}

const anEmptyStateFolder = () => stateFolderAt(`${tempFolder()}/state`);
const prune = (folder: StateFolder, keep: number, change: Partial<PruneOptions> = {}) =>
  pruneSessionLog({
    folder,
    serverId: 'me',
    isServerAlive: () => true,
    keep,
    keepYoungerThanMs: 60_000,
    signal: new AbortController().signal,
    ...change,
  });
const indexOf = (folder: StateFolder) => readFileSync(folder.sessionIndexFile, 'utf8');

describe('Pruning the session log', () => {
  it('keeps the newest folders and their lines, in their order', async () => {
    const folder = anEmptyStateFolder();
    plantSessions(folder, ['d', 'c', 'b', 'a']);
    expect(await prune(folder, 2)).toBe(2);
    expect(readdirSync(folder.sessionsDir)).toEqual(['a', 'b']);
    expect(indexOf(folder)).toBe(lineOf('b') + lineOf('a'));
    expect(readdirSync(folder.logsDir).sort()).toEqual(['sessions', 'sessions.jsonl']);
    expect(await prune(folder, 2)).toBe(0);
  });

  it('leaves the index untouched where nothing is removed', async () => {
    const folder = anEmptyStateFolder();
    plantSessions(folder, ['a', 'b'], '{"torn');
    expect(await prune(folder, 2)).toBe(0);
    expect(indexOf(folder)).toBe(`${lineOf('a')}${lineOf('b')}{"torn`);
  });

  it('keeps lines that are not of a session byte by byte, and drops those of folders that are gone', async () => {
    const folder = anEmptyStateFolder();
    const strange = Buffer.concat([
      Buffer.from([0xff, 0xfe, 0x0a]),
      Buffer.from('{"note":1}\n[1]\n\n{"dir_name":7}\n{"torn'),
    ]);
    plantSessions(folder, ['old', 'a'], Buffer.concat([Buffer.from(lineOf('gone')), strange]));
    expect(await prune(folder, 1)).toBe(1);
    const expected = Buffer.concat([Buffer.from(lineOf('a')), strange, Buffer.from('\n')]);
    expect(readFileSync(folder.sessionIndexFile).equals(expected)).toBe(true);
  });

  it('keeps all young folders, and does not read the index then', async () => {
    const folder = anEmptyStateFolder();
    const names = ['a', 'b', 'c'];
    plantSessions(folder, names, lineOf('gone'));
    const now = Date.now() / 1_000;
    for (const name of names) utimesSync(`${folder.sessionsDir}/${name}`, now, now);
    expect(await prune(folder, 1)).toBe(0);
    expect(indexOf(folder)).toBe([...names, 'gone'].map(lineOf).join(''));
  });

  it('counts neither files nor hidden folders as sessions, and leaves them', async () => {
    const folder = anEmptyStateFolder();
    plantSessions(folder, ['a', 'b']);
    mkdirSync(`${folder.sessionsDir}/.c.tmp-aB3xY9`);
    writeFileSync(`${folder.sessionsDir}/note`, '');
    expect(await prune(folder, 1)).toBe(1);
    expect(readdirSync(folder.sessionsDir)).toEqual(['.c.tmp-aB3xY9', 'b', 'note']);
  });

  it('does nothing where there are no sessions', async () => {
    const folder = anEmptyStateFolder();
    expect(await prune(folder, 0)).toBe(0);
    expect(existsSync(folder.sessionIndexFile)).toBe(false);
  });

  it('keeps a session that settles at the same time', async () => {
    const { folder, store } = aSessionSite();
    plantSessions(folder, ['a']);
    const settling = Array.from({ length: 30 }, async (_, at) => {
      const session = await store.begin(aRunningSession({ key: `server-a.${at}` }));
      return session.settle(aSettledSession({ skillResult: { session_id: `session-${at}` } }));
    });
    let isDone = false;
    const pruning = (async () => {
      while (!isDone) {
        // So that there is something to take out each time; what is recorded meanwhile is young.
        mkdirSync(`${folder.sessionsDir}/old`, { recursive: true });
        utimesSync(`${folder.sessionsDir}/old`, 1_000, 1_000);
        appendFileSync(folder.sessionIndexFile, lineOf('old'));
        await prune(folder, 1, { serverId: 'server-a', lockWaitMs: 20_000 });
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    await Promise.all(settling);
    isDone = true;
    await pruning;
    const names = indexOf(folder)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).dir_name as string);
    expect(names.sort()).toEqual(readdirSync(folder.sessionsDir).sort());
    expect(names).toHaveLength(30);
  });

  it('ends with the reason of an abort, and the next completes it', async () => {
    const folder = anEmptyStateFolder();
    plantSessions(folder, ['d', 'c', 'b', 'a']);
    const reason = new Error('enough');
    await expect(prune(folder, 2, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(await prune(folder, 2)).toBe(2);
  });
});
