/* The entry of the bundle `upkeep.js`: recovery and tidying up. */

export { build } from './build.ts';
export { recover } from './recovery.ts';
export { removeExpired } from './remove-expired.ts';
