/**
 * What `git rev-parse --local-env-vars` names in git 2.39.5: variables that say which repository git uses and how, wherever it runs. git
 * sets them for its hooks and aliases. A test compares the list with the installed git.
 */
const names: ReadonlySet<string> = new Set([
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_COMMON_DIR',
  'GIT_CONFIG',
  'GIT_CONFIG_COUNT',
  'GIT_CONFIG_PARAMETERS',
  'GIT_DIR',
  'GIT_GRAFT_FILE',
  'GIT_IMPLICIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_INTERNAL_SUPER_PREFIX',
  'GIT_NO_REPLACE_OBJECTS',
  'GIT_OBJECT_DIRECTORY',
  'GIT_PREFIX',
  'GIT_REPLACE_REF_BASE',
  'GIT_SHALLOW_FILE',
  'GIT_WORK_TREE',
]);

/** The pairs that GIT_CONFIG_COUNT counts. */
const countedPair = /^GIT_CONFIG_(?:KEY|VALUE)_\d+$/;

/** Whether a variable ties git to one repository, so that a program in another one must not inherit it. */
export const isRepositoryVariable = (name: string): boolean => names.has(name) || countedPair.test(name);
