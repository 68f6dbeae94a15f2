import { expect, it } from 'vitest';
import type { ProcessSnapshot } from '../../../src/domain/agent-session/process-snapshot.ts';
import { foldSnapshot, type TraceFold } from '../../../src/domain/agent-session/trace-digest.ts';
import { aSnapshot } from '../../doubles/process-snapshots.ts';

function digestOf(snapshots: readonly (readonly [pid: number, change: Partial<ProcessSnapshot>])[]) {
  let fold: TraceFold | null = null;
  for (const [at, [pid, change]] of snapshots.entries())
    fold = foldSnapshot(fold, pid, aSnapshot(at * 20, change)).fold;
  return fold?.digest;
}

it('The digest of a session has the peaks and the anomalies of all its processes', () => {
  expect(
    digestOf([
      [1, { vm_rss_kb: 900, oom_score: 850, fd_count: 10, comm: 'node' }],
      [1, { vm_rss_kb: 700, oom_score: 9, fd_count: 512, comm: 'claude' }],
      [1, { vm_rss_kb: 800, oom_score: null, fd_count: null, comm: 'claude' }],
      [2, { vm_rss_kb: 100, oom_score: 810, comm: 'other' }],
    ]),
  ).toEqual({
    snapshots: 4,
    anomalies: 2,
    peakRssKb: 900,
    peakOomScore: 850,
    peakFdRatio: 0.5,
    trackedComm: 'other',
    hasDrifted: false,
  });
});

it('A process that is followed by another one is not compared with it', () => {
  const sizes = [1, 1, 10, 10, 10, 10, 30].map((vm_rss_kb) => ({ vm_rss_kb }));
  const ofOne = sizes.map((size) => [1, size] as const);
  const ofTwo = sizes.map((size, at) => [at < 4 ? 1 : 2, size] as const);
  expect([digestOf(ofOne)?.anomalies, digestOf(ofTwo)?.anomalies]).toEqual([1, 0]);
});

it('Another name of a process stays in the digest', () => {
  const names = ['claude', 'claude', 'bash', 'claude'];
  expect(digestOf(names.map((comm) => [1, { comm }]))).toMatchObject({ trackedComm: 'claude', hasDrifted: true });
});

it('What no snapshot shows is unknown', () => {
  expect(digestOf([[1, { oom_score: null, fd_soft_limit: null }]])).toMatchObject({
    peakOomScore: null,
    peakFdRatio: null,
  });
});
