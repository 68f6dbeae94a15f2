import { errorCodeOf } from './error-code.ts';

/** What making something under a name comes to where the name is taken; everything else is thrown on. */
export function falseWhereTaken(thrown: unknown): false {
  if (errorCodeOf(thrown) === 'EEXIST') return false;
  throw thrown;
}
