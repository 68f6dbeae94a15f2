import type { ToolServices } from '../../src/tools/tool-services.ts';

const unused = (): never => {
  throw new Error('this server has no recipes');
};

/** For servers that run no recipes. */
export const unusedRecipes: Pick<ToolServices, 'journals' | 'recipeRuns' | 'recipes' | 'stepSessions'> = {
  journals: {
    read: unused,
    list: unused,
    ownerOf: unused,
    readBlob: unused,
    putAnswer: unused,
    requestCancel: unused,
    redeemCode: unused,
  },
  recipeRuns: { start: unused, resume: unused, find: () => null },
  recipes: {
    list: unused,
    listInTurns: unused,
    show: unused,
    describe: unused,
    read: unused,
    check: unused,
    prepare: unused,
    compile: unused,
  },
  stepSessions: { find: unused },
};
