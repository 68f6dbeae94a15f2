import { toFault } from '../../../domain/app-error.ts';
import type { RecoveredSession, Recovery } from './recovery-options.ts';
import type { Settlement } from './settle-claim.ts';

/** Counts what became of everything that was found. */
export interface Tally {
  count(settlement: Settlement): void;
  leaveOut(file: string, thrown: unknown): void;
  result(): Recovery;
}

const causesKept = 20;

export function createTally(report: (detail: string) => void): Tally {
  const counts = { passed: 0, removed: 0, young: 0, alive: 0, leftOut: 0 };
  const recorded: RecoveredSession[] = [];
  const causes: { file: string; cause: string }[] = [];
  return {
    count(settlement) {
      if (settlement.outcome !== 'recorded') {
        counts[settlement.outcome] += 1;
        return;
      }
      recorded.push(settlement.session);
      report(`${recorded.length} crashed ${recorded.length === 1 ? 'session' : 'sessions'} recorded`);
    },
    leaveOut(file, thrown) {
      counts.leftOut += 1;
      if (causes.length < causesKept) causes.push({ file, cause: toFault(thrown).message });
    },
    result() {
      const { removed, young, alive, leftOut } = counts;
      return { recorded, removed, skipped: { young, alive, leftOut }, causes };
    },
  };
}
