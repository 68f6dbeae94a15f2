import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { aRun } from './some-journals.ts';

describe('A code for a gate', () => {
  it('has eight characters that nobody confuses, and another one each time', async () => {
    const { issueCode } = await aRun();
    const codes = await Promise.all(Array.from({ length: 20 }, (_, at) => issueCode('run-1', `g${at}`)));
    for (const code of codes) expect(code).toMatch(/^[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}$/);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('is stored as a hash, private to its user', async () => {
    const { issueCode, dir } = await aRun();
    const code = await issueCode('run-1', 'g1');
    expect(statSync(`${dir}/codes`).mode & 0o777).toBe(0o700);
    expect(statSync(`${dir}/codes/g1`).mode & 0o777).toBe(0o600);
    const stored = readFileSync(`${dir}/codes/g1`, 'utf8');
    for (const part of code.split('-')) expect(stored).not.toContain(part);
  });

  it('counts once, and leaves nothing', async () => {
    const { issueCode, redeemCode, dir } = await aRun();
    const code = await issueCode('run-1', 'g1');
    expect([await redeemCode('run-1', 'g1', code), await redeemCode('run-1', 'g1', code)]).toEqual([true, false]);
    expect(readdirSync(`${dir}/codes`)).toEqual([]);
  });

  it('counts in small letters and without its hyphen', async () => {
    const { issueCode, redeemCode } = await aRun();
    const code = await issueCode('run-1', 'g1');
    expect(await redeemCode('run-1', 'g1', ` ${code.replace('-', '').toLowerCase()}`)).toBe(true);
  });

  it('counts for one of many that give it at once', async () => {
    const { issueCode, redeemCode } = await aRun();
    const code = await issueCode('run-1', 'g1');
    const counted = await Promise.all(Array.from({ length: 20 }, () => redeemCode('run-1', 'g1', code)));
    expect(counted.filter(Boolean)).toHaveLength(1);
  });

  it('counts for its own gate and run only, and there was none before one was issued', async () => {
    const { issueCode, redeemCode } = await aRun();
    const code = await issueCode('run-1', 'g1');
    await issueCode('run-1', 'g2');
    expect([await redeemCode('run-1', 'g2', code), await redeemCode('run-1', 'g3', code)]).toEqual([false, false]);
    await expect(redeemCode('none', 'g1', code)).rejects.toMatchObject({ code: 'not_found' });
    await expect(issueCode('none', 'g1')).rejects.toMatchObject({ code: 'not_found' });
    await expect(redeemCode('run-1', '../codes/g1', code)).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('counts no longer when another one was issued', async () => {
    const { issueCode, redeemCode } = await aRun();
    const [old, code] = [await issueCode('run-1', 'g1'), await issueCode('run-1', 'g1')];
    expect([await redeemCode('run-1', 'g1', old), await redeemCode('run-1', 'g1', code)]).toEqual([false, true]);
  });

  it.each([
    [4, true],
    [5, false],
  ])('after %i wrong ones counts: %s', async (times, counts) => {
    const { issueCode, redeemCode } = await aRun();
    const code = await issueCode('run-1', 'g1');
    for (let time = 0; time < times; time += 1) expect(await redeemCode('run-1', 'g1', '')).toBe(false);
    expect(await redeemCode('run-1', 'g1', code)).toBe(counts);
  });

  it.each(['', '{}', '{"hash":"","wrong":0}', 'x'])('does not count where its file says %j', async (text) => {
    const { issueCode, redeemCode, dir } = await aRun();
    const code = await issueCode('run-1', 'g1');
    writeFileSync(`${dir}/codes/g1`, text);
    expect(await redeemCode('run-1', 'g1', code)).toBe(false);
  });

  it('that others may have written does not count', async () => {
    const { issueCode, redeemCode, dir } = await aRun();
    const code = await issueCode('run-1', 'g1');
    chmodSync(`${dir}/codes/g1`, 0o644);
    await expect(redeemCode('run-1', 'g1', code)).rejects.toMatchObject({ code: 'unavailable' });
  });
});
