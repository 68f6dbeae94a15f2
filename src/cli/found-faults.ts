/** The exit code of a check that has found faults, and of a run that did not succeed: those of errors tell why a command could not do its work. */
export const foundFaultsExitCode = 1;

/** Thrown by a command that has done its work, and ends with this exit code: its result is bad, or a program that it has run ended so. */
export class BadResult extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super();
    this.exitCode = exitCode;
  }
}

/** Thrown by a check after it has listed what it found. */
export class FoundFaults extends BadResult {
  constructor() {
    super(foundFaultsExitCode);
  }
}
