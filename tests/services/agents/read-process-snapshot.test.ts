import { describe, expect, it } from 'vitest';
import { createSnapshotReader } from '../../../src/services/agents/read-process-snapshot.ts';
import { aProcFolder, type ShownProcess } from './a-proc-folder.ts';

const atMs = Date.parse('2026-03-02T11:00:00.000Z');

function snapshotOf(shown: ShownProcess) {
  const proc = aProcFolder();
  proc.show(7, shown);
  return createSnapshotReader(7, proc.dir)(atMs);
}

describe('A snapshot of a process', () => {
  it('has what Linux shows of it', () => {
    expect(snapshotOf({})).toEqual({
      captured_at: '2026-03-02T11:00:00.000Z',
      comm: 'claude',
      state: 'sleeping',
      vm_rss_kb: 200_000,
      threads: 9,
      fd_count: expect.any(Number),
      fd_soft_limit: 10_240,
      ctx_switches_voluntary: 40,
      ctx_switches_involuntary: 4,
      sig_pnd: '0000000000000000',
      sig_blk: '0000000000000000',
      sig_cgt: '000000017381ee37',
      oom_score: 670,
      wchan: 'do_epoll_wait',
      cpu_percent: null,
    });
  });

  it.each<[string, ShownProcess, object]>([
    ['any name', { comm: 'a) R 1 (b' }, { comm: 'a) R 1 (b' }],
    ['a state of two words', { state: 'D (disk sleep)' }, { state: 'disk-sleep' }],
    [
      'signals that wait for its first thread or for all of it',
      { status: { SigPnd: '1', ShdPnd: '8000000000000400' } },
      { sig_pnd: '8000000000000401' },
    ],
    ['no memory any more', { state: 'Z (zombie)', status: { VmRSS: '' } }, { state: 'zombie', vm_rss_kb: 0 }],
    [
      'no limit of open files',
      { files: { limits: 'Max open files   unlimited   unlimited   files\n' } },
      { fd_soft_limit: null },
    ],
    [
      'hidden files',
      { files: { limits: null, oom_score: null, wchan: null } },
      { fd_soft_limit: null, oom_score: null, wchan: '' },
    ],
    ['masks that are none', { status: { SigPnd: 'x', SigCgt: '' } }, { sig_pnd: '0000000000000000', sig_cgt: '' }],
  ])('is taken of a process with %s', (_, shown, expected) => {
    expect(snapshotOf(shown)).toMatchObject(expected);
  });

  it('has the share of a core since the one before', () => {
    const proc = aProcFolder();
    proc.show(7, { cpuTicks: 100 });
    let clockMs = 0;
    const read = createSnapshotReader(7, proc.dir, () => clockMs);
    expect(read(atMs)?.cpu_percent).toBeNull();
    clockMs = 5_000;
    proc.show(7, { cpuTicks: 117 });
    expect(read(atMs + 5_000)?.cpu_percent).toBe(3.4);
    // Within a tick there is nothing to measure.
    clockMs = 5_009;
    expect(read(atMs + 5_009)?.cpu_percent).toBeNull();
  });

  it('is not taken of a process that has ended, or of a later one with its pid', () => {
    const proc = aProcFolder();
    proc.show(7, { startTicks: 1 });
    const read = createSnapshotReader(7, proc.dir);
    expect(read(atMs)).not.toBeNull();
    proc.remove(7);
    expect(read(atMs + 1)).toBeNull();
    proc.show(7, { startTicks: 2 });
    expect(read(atMs + 2)).toBeNull();
  });

  it.runIf(process.platform === 'linux')('is taken of a real process', () => {
    expect(createSnapshotReader(process.pid, '/proc')(atMs)).toMatchObject({
      state: 'running',
      vm_rss_kb: expect.closeTo(process.memoryUsage.rss() / 1_024, -5),
      threads: expect.any(Number),
      fd_count: expect.any(Number),
      sig_cgt: expect.stringMatching(/^[\da-f]{16}$/),
    });
  });
});
