import { statSync } from 'node:fs';
import { expect, it } from 'vitest';
import { aCrashSite, aDeadPid, aRecoveryProcess, plantSession, readSite } from './crash-site.ts';

const serverIds = ['server-a', 'server-b', 'server-c'];

it('Three servers that start at once record each of 50 crashed sessions exactly once', {
  timeout: 60_000,
}, async () => {
  const site = aCrashSite();
  const dirNames = Array.from({ length: 50 }, (_, at) => {
    const { pid, starttime_ticks } = plantSession(site, { enrollment: { pid: aDeadPid + at, session_id: `s-${at}` } });
    return `crashed_${pid}_${starttime_ticks}`;
  });
  const servers = await Promise.all(serverIds.map(aRecoveryProcess));
  const reports = await Promise.all(
    servers.map(({ recover }, at) => recover(site, { serverId: serverIds[at] ?? '', liveServerIds: serverIds })),
  );

  expect(reports.map(({ recovery }) => recovery?.causes)).toEqual([[], [], []]);
  const recorded = reports.flatMap(({ recovery }) => recovery?.recorded.map(({ dirName }) => dirName) ?? []);
  expect(recorded.sort()).toEqual([...dirNames].sort());
  const { index, ...found } = readSite(site);
  expect(found).toEqual({ tmpfs: [], dirs: [...dirNames].sort(), hidden: [] });
  expect([...index].sort()).toEqual([...dirNames].sort());
  for (const path of [site.stateFolder.sessionIndexFile, ...filesOf(site.stateFolder.sessionsDir, dirNames)]) {
    expect(statSync(path).mode & 0o777, path).toBe(0o600);
  }
});

const filesOf = (sessionsDir: string, dirNames: readonly string[]): string[] =>
  dirNames.flatMap((name) =>
    ['proc_trace.jsonl', 'summary.json', 'audit_log.json'].map((file) => `${sessionsDir}/${name}/${file}`),
  );
