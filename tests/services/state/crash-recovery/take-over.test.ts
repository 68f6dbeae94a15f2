import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { aCrashSite, aDeadPid, type Planted, plantSession, readSite, recover } from './crash-site.ts';

const dirName = `crashed_${aDeadPid}_4711`;
const aDone = { tmpfs: [], dirs: [dirName], hidden: [], index: [dirName] };

const claims: Readonly<Record<string, NonNullable<Planted['claimedBy']>>> = {
  'the enrollment only': { enrollment: 'dead', trace: null },
  'both files': { enrollment: 'dead', trace: 'dead' },
  'the enrollment, from a server that died with the trace': { enrollment: 'dead', trace: 'dead_2' },
};

describe.each(Object.entries(claims))('A server that died when it had claimed %s', (_, claimedBy) => {
  it('and nothing else, is replaced: the crash is recorded', async () => {
    const site = aCrashSite();
    plantSession(site, { claimedBy });
    expect((await recover(site)).recorded).toEqual([{ sessionId: 'session-a', dirName, pid: aDeadPid }]);
    expect(readSite(site)).toEqual(aDone);
  });

  it('and had recorded the crash, is replaced: what was recorded stays as it is', async () => {
    const site = aCrashSite();
    plantSession(site);
    await recover(site);
    const summaryFile = `${site.stateFolder.sessionsDir}/${dirName}/summary.json`;
    const summary = readFileSync(summaryFile, 'utf8');
    plantSession(site, { claimedBy, trace: '' });
    expect((await recover(site)).recorded).toEqual([{ sessionId: 'session-a', dirName, pid: aDeadPid }]);
    expect(readSite(site)).toEqual(aDone);
    expect(readFileSync(summaryFile, 'utf8')).toBe(summary);
  });

  it('and had made the folder, is replaced: the line of the index is added', async () => {
    const site = aCrashSite();
    plantSession(site);
    await recover(site);
    rmSync(site.stateFolder.sessionIndexFile);
    plantSession(site, { claimedBy });
    await recover(site);
    expect(readSite(site)).toEqual(aDone);
  });

  it('continues when it is not dead', async () => {
    const site = aCrashSite();
    plantSession(site, { claimedBy });
    const before = readdirSync(site.tmpfsDir);
    const { recorded, removed, skipped } = await recover(site, { isServerAlive: () => true });
    expect({ recorded, removed, skipped }).toEqual({
      recorded: [],
      removed: 0,
      skipped: { young: 0, alive: 0, leftOut: 0 },
    });
    expect(readdirSync(site.tmpfsDir)).toEqual(before);
  });
});

describe('A claim', () => {
  it('whose trace is gone was recorded, and is removed silently', async () => {
    const site = aCrashSite();
    plantSession(site, { claimedBy: { enrollment: 'dead', trace: 'dead' } });
    rmSync(`${site.tmpfsDir}/.maitred_claimed_dead_trace_${aDeadPid}.jsonl`);
    expect(await recover(site)).toMatchObject({ recorded: [], removed: 0, skipped: { leftOut: 0 } });
    expect(readSite(site)).toEqual({ tmpfs: [], dirs: [], hidden: [], index: [] });
  });

  it('of this very server is continued, even if that counts as dead', async () => {
    const site = aCrashSite();
    plantSession(site, { claimedBy: { enrollment: 'me', trace: 'me' } });
    await recover(site, { isServerAlive: () => false });
    expect(readSite(site)).toEqual(aDone);
  });

  it('leaves alone the trace of a later session with the same pid', async () => {
    const site = aCrashSite();
    const first = { starttime_ticks: 1, session_id: 'first' };
    plantSession(site, { enrollment: first, claimedBy: { enrollment: 'dead', trace: 'dead' } });
    rmSync(`${site.tmpfsDir}/.maitred_claimed_dead_trace_${aDeadPid}.jsonl`);
    plantSession(site, { enrollment: { starttime_ticks: 2, session_id: 'second' } });
    expect((await recover(site)).recorded).toEqual([
      { sessionId: 'second', dirName: `crashed_${aDeadPid}_2`, pid: aDeadPid },
    ]);
    expect(readSite(site).tmpfs).toEqual([]);
  });

  it('of each of two sessions with the same pid leads to its own trace', async () => {
    const site = aCrashSite();
    for (const [starttime_ticks, owner] of [
      [1, 'dead'],
      [2, 'dead_2'],
    ] as const) {
      plantSession(site, { enrollment: { starttime_ticks }, claimedBy: { enrollment: owner, trace: owner } });
    }
    expect((await recover(site)).recorded).toHaveLength(2);
    expect(readSite(site)).toMatchObject({
      tmpfs: [],
      dirs: [`crashed_${aDeadPid}_1`, `crashed_${aDeadPid}_2`],
    });
  });

  it('of another boot is removed', async () => {
    const site = aCrashSite();
    plantSession(site, { enrollment: { boot_id: 'before' }, claimedBy: { enrollment: 'dead', trace: 'dead' } });
    expect(await recover(site)).toMatchObject({ recorded: [], removed: 1 });
    expect(readSite(site).tmpfs).toEqual([]);
  });

  it('is not made before the server has its record, and needs no record without files', async () => {
    const site = aCrashSite();
    const seen: (readonly string[])[] = [];
    const ensureServerRecord = () => seen.push(readdirSync(site.tmpfsDir));
    await recover(site, { ensureServerRecord });
    expect(seen).toEqual([]);
    plantSession(site);
    await recover(site, { ensureServerRecord });
    expect(seen).toEqual([[`maitred_enrollment_${aDeadPid}.json`, `maitred_trace_${aDeadPid}.jsonl`]]);
  });
});
