import { toFault } from '../../src/domain/app-error.ts';

/** Why a server cannot be looked at, as the page says it. */
export const sayProblem = (thrown: unknown): string => `It cannot be looked at: ${toFault(thrown).message}.`;
