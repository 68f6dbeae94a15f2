/* The entry of the bundle `local-work.js`: what is done to the files and repositories of this machine. */

export { createGit } from '../services/git/git.ts';
export { createOwnedCommands } from '../services/platform/process/owned-commands.ts';
export { emptyFolder } from '../services/workspace/empty-folder.ts';
export { build } from './build.ts';
