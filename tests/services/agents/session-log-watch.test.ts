import { appendFileSync, mkdirSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { watchSessionLog } from '../../../src/services/agents/session-log-watch.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';

function watch(dir: string | null, sizeBefore = 0) {
  const lines: string[] = [];
  const session = { id: null as string | null };
  const log = watchSessionLog(
    { dir, sessionId: () => session.id, onLine: (line) => void lines.push(line) },
    sizeBefore,
  );
  onTestFinished(log.end);
  return { log, lines, session };
}

describe('The log that an agent keeps itself', () => {
  it('is read from its beginning once the session has named its id, as it grows, and unfinished lines wait', async () => {
    const dir = tempFolder();
    const { log, lines, session } = watch(dir);
    writeFileSync(`${dir}/s1.jsonl`, 'one\ntw');
    await log.readNow();
    expect([lines, log.file, log.lastGrowthAtMs]).toEqual([[], null, null]);
    session.id = 's1';
    await log.readNow();
    expect([lines, log.file]).toEqual([['one'], `${dir}/s1.jsonl`]);
    appendFileSync(`${dir}/s1.jsonl`, 'o\nthree\n');
    await log.readNow();
    expect(lines).toEqual(['one', 'two', 'three']);
  });

  it('is read from near its end where it has a hole that nobody could read', async () => {
    const dir = tempFolder();
    const { log, lines, session } = watch(dir);
    session.id = 's1';
    writeFileSync(`${dir}/s1.jsonl`, 'one\n');
    truncateSync(`${dir}/s1.jsonl`, 2 ** 42);
    appendFileSync(`${dir}/s1.jsonl`, '\nlast\n');
    await log.readNow();
    expect(lines).toEqual(['last']);
    expect(log.sizeBytes).toBe(2 ** 42 + 6);
  });

  it('is followed by itself, and says when it was found and when it has grown', async () => {
    const dir = tempFolder();
    const { log, lines, session } = watch(dir);
    session.id = 's1';
    const grown: number[] = [];
    log.subscribe(() => grown.push(lines.length));
    writeFileSync(`${dir}/s1.jsonl`, 'one\n');
    await expect.poll(() => lines).toEqual(['one']);
    const before = log.lastGrowthAtMs ?? 0;
    appendFileSync(`${dir}/s1.jsonl`, 'two\n');
    await expect.poll(() => lines).toEqual(['one', 'two']);
    expect(log.lastGrowthAtMs).toBeGreaterThan(before);
    expect(grown).toEqual([0, 1, 2]);
  });

  it('is not that of another session in the same folder', async () => {
    const dir = tempFolder();
    const { log, lines, session } = watch(dir);
    session.id = 's1';
    writeFileSync(`${dir}/s2.jsonl`, 'other\n');
    await log.readNow();
    expect([lines, log.file, log.isFolderMissing]).toEqual([[], null, false]);
  });

  it('is read from where an earlier process of the session had left it', async () => {
    const dir = tempFolder();
    writeFileSync(`${dir}/s1.jsonl`, 'old\n');
    const { log, lines, session } = watch(dir, 4);
    session.id = 's1';
    await log.readNow();
    appendFileSync(`${dir}/s1.jsonl`, 'new\n');
    await log.readNow();
    expect([lines, log.sizeBytes]).toEqual([['new'], 8]);
  });

  it('may be missing with its folder, and may come later', async () => {
    const dir = `${tempFolder()}/projects`;
    const { log, lines, session } = watch(dir);
    session.id = 's1';
    await log.readNow();
    expect([log.isFolderMissing, log.file]).toEqual([true, null]);
    mkdirSync(dir);
    writeFileSync(`${dir}/.s1`, 'one\n');
    renameSync(`${dir}/.s1`, `${dir}/s1.jsonl`);
    await log.readNow();
    expect([lines, log.isFolderMissing]).toEqual([['one'], false]);
  });

  it('is nothing where the agent keeps none, and where a folder has its name', async () => {
    const { log } = watch(null);
    await log.readNow();
    expect([log.file, log.isFolderMissing]).toEqual([null, false]);
    const dir = tempFolder();
    mkdirSync(`${dir}/s1.jsonl`);
    const other = watch(dir);
    other.session.id = 's1';
    await other.log.readNow();
    expect([other.lines, other.log.file]).toEqual([[], null]);
  });
});
