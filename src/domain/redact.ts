import { type KeyKind, kindOfKey, redactAssignments } from './redact-key-names.ts';
import { type KnownSecrets, redactKnownValues } from './redact-known-values.ts';

/** Replaces a secret. */
export const redactedMark = '[redacted]';

const maxDepth = 12;
const maxNodes = 20_000;

/** Removes secrets from what is written to a log or a file: by known value, by key name and by shape. Never throws. */
export interface Redactor {
  text(text: string): string;
  /** A plain JSON copy of anything, bounded in depth and size; errors, maps, sets, dates and big integers stay readable. */
  value(value: unknown): unknown;
}

/**
 * @param knownSecrets values of secrets. More can be added later, such as a token that is resolved on first use. Values of less than eight
 * characters are ignored: they would redact ordinary text
 */
export function createRedactor(knownSecrets: KnownSecrets): Redactor {
  const known = redactKnownValues(knownSecrets, redactedMark);
  const text = (from: string): string => redactAssignments(redactShapes(known(from)), redactedMark);

  return {
    text,
    value: (value) => copy(value, 'open', { text, known, ancestors: [], nodesLeft: maxNodes }),
  };
}

interface RedactionWalk {
  readonly text: (from: string) => string;
  readonly known: (from: string) => string;
  readonly ancestors: object[];
  nodesLeft: number;
}

function copy(value: unknown, kind: KeyKind, walk: RedactionWalk): unknown {
  switch (typeof value) {
    case 'string':
      return kind === 'open' || value === '' ? walk.text(value) : redactedMark;
    case 'number':
    case 'bigint':
      return copyNumber(value, kind, walk);
    case 'boolean':
    case 'undefined':
      return value;
    case 'symbol':
      return walk.text(String(value));
    case 'function':
      return '[function]';
    case 'object':
      return value === null ? null : copyWithin(value, kind, walk);
  }
}

function copyNumber(value: number | bigint, kind: KeyKind, walk: RedactionWalk): unknown {
  const digits = String(value);
  if (kind === 'secret' || walk.known(digits) !== digits) return redactedMark;
  return Number.isFinite(value) ? value : digits;
}

function copyWithin(value: object, kind: KeyKind, walk: RedactionWalk): unknown {
  if (walk.ancestors.includes(value)) return '[circular]';
  if (walk.ancestors.length >= maxDepth) return '[too deep]';
  walk.ancestors.push(value);
  try {
    return copyObject(value, kind, walk);
  } catch {
    return '[unreadable]';
  } finally {
    walk.ancestors.pop();
  }
}

function copyObject(value: object, kind: KeyKind, walk: RedactionWalk): unknown {
  if (Array.isArray(value) || value instanceof Set) return copyItems(value, kind, walk);
  if (value instanceof Map) return copyEntries(value, kind, walk);
  if (value instanceof Error) return copyEntries(entriesOfError(value), kind, walk);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (value instanceof RegExp) return walk.text(String(value));
  if ('toJSON' in value && typeof value.toJSON === 'function') return copy(value.toJSON(), kind, walk);
  return copyEntries(Object.entries(value), kind, walk);
}

function copyItems(items: Iterable<unknown>, kind: KeyKind, walk: RedactionWalk): unknown[] {
  const copies: unknown[] = [];
  for (const item of items) {
    if (walk.nodesLeft-- <= 0) return [...copies, '[more left out]'];
    copies.push(copy(item, kind, walk));
  }
  return copies;
}

function copyEntries(entries: Iterable<readonly [unknown, unknown]>, kind: KeyKind, walk: RedactionWalk): object {
  const copies = new Map<string, unknown>();
  for (const [key, value] of entries) {
    if (walk.nodesLeft-- <= 0) {
      copies.set('more', '[more left out]');
      break;
    }
    const name = String(key);
    const within = kind === 'open' ? kindOfKey(name) : kind;
    copies.set(unusedKey(walk.text(name), copies), copy(value, within, walk));
  }
  return Object.fromEntries(copies);
}

function unusedKey(key: string, taken: ReadonlyMap<string, unknown>): string {
  if (!taken.has(key)) return key;
  let number = 2;
  while (taken.has(`${key} ${number}`)) number += 1;
  return `${key} ${number}`;
}

function* entriesOfError(error: Error): Generator<readonly [string, unknown]> {
  yield ['name', error.name];
  yield ['message', error.message];
  for (const [key, value] of Object.entries(error)) {
    if (key !== 'name' && key !== 'message' && key !== 'stack' && key !== 'cause') yield [key, value];
  }
  if (error.cause !== undefined) yield ['cause', error.cause];
  if (error instanceof AggregateError) yield ['errors', error.errors];
  if (error.stack !== undefined) yield ['stack', error.stack];
}

/** Secrets that have a known shape. The first group of a pattern, if it has one, is kept. */
const shapes: readonly RegExp[] = [
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g,
  /gh[opusr]_[A-Za-z0-9]{16,}/g,
  /github_pat_[A-Za-z0-9_]{16,}/g,
  /glpat-[A-Za-z0-9_-]{16,}/g,
  /npm_[A-Za-z0-9]{30,}/g,
  /sk-ant-[A-Za-z0-9_-]{8,}/g,
  /(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{16,}/g,
  /(?<![A-Za-z0-9])[sr]k_(?:live|test)_[A-Za-z0-9]{8,}/g,
  /xox[abeoprs]-[A-Za-z0-9-]{8,}/g,
  /AIza[A-Za-z0-9_-]{30,}/g,
  /A(?:KIA|SIA)[A-Z0-9]{16}/g,
  // Looked for once in a row of such characters, so that one with many `eyJ` takes linear time.
  /(?<![\w-])(?=[\w-]+\.[\w-]{6,}\.)([\w-]*?)eyJ[\w-]{6,}\.[\w-]{6,}\.[\w-]*/g,
  /(bearer\s{1,3})[A-Za-z0-9._~+/=-]{8,}/gi,
  // Passwords that programs take without the name of one.
  /(\b(?:(?:mysql|mariadb)[\w-]{0,20}\b[^\n|;&]{0,99}?\s-p|curl\b[^\n|;&]{0,99}?\s(?:-u\s{0,3}|--user[\s=])\\?["']?[^\s:"'\\]{1,60}:|sshpass\s{1,3}-p\s{0,3}))[^\s"'\\]+/g,
];

// A URL may have a name without a password, as in `https://TOKEN@host`: only a long name counts as a secret.
const urlCredentials = /(:\/\/)(?:[^\s/@:"\\]*:[^\s/"\\]+|[^\s/@:"\\]{16,})@/g;

function redactShapes(text: string): string {
  let redacted = text.replace(urlCredentials, `$1${redactedMark}@`);
  for (const shape of shapes) {
    redacted = redacted.replace(
      shape,
      (_all, kept: unknown) => `${typeof kept === 'string' ? kept : ''}${redactedMark}`,
    );
  }
  return redacted;
}
