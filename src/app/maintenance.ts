/* The entry of the chunk `maintenance.js`: crash recovery, retention, and the repair of hooks. */

export { build } from './build.ts';
export { recover } from './recover.ts';
export { removeExpired } from './remove-expired.ts';
export { repairHooks } from './repair-hooks.ts';
