import { asciiJson } from '../../domain/encode-json.ts';
import { type Redactor, redactedMark } from '../../domain/redact.ts';
import { type CopyKind, createKindsOfKeys, isSecret, type KindsOfKeys, kindOfItem, kindWithin } from './copy-kind.ts';
import { createTextCopier, type TextCopier } from './copy-text.ts';

/** How much of one value is copied. The rest is replaced by its size. */
export interface CopyLimits {
  readonly depth: number;
  /** Of one collection. */
  readonly entries: number;
  /** Of everything within. */
  readonly nodes: number;
  /** Of one text, in characters. */
  readonly text: number;
  /** Of all texts and keys, in characters. */
  readonly characters: number;
}

const messageLimits: CopyLimits = { depth: 10, entries: 100, nodes: 2_000, text: 2_000, characters: 49_152 };
/** A chart is drawn from its definition, so a chart of hundreds of states must fit. */
export const definitionLimits = { depth: 40, entries: 1_000, nodes: 20_000, text: 2_000, characters: 262_144 };

/**
 * Copies anything as JSON text in ASCII, as it is now, without its secrets: by known value, by key name and by shape. A value that JSON cannot
 * represent becomes an object whose `$type` names it. What exceeds the limits is left out, and its size is given in its place.
 */
export interface ReadableCopy {
  /** Never throws. The limits bound the cost, except for counting the keys of an object. */
  of(value: unknown, kind?: CopyKind, limits?: CopyLimits): string;
  text(text: string): string;
  /** How many secrets are known by value now: earlier copies may hold secrets that became known since. */
  readonly secretsKnown: number;
}

export interface ReadableCopyDeps {
  readonly redact: Pick<Redactor, 'text'>;
  /** The values that the redactor knows; more may be added. */
  readonly secrets: ReadonlySet<string>;
  /** JSON text to use in place of an instance of a class; null: the instance is copied. */
  standIn(instance: object): string | null;
}

export function createReadableCopy({ redact, secrets, standIn }: ReadableCopyDeps): ReadableCopy {
  const texts = createTextCopier(redact, secrets);
  const kinds = createKindsOfKeys();
  return {
    of(value, kind = 'open', limits = messageLimits) {
      return copy(value, kind, {
        texts,
        kinds,
        standIn,
        limits,
        ancestors: [],
        nodesLeft: limits.nodes,
        charactersLeft: limits.characters,
      });
    },
    text: (text) => texts.truncate(text, messageLimits.text).json,
    get secretsKnown() {
      return secrets.size;
    },
  };
}

interface CopyWalk extends Pick<ReadableCopyDeps, 'standIn'> {
  readonly texts: TextCopier;
  readonly kinds: KindsOfKeys;
  readonly limits: CopyLimits;
  readonly ancestors: object[];
  nodesLeft: number;
  charactersLeft: number;
}

function copy(value: unknown, kind: CopyKind, walk: CopyWalk): string {
  walk.nodesLeft -= 1;
  switch (typeof value) {
    case 'string':
      return isSecret(kind) && value !== '' ? redacted : copyText(value, walk);
    case 'number':
      return copyNumber(value, kind, walk);
    case 'bigint':
      return isSecretNumber(value, kind, walk)
        ? redacted
        : `{"$type":"BigInt","value":${copyText(String(value), walk)}}`;
    case 'boolean':
      return value ? 'true' : 'false';
    case 'undefined':
      return '{"$type":"Undefined"}';
    case 'symbol':
      return `{"$type":"Symbol","value":${isSecret(kind) ? redacted : copyText(value.description ?? '', walk)}}`;
    case 'object':
      return value === null ? 'null' : copyWithin(value, kind, walk);
    case 'function':
      return copyFunction(value, walk);
  }
}

const redacted = asciiJson(redactedMark);

/** Under a key with `token` a number is a count. */
const isSecretNumber = (value: number | bigint, kind: CopyKind, { texts }: CopyWalk) =>
  kind === 'secret' || texts.isKnown(value);

function copyNumber(value: number, kind: CopyKind, walk: CopyWalk): string {
  if (isSecretNumber(value, kind, walk)) return redacted;
  if (Object.is(value, -0)) return '{"$type":"Number","value":"-0"}';
  return Number.isFinite(value) ? String(value) : `{"$type":"Number","value":"${value}"}`;
}

/** @statelyai/inspect gives the name as `type` too. */
function copyFunction(value: object, walk: CopyWalk): string {
  const name = read(value, 'name');
  return `{"$type":"Function","type":${typeof name === 'string' ? copyText(name, walk) : '""'}}`;
}

function copyText(text: string, walk: CopyWalk): string {
  const most = Math.max(0, Math.min(walk.limits.text, walk.charactersLeft));
  const { value, json } = walk.texts.truncate(text, most);
  walk.charactersLeft -= value.length;
  const isWhole = text.length <= most || value === redactedMark;
  return isWhole ? json : `{"$type":"Text","length":${text.length},"value":${json}}`;
}

function copyWithin(value: object, kind: CopyKind, walk: CopyWalk): string {
  if (walk.ancestors.includes(value)) return '{"$type":"Circular"}';
  if (walk.ancestors.length >= walk.limits.depth) return '{"$type":"Deep"}';
  walk.ancestors.push(value);
  try {
    return copyObject(value, kind, walk);
  } catch {
    // A proxy that refuses, or a class whose own methods throw.
    return '{"$type":"Unreadable"}';
  } finally {
    walk.ancestors.pop();
  }
}

function copyObject(value: object, kind: CopyKind, walk: CopyWalk): string {
  if (Array.isArray(value)) return copyArray(value, kind, walk);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return copyRecord(value, kind, walk);
  if (value instanceof Map)
    return `{"$type":"Map","size":${copy(value.size, 'open', walk)},"entries":[${copyPairs(value, kind, walk)}]}`;
  if (value instanceof Set)
    return `{"$type":"Set","size":${copy(value.size, 'open', walk)},"values":[${copyItems(value, kind, walk).items}]}`;
  if (value instanceof Error) return copyError(value, kind, walk);
  if (value instanceof Date)
    return `{"$type":"Date","value":${Number.isNaN(value.getTime()) ? 'null' : copyText(value.toISOString(), walk)}}`;
  // Their bytes are not shown: they may be any text, also a secret.
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof SharedArrayBuffer)
    return `{"$type":${copyClass(value, walk)},"sizeBytes":${copy(value.byteLength, 'open', walk)}}`;
  if (value instanceof RegExp || value instanceof URL)
    return `{"$type":${copyClass(value, walk)},"value":${isSecret(kind) ? redacted : copyText(String(value), walk)}}`;
  return walk.standIn(value) ?? copyInstance(value, kind, walk);
}

function copyInstance(value: object, kind: CopyKind, walk: CopyWalk): string {
  const keys = Object.keys(value);
  const { entries } = copyEntries(value, keys, kind, walk);
  return `{"$type":"Object","class":${copyClass(value, walk)},"size":${keys.length},"entries":{${entries}}}`;
}

function copyError(value: Error, kind: CopyKind, walk: CopyWalk): string {
  const { entries } = copyEntries(value, keysOfError(value), kind, walk);
  return `{"$type":"Error"${entries === '' ? '' : ','}${entries}}`;
}

/** A plain object stays one, if it is copied as a whole and has no `$type` of its own. */
function copyRecord(value: object, kind: CopyKind, walk: CopyWalk): string {
  const keys = Object.keys(value);
  const { entries, isWhole } = copyEntries(value, keys, kind, walk);
  return isWhole && !keys.includes('$type')
    ? `{${entries}}`
    : `{"$type":"Object","size":${keys.length},"entries":{${entries}}}`;
}

/** Undefined values are left out, as JSON does. */
function copyEntries(value: object, keys: readonly string[], kind: CopyKind, walk: CopyWalk) {
  let taken: Set<string> | null = null;
  let entries = '';
  let count = 0;
  for (const key of keys) {
    if (isFull(count, walk)) return { entries, isWhole: false };
    count += 1;
    const within = read(value, key);
    if (within === undefined) continue;
    const { value: text, json } = walk.texts.truncate(key, longestKey);
    walk.charactersLeft -= text.length;
    taken ??= text === key ? null : new Set(keys);
    const name = text === key || taken === null ? json : takeName(text, taken);
    const copied =
      within === unreadable ? '{"$type":"Unreadable"}' : copy(within, kindWithin(kind, key, walk.kinds), walk);
    entries += `${entries === '' ? '' : ','}${name}:${copied}`;
  }
  return { entries, isWhole: true };
}

const unreadable = Symbol('unreadable');

/** A getter may throw. */
function read(value: object, key: string): unknown {
  try {
    return (value as Readonly<Record<string, unknown>>)[key];
  } catch {
    return unreadable;
  }
}

/** Keys that were redacted or truncated may have become equal. */
function takeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let number = 2; taken.has(free); number += 1) free = `${name} ${number}`;
  taken.add(free);
  return asciiJson(free);
}

const longestKey = 200;

function copyArray(value: readonly unknown[], kind: CopyKind, walk: CopyWalk): string {
  const { items, count } = copyItems(value, kind, walk);
  return count === value.length ? `[${items}]` : `{"$type":"Array","length":${value.length},"values":[${items}]}`;
}

function copyItems(values: Iterable<unknown>, kind: CopyKind, walk: CopyWalk) {
  let items = '';
  let count = 0;
  for (const value of values) {
    if (isFull(count, walk)) break;
    items += `${count === 0 ? '' : ','}${copy(value, kindOfItem(kind), walk)}`;
    count += 1;
  }
  return { items, count };
}

function copyPairs(pairs: ReadonlyMap<unknown, unknown>, kind: CopyKind, walk: CopyWalk): string {
  const copies: string[] = [];
  for (const [key, value] of pairs) {
    if (isFull(copies.length, walk)) break;
    const name = typeof key === 'symbol' ? key.description : key;
    const within = typeof name === 'string' ? kindWithin(kind, name, walk.kinds) : kindOfItem(kind);
    copies.push(`[${copy(key, 'open', walk)},${copy(value, within, walk)}]`);
  }
  return copies.join(',');
}

const isFull = (count: number, { limits, nodesLeft, charactersLeft }: CopyWalk) =>
  count >= limits.entries || nodesLeft <= 0 || charactersLeft <= 0;

const ofEveryError = ['name', 'message', 'code', 'cause', 'errors', 'stack'];

const keysOfError = (error: Error) => [
  ...ofEveryError,
  ...Object.keys(error).filter((key) => !ofEveryError.includes(key)),
];

function copyClass(value: object, { texts }: CopyWalk): string {
  const made = read(value, 'constructor');
  const name = typeof made === 'function' ? read(made, 'name') : '';
  return texts.truncate(typeof name === 'string' ? name : '', longestKey).json;
}
