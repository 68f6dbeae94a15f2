import { existsSync, readdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { aStateFolder } from '../../../doubles/server-records.ts';
import { aRetention, itemTexts } from './a-retention.ts';
import { dayMs, plantFile } from './planted-files.ts';

const longAgoMs = 400 * dayMs;

describe('Carrying out the plan', () => {
  it('removes and lists what was planned, and nothing else', () => {
    const folder = aStateFolder();
    const old = plantFile(`${folder.crashesDir}/old.json`, longAgoMs);
    const young = plantFile(`${folder.crashesDir}/young.json`, 1_000);
    const retention = aRetention(folder);
    const plan = retention.plan();
    expect(retention.carryOut(plan)).toEqual({ removed: plan.items, failed: [] });
    expect([old, young].map((path) => existsSync(path))).toEqual([false, true]);
  });

  it('keeps a file that was written since', () => {
    const folder = aStateFolder();
    const path = plantFile(`${folder.earlySettingsDir}/a.json`, longAgoMs);
    const retention = aRetention(folder);
    const plan = retention.plan();
    writeFileSync(path, 'again');
    expect(retention.carryOut(plan)).toEqual({ removed: [], failed: [] });
    expect(readFileSync(path, 'utf8')).toBe('again');
  });

  it('keeps a file that took the name since, also one of the same age', () => {
    const folder = aStateFolder();
    const path = plantFile(`${folder.logsDir}/server.log.1`, longAgoMs);
    const retention = aRetention(folder);
    const plan = retention.plan();
    renameSync(plantFile(`${folder.logsDir}/server.log`, longAgoMs), path);
    expect(retention.carryOut(plan)).toEqual({ removed: [], failed: [] });
    expect(existsSync(path)).toBe(true);
  });

  it('continues where another server was faster', () => {
    const folder = aStateFolder();
    const first = plantFile(`${folder.crashesDir}/a.json`, longAgoMs);
    plantFile(`${folder.crashesDir}/b.json`, longAgoMs);
    const retention = aRetention(folder);
    const plan = retention.plan();
    unlinkSync(first);
    expect(retention.carryOut(plan)).toMatchObject({ removed: [{ file: { name: 'b.json' } }], failed: [] });
    expect(retention.carryOut(plan)).toEqual({ removed: [], failed: [] });
  });

  it('removes each file once when two servers do it at once', () => {
    const folder = aStateFolder();
    for (let at = 0; at < 60; at += 1) plantFile(`${folder.crashesDir}/${at}.json`, at * 1_000);
    const retentions = [aRetention(folder), aRetention(folder)];
    const plans = retentions.map((retention) => ({ retention, plan: retention.plan() }));
    const outcomes = plans.map(({ retention, plan }) => retention.carryOut(plan));
    expect(outcomes.map(({ removed, failed }) => [removed.length, failed.length])).toEqual([
      [10, 0],
      [0, 0],
    ]);
    expect(readdirSync(folder.crashesDir)).toHaveLength(50);
    expect(aRetention(folder).plan().items).toEqual([]);
  });

  it('names what cannot be removed, and removes the rest', () => {
    const folder = aStateFolder();
    const path = plantFile(`${folder.crashesDir}/a.json`, longAgoMs);
    plantFile(`${folder.earlySettingsDir}/b.json`, longAgoMs);
    const retention = aRetention(folder);
    const plan = retention.plan();
    rmSync(folder.crashesDir, { recursive: true });
    writeFileSync(folder.crashesDir, '');
    const { removed, failed } = retention.carryOut(plan);
    expect(itemTexts({ items: removed })).toEqual(['b.json: too_old']);
    expect(failed).toEqual([{ path, errno: 'ENOTDIR' }]);
    expect(existsSync(`${folder.earlySettingsDir}/b.json`)).toBe(false);
  });
});
