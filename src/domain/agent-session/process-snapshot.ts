/** What Linux shows of a process at one moment; see proc(5). Keys are those of the files. null: it is hidden, or there is none. */
export interface ProcessSnapshot {
  /** ISO 8601; later than in each snapshot before. */
  readonly captured_at: string;
  /** The first 15 bytes of the program's name, or of the name that it gave itself. */
  readonly comm: string;
  /** As a word: `running`, `sleeping`, `disk-sleep`, `zombie`, … */
  readonly state: string;
  readonly vm_rss_kb: number;
  readonly threads: number;
  readonly fd_count: number | null;
  readonly fd_soft_limit: number | null;
  readonly ctx_switches_voluntary: number;
  readonly ctx_switches_involuntary: number;
  /** Masks of signals, as 16 hexadecimal digits: pending for the process or its first thread, blocked, caught. */
  readonly sig_pnd: string;
  readonly sig_blk: string;
  readonly sig_cgt: string;
  readonly oom_score: number | null;
  /** The function of the kernel in which it sleeps; `0` or empty where it does not sleep or that is hidden. */
  readonly wchan: string;
  /** Of one core, since the snapshot before; null in the first one. */
  readonly cpu_percent: number | null;
}

/** Open files as a share of their limit; null: unknown. */
export function fdRatioOf({ fd_count, fd_soft_limit }: ProcessSnapshot): number | null {
  return fd_count === null || fd_soft_limit === null || fd_soft_limit === 0 ? null : fd_count / fd_soft_limit;
}
