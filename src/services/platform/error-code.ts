/** The system's name for an error, such as `ENOSPC`; the whole text where it has none. */
export function errorCodeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown);
}

/** For making something under a name: false on EEXIST; rethrows everything else. */
export function falseIfTaken(thrown: unknown): false {
  if (errorCodeOf(thrown) === 'EEXIST') return false;
  throw thrown;
}
