import type { Expiry } from '../../domain/retention.ts';
import type { RetentionPlan } from '../../services/state/retention/plan-retention.ts';
import type { Retention, RetentionOutcome } from '../../services/state/retention/retention.ts';

export interface CleanReport {
  readonly stateDir: string;
  /** Whether `items` have been removed, or would be. */
  readonly isDone: boolean;
  readonly items: readonly Expiry[];
  readonly failed: RetentionOutcome['failed'];
  readonly unreadable: RetentionPlan['unreadable'];
}

/** Says what would be removed; or removes it, and says what was. */
export function reportClean(stateDir: string, retention: Retention, isDone: boolean): CleanReport {
  const plan = retention.plan();
  const { removed: items, failed } = isDone ? retention.carryOut(plan) : { removed: plan.items, failed: [] };
  return { stateDir, isDone, items, failed, unreadable: plan.unreadable };
}

export function totalBytesOf(items: CleanReport['items']): number {
  return items.reduce((sum, { file }) => sum + file.sizeBytes, 0);
}
