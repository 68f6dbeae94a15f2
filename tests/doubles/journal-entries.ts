import type {
  GateAnswer,
  GateOpened,
  JournalEntry,
  JournalRecord,
  RunStarted,
  StepEntered,
  StepSettled,
} from '../../src/domain/recipe-run/journal-record.ts';

export const aHash = (digit: string): string => digit.repeat(64);

export const aStart = (changes: Partial<RunStarted> = {}): RunStarted => ({
  k: 'run_started',
  runId: 'run-1',
  recipe: 'demo',
  recipePath: '/project/.maitred/recipes/demo.yaml',
  recipeHash: aHash('a'),
  compilerVersion: 1,
  inputs: { task: 'tidy' },
  cwd: '/project',
  budgets: { visits: 50 },
  parentRun: null,
  startedBy: 'order',
  ...changes,
});

export const entered = (step: string, visit = 1, attempt = 0): StepEntered => ({
  k: 'entered',
  step,
  visit,
  attempt,
  key: `run-1/${step}/${visit}/${attempt}`,
  tool: 'run_cmd',
  argumentsHash: aHash('b'),
  lost: null,
});

export const settled = (step: string, changes: Partial<StepSettled> = {}): StepSettled => ({
  k: 'settled',
  step,
  visit: 1,
  attempt: 0,
  kind: 'success',
  cause: 'success',
  result: { value: { verdict: 'GO' } },
  captured: {},
  route: 'next',
  why: "result.verdict == 'GO'",
  diagnostics: [],
  spent: { usd: 0, tokens: 0, turns: 0, ms: 1 },
  ...changes,
});

export const skipped = (step: string, visit = 1): JournalEntry => ({
  k: 'skipped',
  step,
  visit,
  cause: 'skipped',
  captured: {},
  route: 'next',
  why: null,
});

export const opened = (gate: string, step = 'ask', changes: Partial<GateOpened> = {}): GateOpened => ({
  k: 'gate_opened',
  gate,
  step,
  asks: 'approval',
  shownHash: aHash('c'),
  ...changes,
});

export const anAnswer = (gate: string, changes: Partial<GateAnswer> = {}): GateAnswer => ({
  gate,
  decision: 'approve',
  who: 'somebody',
  how: 'cli',
  answeredAt: '2026-01-02T03:04:05.000Z',
  shownHash: aHash('c'),
  ...changes,
});

export const answered = (gate: string, changes: Partial<GateAnswer> = {}): JournalEntry => ({
  k: 'gate_answered',
  ...anAnswer(gate, changes),
});

export const ended = (state: 'succeeded' | 'budget_exhausted' = 'succeeded'): JournalEntry => ({
  k: 'run_ended',
  state,
  reason: 'it is done',
  exhausted: null,
  output: null,
});

/** Entries with the numbers that a journal gives them. */
export const numbered = (entries: readonly JournalEntry[]): JournalRecord[] =>
  entries.map((entry, at) => ({ v: 1, n: at + 1, at: '2026-01-02T03:04:05.000Z', ...entry }));
