import { dirname, join } from 'node:path';
import { createJournals, type Journals } from '../services/journal/journals.ts';
import { openRunJournal } from '../services/journal/run-journal.ts';
import { readOwnUid } from '../services/platform/own-uid.ts';
import { checkResult } from '../services/recipes/check-result.ts';
import { createRecipes, type Recipes } from '../services/recipes/recipes.ts';
import { createStepSessions, type StepSessions } from '../services/state/agent-sessions/step-sessions.ts';
import type { ServerRecordReader } from '../services/state/server-records/server-record-reader.ts';
import { readTextFile } from '../services/yaml/read-text-file.ts';
import type { ServerContext } from './server-context.ts';

/* The entry of the chunk `recipes.js`: what reads recipes, the journals of their runs, and the sessions of their steps. */

export { build } from './build.ts';

export interface OpenRecipes {
  readonly recipes: Recipes;
  readonly journals: Journals;
  readonly stepSessions: StepSessions;
  readonly compile: Recipes['compile'];
  readonly openJournal: typeof openRunJournal;
  readonly checkResult: typeof checkResult;
  readRecipeText(path: string): string | null;
}

/** @param tempFolder the path of the folder for files of recipes, in a project */
export function openRecipes(
  { place, files, serverId, log }: ServerContext,
  servers: ServerRecordReader,
  tempFolder: string,
): OpenRecipes {
  const { sources, stateFolder } = place;
  const { projectDir, userFile } = sources;
  const userDir = join(dirname(userFile), 'recipes');
  const recipes = createRecipes({
    projectDir,
    userDir,
    shippedDir: `${files.dir}/recipes`,
    tempDir: join(projectDir, tempFolder),
  });
  const journals = createJournals({
    runsDir: stateFolder.runsDir,
    ownUid: readOwnUid(),
    isOwnerAlive: (id) => id === serverId || servers.liveServerIds().has(id),
  });
  return {
    recipes,
    journals,
    openJournal: openRunJournal,
    stepSessions: createStepSessions({ folder: stateFolder, log }),
    compile: recipes.compile,
    checkResult,
    readRecipeText(path) {
      const reading = readTextFile(path);
      return 'text' in reading ? reading.text : null;
    },
  };
}
