/* The entry of the bundle `upkeep.js`: recovery, tidying up and mending. */

export { build } from './build.ts';
export { mendHooks } from './mend-hooks.ts';
export { recover } from './recovery.ts';
export { removeExpired } from './remove-expired.ts';
