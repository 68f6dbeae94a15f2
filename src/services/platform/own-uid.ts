/** The user number of this process; null where the system has none. */
export function readOwnUid(): number | null {
  return process.getuid?.() ?? null;
}
