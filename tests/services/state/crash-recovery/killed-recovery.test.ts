import { utimesSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  aCrashSite,
  aDeadPid,
  aRecoveryProcess,
  type CrashSite,
  isKilledBefore,
  plantSession,
  readSite,
  recover,
  reportOf,
  startRecovery,
  stepsToTry,
} from './crash-site.ts';

const hourMs = 3_600_000;

/** One session of each kind that leads to something. */
function plantAll(site: CrashSite): string {
  const crashed = plantSession(site);
  plantSession(site, { enrollment: { pid: aDeadPid + 1, boot_id: 'another' } });
  plantSession(site, { enrollment: { pid: aDeadPid + 2, comm: 'another' } });
  return `crashed_${crashed.pid}_${crashed.starttime_ticks}`;
}

/** Everything is done exactly once, and what is left over goes when its time has come. */
async function expectDone(site: CrashSite, dirName: string): Promise<void> {
  expect(readSite(site)).toMatchObject({ tmpfs: [], dirs: [dirName], index: [dirName] });
  letAnHourPass(site);
  await recover(site);
  expect(readSite(site)).toEqual({ tmpfs: [], dirs: [dirName], hidden: [], index: [dirName] });
}

/** For what is left over. */
function letAnHourPass(site: CrashSite): void {
  const longAgo = (Date.now() - hourMs - 1_000) / 1_000;
  for (const name of readSite(site).hidden) {
    const dir = name.includes('sessions.jsonl') ? site.stateFolder.logsDir : site.stateFolder.sessionsDir;
    utimesSync(`${dir}/${name}`, longAgo, longAgo);
  }
}

async function countSteps(): Promise<number> {
  const site = aCrashSite();
  const dirName = plantAll(site);
  const { steps, recovery } = reportOf(await startRecovery(site, { serverId: 'first' }));
  expect(recovery).toMatchObject({ recorded: [{ dirName }], removed: 2, skipped: { leftOut: 0 } });
  await expectDone(site, dirName);
  expect(steps).toBeGreaterThan(60);
  return steps;
}

/** Two at a time, as there may be no more cores. */
async function forEachStep(steps: number, check: (atStep: number) => Promise<void>): Promise<void> {
  const open = stepsToTry(steps);
  const work = async () => {
    for (let step = open.shift(); step !== undefined; step = open.shift()) await check(step);
  };
  await Promise.all([work(), work()]);
}

describe('A crash recovery that stops before any of its steps', () => {
  it('by SIGKILL is completed by the next server, and the crash is recorded exactly once', {
    timeout: 300_000,
  }, async () => {
    const frozen = await aRecoveryProcess();
    await forEachStep(await countSteps(), async (atStep) => {
      const site = aCrashSite();
      const dirName = plantAll(site);
      const stop = { atStep, how: isKilledBefore(atStep) ? 'kill' : 'freeze' } as const;
      if (stop.how === 'freeze') await frozen.recover(site, { serverId: 'first', stop });
      else expect(await startRecovery(site, { serverId: 'first', stop })).toMatchObject({ signal: 'SIGKILL' });
      expect((await recover(site)).skipped, `step ${atStep}`).toEqual({ young: 0, alive: 0, leftOut: 0 });
      await expectDone(site, dirName);
    });
  });

  it('by its signal is completed by the next run of the same server', { timeout: 300_000 }, async () => {
    const first = await aRecoveryProcess();
    for (const atStep of stepsToTry(await countSteps())) {
      const site = aCrashSite();
      const dirName = plantAll(site);
      const { recovery } = await first.recover(site, { serverId: 'first', stop: { atStep, how: 'abort' } });
      expect(readSite(site).hidden, `step ${atStep}`).toEqual([]);
      if (readSite(site).tmpfs.length > 0) expect(recovery).toBeNull();
      const next = await recover(site, { serverId: 'first' });
      expect(next.skipped, `step ${atStep}`).toEqual({ young: 0, alive: 0, leftOut: 0 });
      await expectDone(site, dirName);
    }
  });

  it('again and again, one step later each time, as when it is killed, records the crash exactly once', {
    timeout: 300_000,
  }, async () => {
    const servers = await aRecoveryProcess();
    const site = aCrashSite();
    const dirName = plantAll(site);
    for (let atStep = 1; readSite(site).tmpfs.length > 0; atStep += 1) {
      letAnHourPass(site);
      await servers.recover(site, { serverId: `server-${atStep}`, stop: { atStep, how: 'freeze' } });
    }
    await expectDone(site, dirName);
  });
});
