/** The user that this process runs as; null where the system has no such number. */
export function readOwnUid(): number | null {
  return process.getuid?.() ?? null;
}
