import type { SourceFile } from './source-file.ts';

/**
 * Exported values whose name no other file contains. Types are part of what they describe.
 * @param users files that may use them, and whose own exports are not checked
 */
export function findUnusedExports(files: readonly SourceFile[], users: readonly SourceFile[] = []): string[] {
  const namers = new Map<string, Set<string>>();
  for (const { path, names } of [...files, ...users])
    for (const name of names) namers.set(name, (namers.get(name) ?? new Set()).add(path));
  return files.flatMap(({ path, exportedValues }) =>
    exportedValues
      .filter((name) => (namers.get(name)?.size ?? 0) < 2)
      .map((name) => `${path} exports ${name}, which no other file uses`),
  );
}
