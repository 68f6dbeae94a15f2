import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AppError } from '../../../../src/domain/app-error.ts';
import { readProcessIdentity } from '../../../../src/services/platform/process-identity.ts';
import { createAudit } from '../../../../src/services/state/audit/audit.ts';
import { aCrashSite, aDeadPid, aSnapshot, plantSession, readSite, recover } from './crash-site.ts';

const nothingSkipped = { young: 0, alive: 0, leftOut: 0 };
const nothing = { recorded: [], removed: 0, skipped: nothingSkipped, causes: [] };

const identityFor = (pid: number) => ({ pid, starttime_ticks: readProcessIdentity(pid).startTicks ?? 0 });

describe('Crash recovery', () => {
  it('finds nothing where there is no tmpfs folder, and writes nothing', async () => {
    const site = aCrashSite();
    rmSync(site.tmpfsDir, { recursive: true });
    expect(await recover(site)).toEqual(nothing);
    expect(existsSync(site.stateFolder.dir)).toBe(false);
  });

  it('names a folder that it cannot read', async () => {
    const site = aCrashSite();
    rmSync(site.tmpfsDir, { recursive: true });
    writeFileSync(site.tmpfsDir, '');
    const failing = recover(site);
    await expect(failing).rejects.toThrow(AppError);
    await expect(failing).rejects.toMatchObject({ code: 'unavailable' });
    await expect(failing).rejects.toThrow(`${site.tmpfsDir} cannot be read (ENOTDIR)`);
  });

  it('leaves a session whose process runs, and records it after that was killed', async () => {
    const site = aCrashSite();
    const child = spawn(process.execPath, ['-e', "console.log('up'); process.stdin.resume()"]);
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    await once(child.stdout, 'data');
    const { pid, starttime_ticks } = plantSession(site, { enrollment: identityFor(child.pid ?? 0) });
    expect(await recover(site)).toEqual({ ...nothing, skipped: { ...nothingSkipped, alive: 1 } });
    expect(readSite(site).tmpfs).toHaveLength(2);

    child.kill('SIGKILL');
    await once(child, 'exit');
    const dirName = `crashed_${pid}_${starttime_ticks}`;
    const reports: string[] = [];
    expect(await recover(site, { report: (detail) => reports.push(detail) })).toEqual({
      ...nothing,
      recorded: [{ sessionId: 'session-a', dirName, pid }],
    });
    expect(reports).toEqual(['1 crashed session recorded']);
    expect(readSite(site)).toEqual({ tmpfs: [], dirs: [dirName], hidden: [], index: [dirName] });
    expect(await recover(site)).toEqual(nothing);
  });

  it.runIf(process.platform === 'linux')('records a session whose pid has passed on to another process', async () => {
    const site = aCrashSite();
    plantSession(site, { enrollment: { pid: process.pid, starttime_ticks: 1 } });
    expect(await recover(site)).toMatchObject({ recorded: [{ dirName: `crashed_${process.pid}_1` }] });
  });

  it('leaves a session whose trace was written to within 30 seconds, even with an incomplete enrollment', async () => {
    const site = aCrashSite();
    plantSession(site, { traceAgeMs: 25_000 });
    writeFileSync(`${site.tmpfsDir}/maitred_enrollment_${aDeadPid}.json`, '{"schema_ver');
    expect(await recover(site)).toEqual({ ...nothing, skipped: { ...nothingSkipped, young: 1 } });
    expect(readSite(site).tmpfs).toHaveLength(2);
  });

  it('removes the files of a session of another boot', async () => {
    const site = aCrashSite();
    plantSession(site, { enrollment: { ...identityFor(process.pid), boot_id: 'before' } });
    expect(await recover(site)).toEqual({ ...nothing, removed: 1 });
    expect(readSite(site)).toEqual({ tmpfs: [], dirs: [], hidden: [], index: [] });
  });

  it('removes a trace of another program than the enrolled one', async () => {
    const site = aCrashSite();
    const trace = `not a snapshot\n${JSON.stringify(aSnapshot({ comm: 'bash' }))}\n${JSON.stringify(aSnapshot())}\n`;
    plantSession(site, { trace });
    expect(await recover(site)).toEqual({ ...nothing, removed: 1 });
    expect(readSite(site)).toEqual({ tmpfs: [], dirs: [], hidden: [], index: [] });
  });

  it('records a session whose program was not known or whose trace is empty', async () => {
    const site = aCrashSite();
    plantSession(site, { enrollment: { comm: '' } });
    plantSession(site, { enrollment: { pid: aDeadPid + 1 }, trace: '' });
    expect((await recover(site)).recorded).toHaveLength(2);
    expect(readSite(site).index).toHaveLength(2);
  });

  it('leaves and counts a trace without an enrollment, and ignores an enrollment without a trace', async () => {
    const site = aCrashSite();
    plantSession(site);
    rmSync(`${site.tmpfsDir}/maitred_enrollment_${aDeadPid}.json`);
    plantSession(site, { enrollment: { pid: aDeadPid + 1 } });
    rmSync(`${site.tmpfsDir}/maitred_trace_${aDeadPid + 1}.jsonl`);
    const file = `maitred_trace_${aDeadPid}.jsonl`;
    expect(await recover(site)).toEqual({
      ...nothing,
      skipped: { ...nothingSkipped, leftOut: 1 },
      causes: [{ file, cause: `${site.tmpfsDir}/${file} has no enrollment beside it; it is left alone.` }],
    });
    expect(readSite(site).tmpfs).toHaveLength(2);
  });

  it('records the others when one cannot be recorded, keeps that one, and records it the next time', async () => {
    const site = aCrashSite();
    const dirs = [0, 1, 2].map((at) => {
      const { pid, starttime_ticks } = plantSession(site, { enrollment: { pid: aDeadPid + at } });
      return `crashed_${pid}_${starttime_ticks}`;
    });
    const { sessionsDir } = site.stateFolder;
    mkdirSync(sessionsDir, { recursive: true });
    writeFileSync(`${sessionsDir}/${dirs[1]}`, 'in the way');
    const recovery = await recover(site);
    expect(recovery).toMatchObject({ recorded: [{ dirName: dirs[0] }, { dirName: dirs[2] }], skipped: { leftOut: 1 } });
    expect(recovery.causes).toEqual([
      {
        file: `maitred_trace_${aDeadPid + 1}.jsonl`,
        cause: expect.stringContaining(`${sessionsDir}/${dirs[1]} cannot be written (ENOTDIR)`),
      },
    ]);
    expect(readSite(site).hidden).toEqual([]);

    rmSync(`${sessionsDir}/${dirs[1]}`);
    expect((await recover(site)).recorded).toEqual([{ sessionId: 'session-a', dirName: dirs[1], pid: aDeadPid + 1 }]);
    expect(readSite(site)).toMatchObject({ tmpfs: [], dirs });
  });

  it('names the first 20 causes, and counts all', async () => {
    const site = aCrashSite();
    for (let at = 0; at < 30; at += 1) {
      writeFileSync(`${site.tmpfsDir}/maitred_trace_${at + 1}.jsonl`, '', { mode: 0o666 });
    }
    const { skipped, causes } = await recover(site, { nowMs: () => Date.now() + 60_000 });
    expect(skipped.leftOut).toBe(30);
    expect(causes).toHaveLength(20);
  });

  it('makes the crash a failure that the audit of the last 24 hours counts', async () => {
    const site = aCrashSite();
    const endedAtMs = Date.now() - 23 * 3_600_000;
    const captured_at = `${new Date(endedAtMs).toISOString().slice(0, -1)}123+00:00`;
    const enrolled_at = new Date(endedAtMs - 1_000).toISOString();
    plantSession(site, { enrollment: { enrolled_at }, trace: `${JSON.stringify(aSnapshot({ captured_at }))}\n` });
    await recover(site);
    const audit = createAudit({ stateFolder: site.stateFolder });
    const report = await audit.report(new AbortController().signal);
    expect(report).toMatchObject({ totalFailures: 1, omitted: 0, skipped: { lines: 0, records: 0, files: 0 } });
    expect(report.failures).toEqual([
      {
        timestamp: new Date(endedAtMs).toISOString(),
        skill_command: '',
        exit_code: -1,
        subtype: 'crashed',
        needs_retry: true,
        retry_reason: 'resume',
        stderr: `the session's process ${aDeadPid} was gone when maitred started; recovered from its trace`,
      },
    ]);
    const later = createAudit({
      stateFolder: site.stateFolder,
      now: () => endedAtMs + 24 * 3_600_000 + 1,
    });
    expect((await later.report(new AbortController().signal)).totalFailures).toBe(0);
  });
});
