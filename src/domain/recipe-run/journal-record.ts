import type { JsonObject } from '../json-object.ts';
import type { ArmCause } from '../recipe/recipe-graph.ts';
import type { BudgetKind, RunBudgets, StepSpending } from '../recipe/run-spending.ts';

/** Version of the journal's format, in each record. */
export const journalVersion = 1;

/** Names a run, its folder and a gate: a file name without a dot. */
export const runNamePattern = /^[A-Za-z0-9_-]{1,64}$/;

/** Always the first record. */
export interface RunStarted {
  readonly k: 'run_started';
  readonly runId: string;
  readonly recipe: string;
  /** The file that the recipe was read from, absolute. */
  readonly recipePath: string;
  /** sha256 of the recipe's text. */
  readonly recipeHash: string;
  readonly compilerVersion: number;
  readonly inputs: JsonObject;
  readonly cwd: string;
  readonly budgets: RunBudgets;
  /** The run that has this one as a step. */
  readonly parentRun: string | null;
  /** Who started it, for people. */
  readonly startedBy: string;
}

/** One attempt of one visit of a step. */
export interface StepAttempt {
  readonly step: string;
  /** From 1; skipping a step is a visit too. */
  readonly visit: number;
  /** From 0 in each visit. */
  readonly attempt: number;
}

/** On disk before the effect of the step begins. Also for steps without one. */
export interface StepEntered extends StepAttempt {
  readonly k: 'entered';
  /**
   * The idempotency key, `<run>/<step>/<visit>/<attempt>`, with `/<n>` at the end where the same attempt is made again after a crash: no key is
   * used twice. With the next two, a resume looks for what the step did.
   */
  readonly key: string;
  /** null: the step calls no tool. */
  readonly tool: string | null;
  readonly argumentsHash: string | null;
  /** What the same attempt had used before a crash; null: it is made for the first time. */
  readonly lost: StepSpending | null;
}

export const outcomeKinds = ['success', 'failure', 'needs_retry', 'context_limit', 'cancelled'] as const;

export interface StepSettled extends StepAttempt {
  readonly k: 'settled';
  readonly kind: (typeof outcomeKinds)[number];
  /** What sent the run on. */
  readonly cause: ArmCause | 'cancelled';
  /** The value, or the sha256 of the blob with its JSON text; null: the step has no result. */
  readonly result: { readonly value: unknown } | { readonly blob: string } | null;
  /** Only what has changed. */
  readonly captured: JsonObject;
  /** The next step; null: the run ends. A retry routes to the step itself. */
  readonly route: string | null;
  /** The source of the condition that chose the route. */
  readonly why: string | null;
  readonly diagnostics: readonly string[];
  readonly spent: StepSpending;
}

/** A step that was left without any work: it only chooses a route, or an input, a limit of visits or this version keeps it from running. */
export interface StepSkipped {
  readonly k: 'skipped';
  readonly step: string;
  readonly visit: number;
  readonly cause: ArmCause;
  /** Only what has changed. */
  readonly captured: JsonObject;
  readonly route: string | null;
  readonly why: string | null;
}

/** Decisions by what the gate asks: whether to go on, or what came of a step that was in flight at a crash. */
export const gateDecisions = { approval: ['approve', 'reject'], outcome: ['done', 'again'] } as const;

export interface GateOpened {
  readonly k: 'gate_opened';
  readonly gate: string;
  readonly step: string;
  readonly asks: keyof typeof gateDecisions;
  /** sha256 of the bytes that a person is shown. */
  readonly shownHash: string;
}

export const answerChannels = ['cli', 'elicitation', 'answer_gate', 'inspector'] as const;

/** What a person decided. It counts only for what was shown to them. */
export interface GateAnswer {
  readonly gate: string;
  readonly decision: (typeof gateDecisions)[keyof typeof gateDecisions][number];
  readonly who: string;
  readonly how: (typeof answerChannels)[number];
  /** ISO time. */
  readonly answeredAt: string;
  readonly shownHash: string;
}

export interface GateAnswered extends GateAnswer {
  readonly k: 'gate_answered';
}

/** A person resumes the run with a recipe that has changed. Its text is the blob of this hash. */
export interface AcceptedChanges {
  readonly k: 'accepted_changes';
  readonly recipeHash: string;
  readonly who: string;
}

/** The new budgets, as a whole. */
export interface BudgetChanged {
  readonly k: 'budget_changed';
  readonly budgets: RunBudgets;
  readonly who: string;
}

export const endStates = ['succeeded', 'failed', 'stopped', 'cancelled', 'budget_exhausted'] as const;

/** The last record. Only a changed budget may follow, where the run has ended for its budget. */
export interface RunEnded {
  readonly k: 'run_ended';
  readonly state: (typeof endStates)[number];
  /** One sentence for people. */
  readonly reason: string;
  /** The budget that would have to be raised; null: none. */
  readonly exhausted: BudgetKind | null;
  /** What the last step puts out; null: nothing. */
  readonly output: JsonObject | null;
}

/** What a run says; the journal numbers it. */
export type JournalEntry =
  | RunStarted
  | StepEntered
  | StepSettled
  | StepSkipped
  | GateOpened
  | GateAnswered
  | AcceptedChanges
  | BudgetChanged
  | RunEnded;

/** One line of the journal, which also has the checksum. */
export type JournalRecord<Entry extends JournalEntry = JournalEntry> = Entry & {
  readonly v: typeof journalVersion;
  /** From 1, without gaps: the number of the line. */
  readonly n: number;
  /** ISO time, for people: the clock may go back. */
  readonly at: string;
};
