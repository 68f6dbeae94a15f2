/* What a server does for the state folder behind the first calls, in a file of its own. */

export { build } from './build.ts';
export { recover } from './recovery.ts';
export { removeExpired } from './remove-expired.ts';
