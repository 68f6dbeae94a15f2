import type { JsonObject } from '../json-object.ts';
import { type BudgetKind, budgetNames, type RunBudgets, type RunSpending } from '../recipe/run-spending.ts';
import type { RunState } from './fold-journal.ts';
import type { endStates, GateOpened, JournalRecord, RunStarted } from './journal-record.ts';

/**
 * How a run is. `waiting`: a person has to decide. `interrupted`: it has not ended, and no process that lives works on it. `damaged`: its
 * journal cannot be read.
 */
export type RunStateName = 'running' | 'waiting' | 'interrupted' | 'damaged' | (typeof endStates)[number];

/** What the first and the last record of a run say. */
export interface RunSummary {
  readonly runId: string;
  /** Empty where the run is damaged. */
  readonly recipe: string;
  readonly state: RunStateName;
  /** The server that works on it; null: none. */
  readonly owner: string | null;
  /** ISO time; null where the run is damaged. */
  readonly startedAt: string | null;
  /** ISO time of its last record. */
  readonly lastAt: string | null;
  /** What must happen next, in one sentence. */
  readonly next: string;
}

/** What the whole journal of a run says. */
export interface RunReport extends RunSummary {
  /** The step that is in work, or the next one; null: none. */
  readonly step: string | null;
  readonly gate: Pick<GateOpened, 'gate' | 'step' | 'asks' | 'shownHash'> | null;
  readonly inputs: JsonObject;
  readonly cwd: string;
  readonly budgets: RunBudgets;
  readonly spent: RunSpending;
  /** Why it has ended, in one sentence; null: it has not. */
  readonly reason: string | null;
  readonly output: JsonObject | null;
}

interface RunEnds {
  readonly runId: string;
  readonly started: JournalRecord<RunStarted>;
  readonly last: JournalRecord;
  /** null: no process that lives owns it. */
  readonly owner: string | null;
}

export function summaryOf({ runId, started, last, owner }: RunEnds): RunSummary {
  const state = stateOf(last, owner);
  const exhausted = last.k === 'run_ended' ? last.exhausted : null;
  const asks = last.k === 'gate_opened' ? last.asks : null;
  return {
    runId,
    recipe: started.recipe,
    state,
    owner: state === 'running' || state === 'waiting' ? owner : null,
    startedAt: started.at,
    lastAt: last.at,
    next: nextOf({ runId, state, owner, exhausted, asks }),
  };
}

/** @param problem what is wrong, where, and what to do */
export const summaryOfDamaged = ({
  runId,
  problem,
}: {
  readonly runId: string;
  readonly problem: string;
}): RunSummary => ({
  runId,
  recipe: '',
  state: 'damaged',
  owner: null,
  startedAt: null,
  lastAt: null,
  next: problem,
});

export function reportOf(last: JournalRecord, state: RunState, owner: string | null): RunReport {
  const { started, gate, inFlight, next, ended } = state;
  const summary = summaryOf({ runId: started.runId, started, last, owner });
  // Records of changed budgets can follow the gate that is open.
  const isWaiting = gate !== null && ended === null;
  const named = isWaiting ? { ...summary, ...waitingIn(started.runId, gate.asks, owner) } : summary;
  return {
    ...named,
    step: ended === null ? (inFlight?.step ?? next) : null,
    gate: ended === null ? gate : null,
    inputs: started.inputs,
    cwd: started.cwd,
    budgets: state.budgets,
    spent: state.spent,
    reason: ended?.reason ?? null,
    output: ended?.output ?? null,
  };
}

function stateOf(last: JournalRecord, owner: string | null): RunStateName {
  if (last.k === 'run_ended') return last.state;
  if (last.k === 'gate_opened') return 'waiting';
  return owner === null ? 'interrupted' : 'running';
}

const waitingIn = (runId: string, asks: GateOpened['asks'], owner: string | null) => ({
  state: 'waiting' as const,
  owner,
  next: nextOf({ runId, state: 'waiting', owner, exhausted: null, asks }),
});

interface NextParts extends Pick<RunSummary, 'runId' | 'state' | 'owner'> {
  readonly exhausted: BudgetKind | null;
  readonly asks: GateOpened['asks'] | null;
}

function nextOf({ runId, state, owner, exhausted, asks }: NextParts): string {
  switch (state) {
    case 'running':
      return `Nothing: the server ${owner} works on it.`;
    case 'waiting':
      return asks === 'outcome'
        ? `A person says what came of the step: maitred runs approve ${runId} --done, or --again.`
        : `A person decides: maitred runs approve ${runId}, or maitred runs reject ${runId}.`;
    case 'interrupted':
      return `Nothing works on it: maitred runs resume ${runId}, or maitred runs cancel ${runId}.`;
    case 'budget_exhausted':
      return `It has used up its budget: maitred runs resume ${runId} --budget ${exhausted === null ? 'KIND' : budgetNames[exhausted]}=TOTAL, with a higher total.`;
    default:
      return 'Nothing: it has ended.';
  }
}

/** For programs: snake_case, the times as ISO strings. */
export const summaryJson = ({ runId, recipe, state, owner, startedAt, lastAt, next }: RunSummary) => ({
  run_id: runId,
  recipe,
  state,
  owner,
  started_at: startedAt,
  last_at: lastAt,
  next,
});
