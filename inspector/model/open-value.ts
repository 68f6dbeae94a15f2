import type { Json, JsonMembers } from '../../src/domain/inspection.ts';
import { isJsonObject } from '../../src/domain/json-object.ts';

/** A value of the wire, prepared for display: its type and its members. */
export interface OpenValue {
  readonly kind: ValueKind;
  /** The whole of a simple value; the type of a value with members: `Map(3)`. Empty if the brackets are enough. */
  readonly text: string;
  /** A text of several lines as it is; null: it is on one line, or no text. */
  readonly lines: string | null;
  readonly members: readonly Member[];
  /** Enclose the members on one line; null: they are not shown there. */
  readonly brackets: readonly [string, string] | null;
}

export type ValueKind = 'text' | 'number' | 'boolean' | 'nothing' | 'object' | 'list' | 'error' | 'actor' | 'other';

export interface Member {
  /** A name, an index, or any key of a map. */
  readonly key: Json;
  readonly value: Json;
  /** The key is more than an index. */
  readonly isNamed: boolean;
}

/** Reads an object with a `$type` as the value that it stands for; one with other members than expected is shown as an object. */
export function openValue(value: Json): OpenValue {
  switch (typeof value) {
    case 'string':
      return textValue(value, '');
    case 'number':
      return simpleValue('number', String(value));
    case 'boolean':
      return simpleValue('boolean', String(value));
    default:
      if (value === null) return simpleValue('nothing', 'null');
      if (isList(value)) return listValue('', value);
      return openActor(value) ?? openTyped(value) ?? objectValue('object', '', value);
  }
}

function openActor({ xstate$$type, id, sessionId }: JsonMembers): OpenValue | null {
  if (xstate$$type === undefined || typeof id !== 'string' || typeof sessionId !== 'string') return null;
  return simpleValue('actor', `actor ${id} (${sessionId})`);
}

function openTyped(value: JsonMembers): OpenValue | null {
  const { $type, sizeBytes } = value;
  if (typeof $type !== 'string') return null;
  if (typeof sizeBytes === 'number') return simpleValue('other', `${$type} of ${sizeBytes} bytes`);
  return (Object.hasOwn(readings, $type) ? readings[$type]?.(value) : null) ?? null;
}

const readings: Readonly<Record<string, (value: JsonMembers) => OpenValue | null>> = {
  Map({ size, entries }) {
    if (!isList(entries) || !entries.every(isPair)) return null;
    const members = entries.map(([key, within]) => ({ key, value: within, isNamed: true }));
    return {
      kind: 'object',
      text: `Map(${sized(size, members.length)})`,
      lines: null,
      members,
      brackets: ['{ ', ' }'],
    };
  },
  Set: ({ size, values }) => (isList(values) ? listValue(`Set(${sized(size, values.length)})`, values) : null),
  Array: ({ length, values }) => (isList(values) ? listValue(`Array(${sized(length, values.length)})`, values) : null),
  Object(value) {
    const { class: name, size, entries } = value;
    if (!isJsonObject(entries)) return null;
    const kept = Object.keys(entries).length;
    const isTruncated = typeof size === 'number' && size > kept;
    const typeName = typeof name === 'string' ? name : isTruncated ? 'Object' : '';
    return objectValue('object', isTruncated ? `${typeName}(${sized(size, kept)})` : typeName, entries);
  },
  Error(value) {
    const { $type, ...rest } = value;
    const { name, message } = rest;
    if (typeof message !== 'string' && typeof name !== 'string') return objectValue('error', 'Error', rest);
    const text = [name, message].filter((part) => typeof part === 'string' && part !== '').join(': ');
    return { ...objectValue('error', text, rest), brackets: null };
  },
  Text({ length, value }) {
    if (typeof value !== 'string') return null;
    const end = typeof length === 'number' ? `… (${length} characters)` : '…';
    return textValue(value, end);
  },
  Date: ({ value }) => simpleValue('other', typeof value === 'string' ? value : 'Invalid Date'),
  BigInt: ({ value }) => (typeof value === 'string' ? simpleValue('number', `${value}n`) : null),
  Number: ({ value }) => (typeof value === 'string' ? simpleValue('number', value) : null),
  Symbol: ({ value }) => (typeof value === 'string' ? simpleValue('other', `Symbol(${value})`) : null),
  RegExp: ({ value }) => (typeof value === 'string' ? simpleValue('other', value) : null),
  URL: ({ value }) => (typeof value === 'string' ? simpleValue('other', value) : null),
  Function: ({ type }) =>
    simpleValue('other', typeof type === 'string' && type !== '' ? `function ${type}` : 'function'),
  Undefined: () => simpleValue('nothing', 'undefined'),
  Circular: () => simpleValue('other', 'circular'),
  Deep: () => simpleValue('other', 'too deep to be shown'),
  Unreadable: () => simpleValue('other', 'unreadable'),
};

const simpleValue = (kind: ValueKind, text: string, lines: string | null = null): OpenValue => ({
  kind,
  text,
  lines,
  members: [],
  brackets: null,
});

/** @param end of a text that is truncated */
const textValue = (value: string, end: string): OpenValue =>
  simpleValue('text', `${JSON.stringify(value)}${end}`, /\n./.test(value) ? `${value}${end}` : null);

function listValue(text: string, values: readonly Json[]): OpenValue {
  const members = values.map((value, at) => ({ key: at, value, isNamed: false }));
  const isEmpty = values.length === 0 && text === '';
  return { kind: 'list', text: isEmpty ? '[]' : text, lines: null, members, brackets: ['[', ']'] };
}

function objectValue(kind: ValueKind, text: string, value: JsonMembers): OpenValue {
  const members = Object.entries(value).map(([key, within]) => ({ key, value: within, isNamed: true }));
  return {
    kind,
    text: members.length === 0 && text === '' ? '{}' : text,
    lines: null,
    members,
    brackets: ['{ ', ' }'],
  };
}

const sized = (size: Json | undefined, kept: number): string =>
  typeof size === 'number' && size > kept ? `${size}, ${kept} shown` : String(kept);

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);
const isPair = (value: Json): value is readonly [Json, Json] => isList(value) && value.length === 2;
