import { fdRatioOf, type ProcessSnapshot } from './process-snapshot.ts';

export type AnomalyKind =
  | 'oom_spike'
  | 'oom_critical'
  | 'zombie_detected'
  | 'zombie_persistent'
  | 'signals_pending'
  | 'rss_growth'
  | 'fd_high'
  | 'd_state_sustained'
  | 'high_cpu_sustained'
  | 'identity_drift';

/** What is unusual about a process. */
export interface Anomaly {
  readonly kind: AnomalyKind;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly detail: string;
}

/** What is remembered of the snapshots of one process, whatever their number. */
export interface AnomalyMemory {
  readonly firstAtMs: number;
  /** The first snapshot after it has started, with which later ones are compared; until then the latest. */
  readonly started: ProcessSnapshot;
  readonly before: ProcessSnapshot;
  /** Snapshots since it has started, with that one. */
  readonly count: number;
  /** For each kind, how many snapshots in a row, up to the latest, showed it. */
  readonly zombies: number;
  readonly diskSleeps: number;
  readonly busy: number;
  /** The kinds that are reported only once for a process, and have been. */
  readonly hasGrown: boolean;
  readonly hasDrifted: boolean;
}

/** While it starts, an agent may replace its program (`env`, `node`), name itself and load its code. */
const startMs = 10_000;
const oomSpike = 200;
const oomCritical = 800;
const persistentZombies = 3;
const growthFactor = 2;
const growthSnapshots = 5;
const fdRatioHigh = 0.8;
const cpuHighPercent = 90;
const sustained = 2;
/** Where a process sleeps when it waits for nothing in particular, or where that is hidden. */
const benignWchans: readonly string[] = ['do_nanosleep', 'do_epoll_wait', 'schedule_hrtimeout_range', '', '0'];

/**
 * What is unusual in the next snapshot of a process. Each anomaly is reported when it begins, and again only after it has ended; growth and another
 * name once for a process.
 * @param memory null: it is the first snapshot of the process
 */
export function findAnomalies(
  memory: AnomalyMemory | null,
  now: ProcessSnapshot,
): { readonly memory: AnomalyMemory; readonly anomalies: readonly Anomaly[] } {
  const before = memory?.before ?? null;
  const firstAtMs = memory?.firstAtMs ?? Date.parse(now.captured_at);
  const isStarting = before === null || Date.parse(before.captured_at) - firstAtMs < startMs;
  const started = isStarting ? now : (memory?.started ?? now);
  const count = isStarting ? 1 : (memory?.count ?? 0) + 1;
  const inARow = (is: boolean, number: number | undefined) => (is ? (number ?? 0) + 1 : 0);
  const zombies = inARow(now.state === 'zombie', memory?.zombies);
  const diskSleeps = inARow(now.state === 'disk-sleep' && !benignWchans.includes(now.wchan), memory?.diskSleeps);
  const busy = inARow((now.cpu_percent ?? 0) >= cpuHighPercent, memory?.busy);
  const isGrown = count >= growthSnapshots && now.vm_rss_kb > growthFactor * started.vm_rss_kb;
  const isOther = now.comm !== started.comm;
  const oomRise = (now.oom_score ?? 0) - (before?.oom_score ?? now.oom_score ?? 0);
  const begins = (holds: (snapshot: ProcessSnapshot) => boolean) => holds(now) && (before === null || !holds(before));

  const rules: readonly (Anomaly & { readonly begins: boolean })[] = [
    {
      kind: 'oom_spike',
      severity: 'warning',
      detail: `oom_score rose by ${oomRise} to ${now.oom_score}`,
      begins: oomRise > oomSpike,
    },
    {
      kind: 'oom_critical',
      severity: 'critical',
      detail: `oom_score is ${now.oom_score}`,
      begins: begins(({ oom_score }) => (oom_score ?? 0) >= oomCritical),
    },
    {
      kind: 'zombie_detected',
      severity: 'warning',
      detail: 'it has ended, and nobody has read its exit code',
      begins: zombies === 1,
    },
    {
      kind: 'zombie_persistent',
      severity: 'critical',
      detail: `the same in ${zombies} snapshots in a row`,
      begins: zombies === persistentZombies,
    },
    {
      kind: 'signals_pending',
      severity: 'info',
      detail: `signals wait for it: ${now.sig_pnd}`,
      begins: begins(({ sig_pnd }) => /[^0]/.test(sig_pnd)),
    },
    {
      kind: 'rss_growth',
      severity: 'warning',
      detail: `its memory grew from ${started.vm_rss_kb} to ${now.vm_rss_kb} kB in ${count} snapshots`,
      begins: isGrown && !memory?.hasGrown,
    },
    {
      kind: 'fd_high',
      severity: 'warning',
      detail: `${now.fd_count} files are open of ${now.fd_soft_limit}`,
      begins: begins((snapshot) => (fdRatioOf(snapshot) ?? 0) > fdRatioHigh),
    },
    {
      kind: 'd_state_sustained',
      severity: 'warning',
      detail: `it waits for the disk in ${now.wchan}, in ${diskSleeps} snapshots in a row`,
      begins: diskSleeps === sustained,
    },
    {
      kind: 'high_cpu_sustained',
      severity: 'warning',
      detail: `it used ${now.cpu_percent} % of a core, and much in ${busy} snapshots in a row`,
      begins: busy === sustained,
    },
    {
      kind: 'identity_drift',
      severity: 'critical',
      detail: `it is called ${now.comm}, and was ${started.comm}`,
      begins: isOther && !memory?.hasDrifted,
    },
  ];
  return {
    memory: {
      firstAtMs,
      started,
      before: now,
      count,
      zombies,
      diskSleeps,
      busy,
      hasGrown: isGrown || memory?.hasGrown === true,
      hasDrifted: isOther || memory?.hasDrifted === true,
    },
    anomalies: rules.filter((rule) => rule.begins).map(({ kind, severity, detail }) => ({ kind, severity, detail })),
  };
}
