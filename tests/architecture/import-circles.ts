import type { SourceFile } from './source-file.ts';

/** Circles of imports, those of types counted: each as the files on its way. */
export function findCircles(files: readonly SourceFile[]): string[] {
  const importsOf = new Map(
    files.map(({ path, imports }) => [path, imports.flatMap(({ file }) => (file === null ? [] : [file]))]),
  );
  const circles = new Set<string>();
  const finished = new Set<string>();
  const visit = (path: string, way: readonly string[]): void => {
    const begin = way.indexOf(path);
    if (begin !== -1) circles.add([...way.slice(begin), path].join(' → '));
    if (begin !== -1 || finished.has(path)) return;
    for (const next of importsOf.get(path) ?? []) visit(next, [...way, path]);
    finished.add(path);
  };
  for (const { path } of files) visit(path, []);
  return [...circles];
}
