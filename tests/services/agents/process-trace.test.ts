import { existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { tracedSnapshotSchema } from '../../../src/domain/agent-session/process-snapshot.schema.ts';
import type { JsonObject } from '../../../src/domain/json-object.ts';
import { createProcessTraces, type ProcessTracesOptions } from '../../../src/services/agents/process-trace.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { aProcFolder } from './a-proc-folder.ts';

const never = new Promise<never>(() => undefined);

function linesIn(path: string): readonly JsonObject[] {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
}

function aTrace(change: Partial<ProcessTracesOptions> = {}, proc = aProcFolder()) {
  const traces = createProcessTraces({ isEnabled: true, intervalMs: 1, procDir: proc.dir, ...change });
  const begin = () => {
    const dir = tempFolder();
    const files = { trace: `${dir}/proc_trace.jsonl`, anomalies: `${dir}/anomalies.jsonl` };
    const trace = traces.begin(files);
    return { files, trace, snapshots: () => linesIn(files.trace), anomalies: () => linesIn(files.anomalies) };
  };
  return { proc, begin, ...begin() };
}

describe('The trace of a session', () => {
  it('has a snapshot of its process in each interval, each later than the one before', async () => {
    const { proc, trace, files, snapshots } = aTrace();
    proc.show(7);
    // Several in the same millisecond.
    for (let at = 0; at < 20; at += 1) trace.follow({ pid: 7, over: never });
    await expect.poll(() => snapshots().length).toBeGreaterThan(25);
    const digest = await trace.finish();
    const lines = snapshots();
    expect(digest).toMatchObject({ snapshots: lines.length, anomalies: 0, trackedComm: 'claude', peakRssKb: 200_000 });
    for (const [at, line] of lines.entries()) {
      expect(line).toMatchObject({ ts: line.captured_at, seq: at, event: 'snapshot', pid: 7 });
      expect(tracedSnapshotSchema.parse(line)).toMatchObject({ pid: 7, comm: 'claude' });
    }
    const times = lines.map(({ ts }) => String(ts));
    expect(times).toEqual([...new Set(times)].sort());
    expect(statSync(files.trace).mode & 0o777).toBe(0o600);
    expect(existsSync(files.anomalies)).toBe(false);
  });

  it('has what is unusual in a file of its own', async () => {
    const { proc, trace, anomalies } = aTrace();
    proc.show(7, { files: { oom_score: '900' } });
    trace.follow({ pid: 7, over: never });
    expect(await trace.finish()).toMatchObject({ anomalies: 1, peakOomScore: 900 });
    expect(anomalies()).toEqual([
      {
        ts: expect.any(String),
        seq: 0,
        event: 'anomaly',
        kind: 'oom_critical',
        severity: 'critical',
        pid: 7,
        detail: 'oom_score is 900',
        snapshot: expect.objectContaining({ comm: 'claude', oom_score: 900 }),
      },
    ]);
  });

  it('is of one process at a time', async () => {
    const { proc, trace, snapshots } = aTrace();
    proc.show(7);
    proc.show(8);
    for (const pid of [7, 8]) trace.follow({ pid, over: never });
    await expect.poll(() => snapshots().length).toBeGreaterThan(5);
    await trace.finish();
    const [first, ...others] = snapshots().map(({ pid }) => pid);
    expect([first, new Set(others)]).toEqual([7, new Set([8])]);
  });

  it('takes no more snapshots once its process is over, while another session goes on', async () => {
    const { proc, begin, trace: ended, snapshots: ofEnded } = aTrace();
    const { trace, snapshots } = begin();
    proc.show(7);
    proc.show(8);
    trace.follow({ pid: 8, over: never });
    let end = () => {};
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    ended.follow({ pid: 7, over });
    await expect.poll(() => ofEnded().length).toBeGreaterThan(2);
    end();
    const untilThreeMore = async () => {
      const before = snapshots().length;
      await expect.poll(() => snapshots().length).toBeGreaterThan(before + 3);
    };
    await untilThreeMore();
    const before = ofEnded().length;
    await untilThreeMore();
    expect(ofEnded()).toHaveLength(before);
    expect(await ended.finish()).toMatchObject({ snapshots: before });
    await trace.finish();
  });

  it('passes over a process that ends meanwhile', async () => {
    const { proc, trace, begin } = aTrace();
    const other = begin();
    proc.show(7);
    proc.show(8);
    trace.follow({ pid: 7, over: never });
    proc.remove(7);
    other.trace.follow({ pid: 8, over: never });
    await expect.poll(() => other.snapshots().length).toBeGreaterThan(2);
    await other.trace.finish();
    expect(await trace.finish()).toMatchObject({ snapshots: 1 });
  });

  it('is bounded in size, and the digest goes on', async () => {
    const { proc, trace, files } = aTrace({ intervalMs: 86_400_000 });
    proc.show(7, { files: { wchan: 'x'.repeat(10_000) } });
    const many = 500;
    for (let at = 0; at < many; at += 1) trace.follow({ pid: 7, over: never });
    expect(await trace.finish()).toMatchObject({ snapshots: many });
    const { size } = statSync(files.trace);
    expect(size).toBeLessThanOrEqual(4 * 1_048_576);
    expect(size).toBeGreaterThan(3 * 1_048_576);
    expect(readFileSync(files.trace, 'utf8').endsWith('}\n')).toBe(true);
  });

  it('is left out where it cannot be written', async () => {
    const { proc, trace, files } = aTrace();
    symlinkSync('/nowhere/at/all', files.trace);
    proc.show(7);
    trace.follow({ pid: 7, over: never });
    expect(await trace.finish()).toMatchObject({ snapshots: 1 });
  });

  it.each([
    ['it is turned off', () => aTrace({ isEnabled: false })],
    ['there is no /proc', () => aTrace({ procDir: '/nowhere' })],
    ['/proc is that of another pid namespace', () => aTrace({}, aProcFolder(process.pid + 1))],
  ])('does not exist where %s', async (_, begin) => {
    const { proc, trace, files } = begin();
    proc.show(7);
    trace.follow({ pid: 7, over: never });
    expect(await trace.finish()).toBeNull();
    expect(existsSync(files.trace)).toBe(false);
  });
});
