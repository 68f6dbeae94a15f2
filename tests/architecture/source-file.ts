import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { type Import, readImports } from './read-imports.ts';
import { readTokens, type Token } from './source-tokens.ts';

/** A file with what the rules look at. */
export interface SourceFile {
  /** From src on: `services/audit/audit.ts`, `../inspector/server/serve-inspector.ts`. */
  readonly path: string;
  readonly tokens: readonly Token[];
  readonly imports: readonly SourceImport[];
}

export interface SourceImport extends Import {
  /** The imported file, from src on; null for a package. */
  readonly file: string | null;
}

export function readSourceFiles(dir: string): SourceFile[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.m?tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => sourceFile(posix.relative('src', file), readFileSync(file, 'utf8')));
}

export function sourceFile(path: string, source: string): SourceFile {
  const tokens = readTokens(source);
  const imports = readImports(tokens).map((found) => ({ ...found, file: fileOf(path, found.specifier) }));
  return { path, tokens, imports };
}

const fileOf = (path: string, specifier: string | null) =>
  specifier?.startsWith('.') ? posix.relative('src', posix.join('src', posix.dirname(path), specifier)) : null;
