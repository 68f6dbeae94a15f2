import type { JsonObject } from '../json-object.ts';
import { addSpending, nothingSpent, type RunBudgets, type RunSpending } from '../recipe/run-spending.ts';
import {
  type GateAnswered,
  type GateOpened,
  gateDecisions,
  type JournalRecord,
  type RunEnded,
  type RunStarted,
  type StepAttempt,
  type StepEntered,
  type StepSettled,
} from './journal-record.ts';

/** Where a run is. */
export interface RunState {
  /** The number of its last record. */
  readonly n: number;
  readonly started: JournalRecord<RunStarted>;
  /** Of the recipe that it follows now. */
  readonly recipeHash: string;
  readonly budgets: RunBudgets;
  /** The step that was entered and has not settled. */
  readonly inFlight: StepEntered | null;
  /** The step to enter next. null: the first one where nothing has settled or was skipped, else none. */
  readonly next: string | null;
  /** How often each step was visited, also when it was skipped. */
  readonly visits: ReadonlyMap<string, number>;
  /** The last attempt of the last visit, of each step whose last visit was not skipped. */
  readonly attempts: ReadonlyMap<string, number>;
  readonly captured: ReadonlyMap<string, unknown>;
  /** The gate that waits for an answer. */
  readonly gate: GateOpened | null;
  /** The answer to the last gate, until its step goes on. */
  readonly answer: GateAnswered | null;
  /** What settled last. */
  readonly last: StepSettled | null;
  /** Of the last step that was not cancelled. */
  readonly result: StepSettled['result'];
  readonly spent: RunSpending;
  readonly ended: RunEnded | null;
}

/** A record that cannot follow those before it. */
export interface JournalDamage {
  /** The number that it should have: the number of its line. */
  readonly n: number;
  /** What is wrong, as the end of a sentence about the record. */
  readonly problem: string;
}

export interface JournalFold {
  /** After the records before the damage; null: after none. */
  readonly state: RunState | null;
  readonly damage: JournalDamage | null;
}

/**
 * Where a run is after its records. Throws nothing: it stops at the first record that is impossible there.
 * @param from where the run was before them
 */
export function foldJournal(records: Iterable<JournalRecord>, from: RunState | null = null): JournalFold {
  let state = from;
  for (const record of records) {
    const n = (state?.n ?? 0) + 1;
    const next = record.n === n ? follow(state, record) : `has the number ${record.n} in place of ${n}`;
    if (typeof next === 'string') return { state, damage: { n, problem: next } };
    state = { ...next, n };
  }
  return { state, damage: null };
}

/** The state after a record, or why it is impossible. */
function follow(state: RunState | null, record: JournalRecord): RunState | string {
  if (state === null)
    return record.k === 'run_started' ? stateAtStart(record) : `is ${record.k}, and the run has not started`;
  if (state.ended !== null && !(state.ended.state === 'budget_exhausted' && record.k === 'budget_changed'))
    return `is ${record.k} after the end of the run`;
  switch (record.k) {
    case 'run_started':
      return 'starts the run again';
    case 'entered':
      return enter(state, record);
    case 'settled':
      return settle(state, record);
    case 'skipped': {
      const problem =
        whyNotGoOn(state) ??
        (state.inFlight === null ? null : `skips a step while ${nameOf(state.inFlight)} is in flight`);
      if (problem !== null) return problem;
      if (!isLater(state, { ...record, attempt: 0 })) return `repeats a visit of ${record.step}`;
      const visits = withMember(state.visits, record.step, record.visit);
      const attempts = new Map(state.attempts);
      attempts.delete(record.step);
      const captured = withMembers(state.captured, record.captured);
      return { ...state, visits, attempts, captured, next: record.route, answer: null };
    }
    case 'gate_opened':
      // What was shown has changed: the gate opens again.
      if (state.gate !== null && state.gate.step !== record.step)
        return `opens a gate of ${record.step} while that of ${state.gate.step} is open`;
      return { ...state, gate: record, answer: null };
    case 'gate_answered':
      return answer(state, record);
    case 'accepted_changes':
      return { ...state, recipeHash: record.recipeHash };
    case 'budget_changed':
      return { ...state, budgets: record.budgets, ended: null };
    case 'run_ended':
      return { ...state, ended: record };
  }
}

/** Shared, since most runs capture nothing. */
const none: ReadonlyMap<string, never> = new Map<string, never>();

/** The state of a run that has no other record yet. */
export const stateAtStart = (started: JournalRecord<RunStarted>): RunState => ({
  n: started.n,
  started,
  recipeHash: started.recipeHash,
  budgets: started.budgets,
  inFlight: null,
  next: null,
  visits: none,
  attempts: none,
  captured: none,
  gate: null,
  answer: null,
  last: null,
  result: null,
  spent: nothingSpent,
  ended: null,
});

/** After a crash, the step in flight may be entered again without having settled, with another key. */
function enter(state: RunState, entered: StepEntered): RunState | string {
  const { inFlight } = state;
  if (inFlight !== null && inFlight.step !== entered.step)
    return `enters ${entered.step} while ${nameOf(inFlight)} is in flight`;
  const problem = whyNotGoOn(state);
  if (problem !== null) return problem;
  const isAgain = inFlight !== null && nameOf(inFlight) === nameOf(entered) && inFlight.key !== entered.key;
  if (!isAgain && !isLater(state, entered)) return `enters ${nameOf(entered)} a second time`;
  const { step, visit, attempt, lost } = entered;
  return {
    ...state,
    spent: lost === null ? state.spent : addSpending(state.spent, lost),
    inFlight: entered,
    visits: withMember(state.visits, step, visit),
    attempts: withMember(state.attempts, step, attempt),
    answer: null,
  };
}

function settle(state: RunState, settled: StepSettled): RunState | string {
  const { inFlight, spent } = state;
  if (inFlight === null || nameOf(inFlight) !== nameOf(settled))
    return `settles ${nameOf(settled)}, which is not in flight`;
  const problem = whyNotGoOn(state);
  if (problem !== null) return problem;
  return {
    ...state,
    inFlight: null,
    next: settled.route,
    captured: withMembers(state.captured, settled.captured),
    answer: null,
    last: settled,
    result: settled.kind === 'cancelled' ? state.result : settled.result,
    spent: addSpending(spent, settled.spent),
  };
}

function answer(state: RunState, answered: GateAnswered): RunState | string {
  const { gate } = state;
  if (gate === null || gate.gate !== answered.gate) return `answers the gate ${answered.gate}, which is not open`;
  if (gate.shownHash !== answered.shownHash) return `answers for something else than the gate ${gate.gate} shows`;
  if (!gateDecisions[gate.asks].some((decision) => decision === answered.decision))
    return `answers ${answered.decision} to a gate that asks for ${gateDecisions[gate.asks].join(' or ')}`;
  return { ...state, gate: null, answer: answered };
}

const whyNotGoOn = ({ gate }: RunState): string | null =>
  gate === null ? null : `goes on while the gate ${gate.gate} is open`;

/** Whether no attempt of the step was as late as this one: so no idempotency key is used twice. */
function isLater({ visits, attempts }: RunState, { step, visit, attempt }: StepAttempt): boolean {
  const visited = visits.get(step) ?? 0;
  return visit > visited || (visit === visited && attempt > (attempts.get(step) ?? Infinity));
}

const nameOf = ({ step, visit, attempt }: StepAttempt): string => `${step} (visit ${visit}, attempt ${attempt})`;

const withMembers = (map: ReadonlyMap<string, unknown>, changes: JsonObject): ReadonlyMap<string, unknown> => {
  const entries = Object.entries(changes);
  return entries.length === 0 ? map : new Map([...map, ...entries]);
};

const withMember = <Value>(map: ReadonlyMap<string, Value>, key: string, value: Value): ReadonlyMap<string, Value> =>
  new Map(map).set(key, value);
