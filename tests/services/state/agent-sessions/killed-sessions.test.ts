import { describe, expect, inject, it } from 'vitest';
import { stateFolderAt } from '../../../../src/domain/state-folder.ts';
import { aStepKey } from '../../../doubles/agent-sessions.ts';
import { tempFolder } from '../../../doubles/temp-folder.ts';
import type { SessionReport, SessionScript } from '../../../fixtures/session-process.ts';
import { brokenJsonIn } from '../../../support/whole-files.ts';
import { aStepProcess, forEachStep, isKilledBefore, reportOf, startScript } from '../crash-recovery/step-process.ts';
import { aStepSearch, jsonIn, namesIn, sessionsOf } from './a-session-site.ts';

type Script = Omit<SessionScript, 'stateDir'>;

const aSite = () => {
  const folder = stateFolderAt(`${tempFolder()}/state`);
  const scriptFor = (script: Script): SessionScript => ({ ...script, stateDir: folder.dir });
  return { folder, scriptFor };
};
type Site = ReturnType<typeof aSite>;

const aSessionProcess = async () => {
  const act = await aStepProcess(inject('sessionProcess'));
  return (site: Site, script: Script) => act<SessionReport>(site.scriptFor(script));
};

const runOnce = (site: Site, script: Script) => startScript(inject('sessionProcess'), site.scriptFor(script));

const settle: Script = { task: 'settle', serverId: 'dead' };
const recover: Script = { task: 'recover', serverId: 'next' };

const countSteps = async (site: Site, script: Script) => reportOf<SessionReport>(await runOnce(site, script)).steps;

const stride = 8;
const done = { running: [], settled: ['session-1'], lines: ['session-1'] };

/** One outcome and one line, no file is half written, and its step finds it. */
async function expectDone({ folder }: Site, step: number) {
  expect(sessionsOf(folder), `step ${step}`).toEqual(done);
  const broken = brokenJsonIn(folder.dir).filter((path) => !path.includes('.tmp') && path !== folder.sessionIndexFile);
  expect(broken, `step ${step}`).toEqual([]);
  const summary = jsonIn(`${folder.sessionsDir}/session-1/summary.json`);
  expect(summary, `step ${step}`).toMatchObject({ dir_name: 'session-1', session_id: 'session-1', key: 'dead.1' });
  expect(await aStepSearch(folder).find(aStepKey), `step ${step}`).toMatchObject({ state: 'settled' });
}

describe('A session whose server is killed before any of its steps', () => {
  it('has one outcome and one line after the next start, or never began', { timeout: 300_000 }, async () => {
    const act = await aSessionProcess();
    const steps = await countSteps(aSite(), settle);
    expect(steps).toBeGreaterThan(50);
    let began = 0;
    await forEachStep(
      steps,
      async (atStep) => {
        const site = aSite();
        const stop = { atStep, how: isKilledBefore(atStep, stride) ? 'kill' : 'freeze' } as const;
        if (stop.how === 'kill') await runOnce(site, { ...settle, stop });
        else await act(site, { ...settle, stop });
        const hasBegun =
          namesIn(site.folder.agentSessionsDir).includes('dead.1') || namesIn(site.folder.sessionsDir)[0];
        const { result } = await act(site, recover);
        expect(result?.failed, `step ${atStep}`).toEqual([]);
        if (!hasBegun) return;
        began += 1;
        await expectDone(site, atStep);
      },
      stride,
    );
    expect(began).toBeGreaterThan(5);
  });
});

describe('A recovery of a session that is killed before any of its steps', () => {
  it('is completed by the next server', { timeout: 300_000 }, async () => {
    const act = await aSessionProcess();
    /** Its server died with its result in the file, and its outcome was not decided. */
    const aDeadSession = async () => {
      const site = aSite();
      const { steps } = await act(aSite(), settle);
      for (let atStep = Math.floor(steps / 3); ; atStep -= 1) {
        await act(site, { ...settle, stop: { atStep, how: 'freeze' } });
        if (sessionsOf(site.folder).running.length > 0) return site;
      }
    };
    const steps = await countSteps(await aDeadSession(), recover);
    expect(steps).toBeGreaterThan(30);
    await forEachStep(
      steps,
      async (atStep) => {
        const site = await aDeadSession();
        const stop = { atStep, how: isKilledBefore(atStep, stride) ? 'kill' : 'freeze' } as const;
        if (stop.how === 'kill') await runOnce(site, { ...recover, stop });
        else await act(site, { ...recover, stop });
        await act(site, { ...recover, serverId: 'third' });
        await expectDone(site, atStep);
      },
      stride,
    );
  });

  it('is completed by itself when it was aborted', { timeout: 300_000 }, async () => {
    const act = await aSessionProcess();
    const site = aSite();
    const { steps } = await act(aSite(), settle);
    await act(site, { ...settle, stop: { atStep: Math.floor(steps / 3), how: 'freeze' } });
    for (let atStep = 3; sessionsOf(site.folder).running.length > 0; atStep += 3)
      await act(site, { ...recover, stop: { atStep, how: 'abort' } });
    await expectDone(site, 0);
  });
});

it('Three servers that start at once record each of 20 sessions exactly once', { timeout: 60_000 }, async () => {
  const site = aSite();
  const serverIds = ['a', 'b', 'c'];
  const processes = await Promise.all(serverIds.map(aSessionProcess));
  const [act] = processes;
  const { steps } = (await act?.(aSite(), settle)) ?? { steps: 0 };
  for (let at = 0; at < 20; at += 1)
    await act?.(site, { ...settle, serverId: `dead-${at}`, stop: { atStep: Math.floor(steps / 2), how: 'freeze' } });
  const reports = await Promise.all(
    processes.map((process, at) =>
      process(site, { ...recover, serverId: serverIds[at] ?? '', liveServerIds: serverIds }),
    ),
  );
  expect(reports.map(({ result }) => result?.failed)).toEqual([[], [], []]);
  const recorded = reports.flatMap(({ result }) => result?.recorded ?? []);
  const { running, settled, lines } = sessionsOf(site.folder);
  expect(running).toEqual([]);
  expect(settled).toHaveLength(20);
  expect([...lines].sort()).toEqual(settled);
  expect(recorded.map(({ dirName }) => dirName).sort()).toEqual(settled);
});
