/** The system's name for what went wrong, such as `ENOSPC`; the whole text where it gave none. */
export function errorCodeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown);
}
