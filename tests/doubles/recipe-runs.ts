import { AppError } from '../../src/domain/app-error.ts';
import { createListeners } from '../../src/domain/listeners.ts';
import { nothingSpent } from '../../src/domain/recipe/run-spending.ts';
import { foldJournal } from '../../src/domain/recipe-run/fold-journal.ts';
import type { GateAnswer, JournalEntry } from '../../src/domain/recipe-run/journal-record.ts';
import type { LiveRun, OpenGate, RunListener, RunProgress } from '../../src/domain/recipe-run/live-run.ts';
import type { ToolServices } from '../../src/tools/tool-services.ts';
import { aHash, aStart, numbered } from './journal-entries.ts';
import { unusedRecipes } from './unused-recipes.ts';

/** A gate that shows a text. */
export const anOpenGate = (change: Partial<OpenGate> = {}): OpenGate => ({
  gate: 'gate-1',
  step: 'ask',
  asks: 'approval',
  shownHash: aHash('c'),
  shown: 'Commit it?',
  ...change,
});

/** A run of this server, whose progress the test changes. `done` has what was asked of it. */
export function aLiveRun(first: Partial<RunProgress> = {}) {
  const { notify, subscribe } = createListeners<[Parameters<NonNullable<RunListener['onProgress']>>[0]]>();
  const done: unknown[] = [];
  let progress: RunProgress = {
    state: 'running',
    step: null,
    gate: null,
    pause: null,
    spent: nothingSpent,
    ...first,
  };
  const run: LiveRun = {
    runId: 'run-1',
    get progress() {
      return progress;
    },
    subscribe: (listener) => subscribe((changed) => listener.onProgress?.(changed)),
    cancel: (who) => void done.push({ cancelledBy: who }),
    answer: async (answer) => void done.push(answer),
    ended: new Promise(() => undefined),
  };
  const change = (to: Partial<RunProgress>) => {
    progress = { ...progress, ...to };
    notify(progress);
  };
  return { run, change, done };
}

/**
 * The journal of `run-1`, which the test continues. `left` has what was left for its owner.
 * @param live this server's run; null: another server's, or nobody's
 */
export function aJournal(
  entries: readonly JournalEntry[],
  { live = null, owner = null }: { readonly live?: LiveRun | null; readonly owner?: string | null } = {},
) {
  const all: JournalEntry[] = [aStart(), ...entries];
  const left: unknown[] = [];
  const codes = new Set(['K7QM']);
  const services: Pick<ToolServices, 'journals' | 'recipeRuns'> = {
    journals: {
      ...unusedRecipes.journals,
      async read(runId) {
        const records = numbered(all);
        const { state } = foldJournal(records);
        if (runId !== 'run-1' || state === null) throw new AppError('not_found', `there is no run ${runId}`);
        return { records, state, tornBytes: 0 };
      },
      async list() {
        const [started, last = started] = [numbered(all)[0], numbered(all).at(-1)];
        if (started?.k !== 'run_started' || last === undefined) return [];
        return [
          { runId: 'run-1', started, last, owner },
          { runId: 'run-2', problem: 'line 3 was changed' },
        ];
      },
      ownerOf: () => owner,
      putAnswer: async (_, answer: GateAnswer) => void left.push(answer),
      requestCancel: async (_, who) => void left.push({ cancelledBy: who }),
      redeemCode: async (_, gate, code) => gate === 'gate-1' && codes.delete(code),
    },
    recipeRuns: { ...unusedRecipes.recipeRuns, find: () => live },
  };
  return { services, left, append: (entry: JournalEntry) => void all.push(entry) };
}
