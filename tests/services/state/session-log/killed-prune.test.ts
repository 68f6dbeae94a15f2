import { cpSync, readdirSync, readFileSync, utimesSync } from 'node:fs';
import { expect, inject, it } from 'vitest';
import { type StateFolder, stateFolderAt } from '../../../../src/domain/state-folder.ts';
import { tempFolder } from '../../../doubles/temp-folder.ts';
import type { SessionReport, SessionScript } from '../../../fixtures/session-process.ts';
import { sessionsOf } from '../agent-sessions/a-session-site.ts';
import { aStepProcess, startScript, stepsToTry } from '../crash-recovery/step-process.ts';

const aFolder = () => stateFolderAt(`${tempFolder()}/state`);

it.each(['kill', 'abort'] as const)(
  'A prune that ends by %s before any of its steps leaves no line without a whole folder, and the next completes it',
  { timeout: 120_000 },
  async (how) => {
    const program = inject('sessionProcess');
    const act = await aStepProcess(program);
    const scriptFor = ({ dir }: StateFolder, script: Pick<SessionScript, 'task' | 'stop'>): SessionScript => ({
      ...script,
      stateDir: dir,
      serverId: 'first',
    });
    const full = aFolder();
    for (let at = 0; at < 4; at += 1) await act(scriptFor(full, { task: 'settle' }));
    const newest = 'session-1-4';
    const aFullFolder = () => {
      const folder = aFolder();
      cpSync(full.dir, folder.dir, { recursive: true });
      const names = readdirSync(folder.sessionsDir).sort();
      for (const [at, name] of names.entries()) utimesSync(`${folder.sessionsDir}/${name}`, 1_000 + at, 1_000 + at);
      return folder;
    };
    const { steps } = await act<SessionReport>(scriptFor(aFullFolder(), { task: 'prune' }));
    expect(steps).toBeGreaterThan(20);
    for (const atStep of stepsToTry(steps)) {
      const folder = aFullFolder();
      const stopped = scriptFor(folder, { task: 'prune', stop: { atStep, how } });
      await (how === 'kill' ? startScript(program, stopped) : act(stopped));
      const { lines, settled } = sessionsOf(folder);
      expect(settled, `step ${atStep}`).toEqual(expect.arrayContaining(lines));
      expect(lines).toContain(newest);
      for (const name of settled) expect(readdirSync(`${folder.sessionsDir}/${name}`)).toHaveLength(6);
      // Another server: the first one is dead.
      await act({ ...scriptFor(folder, { task: 'prune' }), serverId: 'next' });
      expect(sessionsOf(folder)).toEqual({ running: [], settled: [newest], lines: [newest] });
      expect(readFileSync(folder.sessionIndexFile, 'utf8').trimEnd().split('\n')).toHaveLength(1);
    }
  },
);
