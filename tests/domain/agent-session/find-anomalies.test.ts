import { describe, expect, it } from 'vitest';
import { type AnomalyMemory, findAnomalies } from '../../../src/domain/agent-session/find-anomalies.ts';
import type { ProcessSnapshot } from '../../../src/domain/agent-session/process-snapshot.ts';
import { aSnapshot } from '../../doubles/process-snapshots.ts';

/** The anomalies of snapshots of one process, 5 seconds apart, as `<number of the snapshot>: <severity> <kind>`. */
function anomaliesOf(changes: readonly Partial<ProcessSnapshot>[]): readonly string[] {
  let memory: AnomalyMemory | null = null;
  return changes.flatMap((change, at) => {
    const found = findAnomalies(memory, aSnapshot(at * 5, change));
    memory = found.memory;
    return found.anomalies.map(({ severity, kind }) => `${at}: ${severity} ${kind}`);
  });
}

type Values<Key extends keyof ProcessSnapshot> = readonly ProcessSnapshot[Key][];
const ofKey = <Key extends keyof ProcessSnapshot>(key: Key, values: Values<Key>) =>
  anomaliesOf(values.map((value) => ({ [key]: value })));

const disk = { state: 'disk-sleep', wchan: 'folio_wait_bit_common' };

describe('A snapshot of a process', () => {
  it.each<[string, Values<'oom_score'>, readonly string[]]>([
    ['rises by more than 200', [0, 200, 401, 602], ['2: warning oom_spike', '3: warning oom_spike']],
    ['falls, or rises slowly', [400, 100, 300, 500], []],
    ['reaches 800', [700, 799, 800, 900, 799, 800], ['2: critical oom_critical', '5: critical oom_critical']],
    ['is 800 from the start', [800, 800], ['0: critical oom_critical']],
    ['is hidden at times', [null, 700, null, 700], []],
  ])('shows where its oom_score %s', (_, scores, expected) => {
    expect(ofKey('oom_score', scores)).toEqual(expected);
  });

  it('shows a zombie, and once more when it stays one', () => {
    const [z, s] = ['zombie', 'sleeping'];
    const detected = 'warning zombie_detected';
    expect(ofKey('state', [s, z, z, s, z, z, z, z])).toEqual([
      `1: ${detected}`,
      `4: ${detected}`,
      '6: critical zombie_persistent',
    ]);
  });

  it('shows signals when they begin to wait', () => {
    const [none, one, more] = ['0000000000000000', '0000000000000400', '0000000000004400'];
    expect(ofKey('sig_pnd', [none, one, more, none, one])).toEqual([
      '1: info signals_pending',
      '4: info signals_pending',
    ]);
  });

  it.each<[string, Values<'vm_rss_kb'>, readonly string[]]>([
    [
      'is more than twice what it was once the process had started',
      [1, 1, 10, 10, 10, 10, 21],
      ['6: warning rss_growth'],
    ],
    ['is twice that', [1, 1, 10, 10, 10, 10, 20], []],
    ['grew while the process started', [1, 10, 100, 100, 100, 100, 100, 100], []],
    ['grew in fewer than five snapshots', [1, 10, 10, 30, 40, 10, 10], []],
    ['goes up and down again', [1, 1, 10, 10, 10, 30, 10, 30], ['7: warning rss_growth']],
  ])('shows growth once, where its memory %s', (_, sizes, expected) => {
    expect(ofKey('vm_rss_kb', sizes)).toEqual(expected);
  });

  it('shows where more than 80 % of its files are open', () => {
    const at = (fd_count: number | null, fd_soft_limit: number | null = 100) => ({ fd_count, fd_soft_limit });
    expect(anomaliesOf([at(80), at(81), at(99), at(80), at(81)])).toEqual(['1: warning fd_high', '4: warning fd_high']);
    expect(anomaliesOf([at(81, null), at(null), at(1, 0)])).toEqual([]);
  });

  it('shows where it waits for the disk twice in a row', () => {
    expect(anomaliesOf([disk, {}, disk, disk, disk, {}, disk, disk])).toEqual([
      '3: warning d_state_sustained',
      '7: warning d_state_sustained',
    ]);
  });

  it.each(['do_nanosleep', 'do_epoll_wait', 'schedule_hrtimeout_range', '', '0'])(
    'shows nothing where it sleeps in %j',
    (wchan) => {
      expect(anomaliesOf(Array(4).fill({ ...disk, wchan }))).toEqual([]);
    },
  );

  it('shows where it uses 90 % of a core twice in a row', () => {
    expect(ofKey('cpu_percent', [null, 90, 89.9, 90, 250, 99, 0, 90, 90])).toEqual([
      '4: warning high_cpu_sustained',
      '8: warning high_cpu_sustained',
    ]);
  });

  it.each<[string, Values<'comm'>, readonly string[]]>([
    [
      'is another one than when it had started',
      ['claude', 'claude', 'claude', 'bash', 'claude', 'sh'],
      ['3: critical identity_drift'],
    ],
    ['changed while it started', ['env', 'node', 'claude', 'claude'], []],
    ['stays', ['node', 'claude', 'claude', 'claude'], []],
  ])('shows once, where its name %s', (_, names, expected) => {
    expect(ofKey('comm', names)).toEqual(expected);
  });

  it('says in words what it shows', () => {
    const { memory } = findAnomalies(null, aSnapshot(0, { oom_score: 500 }));
    expect(findAnomalies(memory, aSnapshot(5, { oom_score: 900, fd_count: 1_000 })).anomalies).toEqual([
      { kind: 'oom_spike', severity: 'warning', detail: 'oom_score rose by 400 to 900' },
      { kind: 'oom_critical', severity: 'critical', detail: 'oom_score is 900' },
      { kind: 'fd_high', severity: 'warning', detail: '1000 files are open of 1024' },
    ]);
  });
});
