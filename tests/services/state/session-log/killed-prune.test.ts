import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  aCrashSite,
  aRecoveryProcess,
  type CrashSite,
  readSite,
  startRecovery,
  stepsToTry,
} from '../crash-recovery/crash-site.ts';
import { aCrashedSession, never, sessionLogAt } from './crashed-sessions.ts';

const firstServer = { serverId: 'first', keep: 1 };
const log = ({ stateFolder }: CrashSite) => sessionLogAt(stateFolder, { isServerAlive: () => false });

async function aSiteWithFourSessions(): Promise<CrashSite> {
  const site = aCrashSite();
  for (const pid of [1, 2, 3, 4]) await log(site).record(aCrashedSession('', { pid }), never);
  return site;
}

it.each(['kill', 'abort'] as const)(
  'A prune that ends by %s before any of its steps leaves no line without a whole folder, and the next completes it',
  { timeout: 120_000 },
  async (how) => {
    const first = await aRecoveryProcess();
    const start = how === 'kill' ? startRecovery : first.recover;
    const { steps } = await first.recover(await aSiteWithFourSessions(), firstServer);
    expect(steps).toBeGreaterThan(20);
    for (const atStep of stepsToTry(steps)) {
      const site = await aSiteWithFourSessions();
      await start(site, { ...firstServer, stop: { atStep, how } });
      const { index, dirs } = readSite(site);
      expect(dirs, `step ${atStep}`).toEqual(expect.arrayContaining([...index]));
      expect(index).toContain('crashed_4_99');
      for (const dir of dirs) expect(readdirSync(`${site.stateFolder.sessionsDir}/${dir}`)).toHaveLength(3);
      await log(site).prune({ keep: 1, keepYoungerThanMs: 0, signal: never });
      expect(readSite(site)).toMatchObject({ dirs: ['crashed_4_99'], index: ['crashed_4_99'] });
      expect(readFileSync(site.stateFolder.sessionIndexFile, 'utf8').trimEnd().split('\n')).toHaveLength(1);
    }
  },
);
