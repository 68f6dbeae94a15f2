import type { SourceFile } from './source-file.ts';

/**
 * Values that a file exports and that nobody names outside of it; types are part of what they describe.
 * @param users files that may use them without being looked at themselves
 */
export function findUnusedExports(files: readonly SourceFile[], users: readonly SourceFile[] = []): string[] {
  const namers = new Map<string, Set<string>>();
  for (const { path, tokens } of [...files, ...users])
    for (const { kind, text } of tokens)
      if (kind === 'word' && text !== null) namers.set(text, (namers.get(text) ?? new Set()).add(path));
  return files.flatMap((file) =>
    exportedValues(file)
      .filter((name) => (namers.get(name)?.size ?? 0) < 2)
      .map((name) => `${file.path} exports ${name}, which nobody uses`),
  );
}

const declarations = ['const', 'function', 'class', 'let'];

function exportedValues({ tokens }: SourceFile): string[] {
  return tokens.flatMap(({ text }, at) => {
    if (text !== 'export') return [];
    const [keyword, name] = tokens
      .slice(at + 1, at + 4)
      .filter((token) => token.text !== 'async' && token.text !== '*');
    return declarations.includes(keyword?.text ?? '') && name?.kind === 'word' ? [name.text ?? ''] : [];
  });
}
