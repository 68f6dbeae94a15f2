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

/** Reads the documentation of the charts' events from the types in a folder. */
export function readEventDocs(dir: string): EventDoc[] {
  const sources = readdirSync(dir).filter((file) => file.endsWith('.ts'));
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
