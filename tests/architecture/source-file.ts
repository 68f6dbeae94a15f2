import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { type Import, type ParsedSource, parseSource } from './parse-source.ts';

/** A file with what the rules check. */
export interface SourceFile extends ParsedSource {
  /** Relative to src: `services/audit/audit.ts`, `../inspector/server/serve-inspector.ts`. */
  readonly path: string;
  readonly imports: readonly SourceImport[];
}

export interface SourceImport extends Import {
  /** The imported file, relative to src; null for a package. */
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
  const parsed = parseSource(path, source);
  const imports = parsed.imports.map((found) => ({ ...found, file: fileOf(path, found.specifier) }));
  return { ...parsed, path, imports };
}

const fileOf = (path: string, specifier: string | null) =>
  specifier?.startsWith('.') ? posix.relative('src', posix.join('src', posix.dirname(path), specifier)) : null;
