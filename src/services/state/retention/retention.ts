import { carryOutRetention, type RetentionOutcome } from './carry-out-retention.ts';
import { planRetention, type RetentionOptions, type RetentionPlan } from './plan-retention.ts';

/**
 * Bounds what maitred leaves behind, by the rules in `domain/retention.ts`. Only regular files of our own user that are named
 * as maitred names them are ever touched: links, folders, pipes and all that is foreign stay, and a folder below the state
 * folder that is a link is not looked into. Blocking and brief: one listing a folder, one look at each file of ours.
 */
export interface Retention {
  /**
   * Says what would go. Writes nothing and throws nothing: a folder that does not exist is empty, one that cannot be read is
   * named in `unreadable` and the others are looked into. While nobody can say which servers live, command output stays.
   */
  plan(): RetentionPlan;
  /**
   * Removes what was planned, but for what has been written since. Throws nothing: what cannot be removed is named in `failed`,
   * and the rest goes all the same. Twice is safe, and so are several servers at once: of each file the first removes it.
   */
  carryOut(plan: RetentionPlan): RetentionOutcome;
}

export function createRetention(options: RetentionOptions): Retention {
  return { plan: () => planRetention(options), carryOut: carryOutRetention };
}
