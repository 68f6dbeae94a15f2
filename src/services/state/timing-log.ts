import { encodeJson } from '../../domain/encode-json.ts';
import { canonicalStepName, longestStepName } from '../../domain/step-name.ts';

/** One run of a step. */
export interface TimedStep {
  /** The caller's name for it; a step without a name is not kept. */
  readonly stepName: string;
  /** Of the order that the step worked on; empty for none. */
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
  /** Repeated runs with a number (`plan-2`) count as the first one (`plan`). Never throws. */
  add(step: TimedStep): void;
  /** Each step once, in the order of the first runs. @param orderId empty for all orders together */
  report(orderId: string): readonly StepTiming[];
  /** Drops what `report` gives for the same order id. Twice is safe. */
  clear(orderId: string): void;
}

interface StepTotal {
  readonly orderId: string;
  readonly stepName: string;
  totalMs: number;
  invocations: number;
}

/** @param mostSteps beyond this number the step that ran first is dropped */
export function createTimingLog(mostSteps = 2_000): TimingLog {
  const totals = new Map<string, StepTotal>();

  const isOf = (orderId: string) => (total: StepTotal) => orderId === '' || total.orderId === orderId;

  return {
    add({ elapsedMs, ...step }) {
      const stepName = canonicalStepName(step.stepName);
      if (stepName === '') return;
      const orderId = step.orderId.slice(0, longestStepName);
      const key = encodeJson([orderId, stepName]);
      const total = totals.get(key) ?? { orderId, stepName, totalMs: 0, invocations: 0 };
      total.totalMs += Math.max(0, elapsedMs);
      total.invocations += 1;
      totals.set(key, total);
      const [oldest] = totals.keys();
      if (totals.size > mostSteps && oldest !== undefined) totals.delete(oldest);
    },
    report(orderId) {
      const steps = new Map<string, StepTiming>();
      for (const { stepName, totalMs, invocations } of [...totals.values()].filter(isOf(orderId))) {
        const sum = steps.get(stepName) ?? { totalMs: 0, invocations: 0 };
        steps.set(stepName, { stepName, totalMs: sum.totalMs + totalMs, invocations: sum.invocations + invocations });
      }
      return [...steps.values()];
    },
    clear(orderId) {
      for (const [key, total] of totals) if (isOf(orderId)(total)) totals.delete(key);
    },
  };
}
