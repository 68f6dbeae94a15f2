/** One run of a step. */
export interface TimedStep {
  /** As the caller names it; without a name nothing is kept. */
  readonly stepName: string;
  /** Empty: of no order. */
  readonly orderId: string;
  readonly elapsedMs: number;
}

export interface StepTiming {
  readonly stepName: string;
  readonly totalMs: number;
  readonly invocations: number;
}

/** How long the steps of recipes took in this server, in memory only. */
export interface TimingLog {
  /** A step that runs again under a number (`plan-2`) is counted with the first one (`plan`). Never throws. */
  add(step: TimedStep): void;
  /** Each step once, in the order in which they first ran. @param orderId empty: of all orders together */
  report(orderId: string): readonly StepTiming[];
  /** Forgets what `report` gives for the same order. Twice is safe. */
  clear(orderId: string): void;
}

const longestName = 200;

interface Entry {
  readonly orderId: string;
  readonly stepName: string;
  totalMs: number;
  invocations: number;
}

/** @param mostSteps beyond this number the step that ran first is forgotten */
export function createTimingLog(mostSteps = 2_000): TimingLog {
  const entries = new Map<string, Entry>();

  const isOf = (orderId: string) => (entry: Entry) => orderId === '' || entry.orderId === orderId;

  return {
    add({ stepName: said, orderId: saidOrder, elapsedMs }) {
      const stepName = canonicalStep(said);
      if (stepName === '') return;
      const orderId = saidOrder.slice(0, longestName);
      const key = JSON.stringify([orderId, stepName]);
      const entry = entries.get(key) ?? { orderId, stepName, totalMs: 0, invocations: 0 };
      entry.totalMs += Math.max(0, elapsedMs);
      entry.invocations += 1;
      entries.set(key, entry);
      for (const oldest of entries.keys()) {
        if (entries.size <= mostSteps) break;
        entries.delete(oldest);
      }
    },
    report(orderId) {
      const steps = new Map<string, StepTiming>();
      for (const { stepName, totalMs, invocations } of [...entries.values()].filter(isOf(orderId))) {
        const other = steps.get(stepName);
        steps.set(stepName, {
          stepName,
          totalMs: totalMs + (other?.totalMs ?? 0),
          invocations: invocations + (other?.invocations ?? 0),
        });
      }
      return [...steps.values()];
    },
    clear(orderId) {
      for (const [key, entry] of entries) if (isOf(orderId)(entry)) entries.delete(key);
    },
  };
}

/** The name without the number of the attempt; one that is nothing else keeps it. */
function canonicalStep(said: string): string {
  const name = said.slice(0, longestName).trim();
  return name.replace(/(?<=.)-\d+$/s, '');
}
