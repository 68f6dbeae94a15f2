// Vitest ends a worker with SIGTERM, which alone emits no `exit`.
process.once('SIGTERM', () => process.exit());

/** Does something when the worker of the tests exits. It cannot wait. */
export const atWorkerExit = (act: () => void): void => void process.once('exit', act);
