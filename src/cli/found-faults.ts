/** The exit code of a check that has found faults: those of errors tell why a command could not do its work. */
export const foundFaultsExitCode = 1;

/** Thrown by a check after it has listed what it found. */
export class FoundFaults extends Error {}
