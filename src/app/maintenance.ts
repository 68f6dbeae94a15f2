/* The entry of the bundle `upkeep.js`: recovery, tidying up and mending. */

export { build } from './build.ts';
export { recover } from './recover.ts';
export { removeExpired } from './remove-expired.ts';
export { repairHooks } from './repair-hooks.ts';
