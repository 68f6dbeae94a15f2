import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface EventDoc {
  readonly event: string;
  /** The names of its fields; `?` marks an optional one. */
  readonly carries: readonly string[];
  /** The comment above its type. */
  readonly meaning: string;
}

const comment = String.raw`(?:/\*\*((?:[^*]|\*(?!/))*)\*/\s*)?`;
const eventTypes = [
  // A member of a union: | { type: 'BEGIN'; ... }
  new RegExp(String.raw`${comment}\|\s*\{\s*type:\s*'([A-Z_]+)'([^}]*)\}`, 'g'),
  // The only member of a union, without a bar.
  new RegExp(String.raw`export type \w+ =\s*${comment}\{\s*type:\s*'([A-Z_]+)'([^}]*)\}`, 'g'),
  // An interface.
  new RegExp(String.raw`${comment}export interface \w+ \{\s*readonly type:\s*'([A-Z_]+)'([^}]*)\}`, 'g'),
];

/** Reads the documentation of a chart's events from the types in a folder, those of its own files first: charts share the names of events. */
export function readEventDocs(dir: string, chartName: string): EventDoc[] {
  const isOwn = (file: string) => file.startsWith(`${chartName}.`);
  const files = readdirSync(dir).filter((file) => file.endsWith('.ts'));
  const sources = [...files.filter(isOwn), ...files.filter((file) => !isOwn(file))];
  return sources.flatMap((file) => eventDocsIn(readFileSync(join(dir, file), 'utf8')));
}

function eventDocsIn(source: string): EventDoc[] {
  return eventTypes.flatMap((pattern) =>
    [...source.matchAll(pattern)].map(([, text = '', event = '', fields = '']) => ({
      event,
      carries: [...fields.matchAll(/(\w+\??):/g)].map(([, field = '']) => field),
      meaning: text
        .replace(/^\s*\*\s?/gm, '')
        .replace(/\s+/g, ' ')
        .trim(),
    })),
  );
}
