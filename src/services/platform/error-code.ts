/** The system's name for an error, such as `ENOSPC`; the whole text where it has none. */
export function errorCodeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown);
}

/** For making something under a name: false on EEXIST and, for a folder with files in it, ENOTEMPTY; rethrows everything else. */
export function falseIfTaken(thrown: unknown): false {
  if (['EEXIST', 'ENOTEMPTY'].includes(errorCodeOf(thrown))) return false;
  throw thrown;
}
