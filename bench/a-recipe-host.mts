import { logThrough } from '../src/domain/log-record.ts';
import { createRedactor } from '../src/domain/redact.ts';
import type { RecipeRunnerDeps } from '../src/runners/recipe-runs.ts';
import { createRecipeRunner } from '../src/runners/run-recipes.ts';
import { createJournals } from '../src/services/journal/journals.ts';
import { openRunJournal } from '../src/services/journal/run-journal.ts';
import { readOwnUid } from '../src/services/platform/own-uid.ts';
import { graphOf, type Steps } from '../tests/fixtures/recipe-graph.ts';

const nothing = () => undefined;
const log = logThrough(nothing);

/** Runs recipes of these steps in this process, with journals on the disk. */
export function aRecipeHost(
  runsDir: string,
  steps: Steps,
  deps: Partial<Pick<RecipeRunnerDeps, 'onGateOpened' | 'openJournal'>> = {},
) {
  const graph = graphOf(steps);
  const text = JSON.stringify(steps);
  const runner = createRecipeRunner({
    serverId: 'server-a',
    log,
    redact: createRedactor([]),
    journals: createJournals({ runsDir, ownUid: readOwnUid(), isOwnerAlive: () => true }),
    openJournal: openRunJournal,
    compile: () => graph,
    readRecipeText: () => text,
    callTool: () => Promise.resolve({ output: { success: true } }),
    adopt: () => Promise.resolve({ state: 'again' }),
    checkResult: () => null,
    ensureServerRecord: nothing,
    isShuttingDown: () => false,
    register: nothing,
    follow: nothing,
    ...deps,
  });
  const start = () =>
    runner.start({
      recipe: { name: 'bench', path: `${runsDir}/bench.yaml`, text },
      graph,
      inputs: {},
      budgets: {},
      cwd: runsDir,
      startedBy: 'the bench',
    });
  return { runner, start };
}
