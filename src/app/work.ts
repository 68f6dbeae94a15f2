/* The entry of the chunk `work.js`: every chart but those of the start, what runs them, and what shows them. */

export { build } from './build.ts';
export { openCallLogFile } from './call-log-file.ts';
export { recordCrash, startHeartbeat } from './heartbeat.ts';
export { startInspection } from './inspection.ts';
export { createRunners } from './services.ts';
export { startUpstream } from './start-upstream.ts';
