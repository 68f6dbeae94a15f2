import type { ProcessSnapshot } from '../../src/domain/agent-session/process-snapshot.ts';
import { atSecond } from './agent-sessions.ts';

/** A process that sleeps, so many seconds after its start. */
export const aSnapshot = (second: number, change: Partial<ProcessSnapshot> = {}): ProcessSnapshot => ({
  captured_at: atSecond(second),
  comm: 'claude',
  state: 'sleeping',
  vm_rss_kb: 200_000,
  threads: 11,
  fd_count: 30,
  fd_soft_limit: 1_024,
  ctx_switches_voluntary: 100,
  ctx_switches_involuntary: 10,
  sig_pnd: '0000000000000000',
  sig_blk: '0000000000000000',
  sig_cgt: '000000017381ee37',
  oom_score: 670,
  wchan: 'do_epoll_wait',
  cpu_percent: 1.5,
  ...change,
});
