import * as z from 'zod';
import type { ProcessSnapshot } from './process-snapshot.ts';

const count = z.number().nonnegative();

/** Reads a line of `proc_trace.jsonl`. Other keys are ignored. */
export const tracedSnapshotSchema = z.object({
  pid: z.int().positive(),
  captured_at: z.iso.datetime({ offset: true }),
  comm: z.string(),
  state: z.string(),
  vm_rss_kb: count,
  threads: count,
  fd_count: count.nullable(),
  fd_soft_limit: count.nullable(),
  ctx_switches_voluntary: count,
  ctx_switches_involuntary: count,
  sig_pnd: z.string(),
  sig_blk: z.string(),
  sig_cgt: z.string(),
  oom_score: count.nullable(),
  wchan: z.string(),
  cpu_percent: count.nullable(),
}) satisfies z.ZodType<ProcessSnapshot & { readonly pid: number }>;
