import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { aFailedSession, aRunningSession, aSettledSession, aStepKey } from '../../../doubles/agent-sessions.ts';
import { aSecret, aSessionSite, aStepSearch, plantDeadSession } from './a-session-site.ts';

/** A session of a step that has settled, among others. */
async function aSettledStep(settled = aSettledSession()) {
  const site = aSessionSite();
  const settle = async (key: string, step_key: string | null, end = aSettledSession(), step_name = 'plan') => {
    const session = await site.store.begin(aRunningSession({ key, step_key, step_name }));
    return session.settle(end);
  };
  await settle('server-a.1', null, aSettledSession(), aStepKey);
  await settle('server-a.2', `${aStepKey}0`);
  const dirName = await settle('server-a.3', aStepKey, settled);
  await settle('server-a.4', 'run-2/plan/1/0');
  const dir = `${site.folder.sessionsDir}/${dirName}`;
  const logged: string[] = [];
  return { ...site, dir, dirName, logged, find: () => aStepSearch(site.folder, logged).find(aStepKey) };
}

describe('The session of a step', () => {
  it('that has settled is found by the key of the step, with its answer and what it has used', async () => {
    const settled = aFailedSession({ remarks: ['Log in.'], costUsd: null, stopReason: 'idle' });
    const { dirName, find } = await aSettledStep(settled);
    expect(await find()).toEqual({
      state: 'settled',
      dirName,
      answer: { ...settled.skillResult, stop_reason: 'idle', cost_usd: null, remarks: ['Log in.'] },
      spent: { usd: null, tokens: 1_540, turns: 2 },
    });
  });

  it('has no secret in its answer', async () => {
    const { dir, find } = await aSettledStep(aSettledSession({ skillResult: { result: `key = ${aSecret}` } }));
    expect(await find()).toMatchObject({ answer: { result: 'key = [redacted]' } });
    expect(readFileSync(`${dir}/step_answer.json`, 'utf8')).not.toContain(aSecret);
  });

  it('that has not begun is not found, also where no session ever has', async () => {
    const { folder } = await aSettledStep();
    for (const place of [folder, aSessionSite().folder])
      expect(await aStepSearch(place).find('run-1/plan/2/0')).toEqual({ state: 'none' });
  });

  it('that has not settled, or whose record is damaged, is not known', async () => {
    for (const record of [{ step_key: aStepKey }, '{']) {
      const { folder } = aSessionSite();
      plantDeadSession(folder, { record });
      expect(await aStepSearch(folder).find(aStepKey)).toEqual({ state: 'unknown' });
    }
  });

  it.each([
    ['is missing', (dir: string) => rmSync(`${dir}/step_answer.json`)],
    ['is damaged', (dir: string) => writeFileSync(`${dir}/step_answer.json`, '{"answer":{}}')],
  ])('whose answer %s is not known', async (_, damage) => {
    const { dir, find } = await aSettledStep();
    damage(dir);
    expect(await find()).toEqual({ state: 'unknown' });
  });

  it('is not known where the index cannot be read, and the log says why', async () => {
    const { folder, find, logged } = await aSettledStep();
    rmSync(folder.sessionIndexFile);
    symlinkSync('/dev/zero', folder.sessionIndexFile);
    expect(await find()).toEqual({ state: 'unknown' });
    expect(logged).toEqual(['step_session_not_read']);
  });

  it('is not searched in what is no session', async () => {
    const { folder, find } = await aSettledStep();
    mkdirSync(`${folder.agentSessionsDir}/notes`, { recursive: true });
    expect(await find()).toMatchObject({ state: 'settled' });
  });
});
