import { encodeJson } from '../encode-json.ts';
import { isJsonObject } from '../json-object.ts';
import { printable } from '../printable-text.ts';
import { firstCharacters, lastCharacters } from '../shorten-texts.ts';
import type { DifferentAt } from './placeholders.ts';

/** How the parts of two JSON values are compared: texts, numbers, booleans, null, and whatever stands where the other has a part of another kind. */
export interface Comparison {
  /** Called in the order of the recorded value. */
  isAlike(recorded: unknown, actual: unknown): boolean;
  /** Where two texts that are not alike begin to differ. */
  differAt(recorded: string, actual: string): DifferentAt | null;
}

/**
 * The first difference between two JSON values, for people: `arguments.cmd: recorded "npm test", now "npm run test"`. Of long texts, it has what is around the
 * first character that differs. null: they are alike.
 */
export function describeDifference(recorded: unknown, actual: unknown, comparison: Comparison): string | null {
  for (const part of partsOf(recorded, actual, '')) {
    const place = part.path === '' ? '' : `${part.path}: `;
    if (part.recorded === missing) return `${place}not recorded, now ${show(part.actual)}`;
    if (part.actual === missing) return `${place}recorded ${show(part.recorded)}, now missing`;
    if (comparison.isAlike(part.recorded, part.actual)) continue;
    const [recordedAt, actualAt] = differenceIn(part, comparison);
    return `${place}recorded ${show(part.recorded, recordedAt)}, now ${show(part.actual, actualAt)}`;
  }
  return null;
}

/**
 * How much a recorded value is like an actual one, in linear time: 1 for each part that is alike, -1 for each that is not or that only one of them has. Of two
 * texts that are not alike, the common beginning and end count as a share of 1.
 */
export function measureLikeness(recorded: unknown, actual: unknown, comparison: Comparison): number {
  let likeness = 0;
  for (const part of partsOf(recorded, actual, '')) {
    const isInBoth = part.recorded !== missing && part.actual !== missing;
    if (isInBoth && comparison.isAlike(part.recorded, part.actual)) likeness += 1;
    else likeness += commonShare(part, comparison) - 1;
  }
  return likeness;
}

/** The candidate with the highest likeness, of several the first; null if there is none. */
export function nearestOf<Candidate>(
  candidates: readonly Candidate[],
  likenessOf: (candidate: Candidate) => number,
): Candidate | null {
  let nearest: Candidate | null = null;
  let most = Number.NEGATIVE_INFINITY;
  for (const candidate of candidates) {
    const likeness = likenessOf(candidate);
    if (likeness <= most) continue;
    nearest = candidate;
    most = likeness;
  }
  return nearest;
}

const missing = Symbol('missing');

interface Part {
  /** As in JavaScript: `arguments.files[2]`. */
  readonly path: string;
  readonly recorded: unknown;
  readonly actual: unknown;
}

function* partsOf(recorded: unknown, actual: unknown, path: string): Generator<Part> {
  if (Array.isArray(recorded) && Array.isArray(actual)) {
    const length = Math.max(recorded.length, actual.length);
    for (let index = 0; index < length; index += 1) {
      const of = (values: readonly unknown[]) => (index < values.length ? values[index] : missing);
      yield* partsOf(of(recorded), of(actual), `${path}[${index}]`);
    }
  } else if (isJsonObject(recorded) && isJsonObject(actual)) {
    for (const key of new Set([...Object.keys(recorded), ...Object.keys(actual)])) {
      const of = (values: Readonly<Record<string, unknown>>) => (Object.hasOwn(values, key) ? values[key] : missing);
      yield* partsOf(of(recorded), of(actual), pathTo(path, key));
    }
  } else yield { path, recorded, actual };
}

function pathTo(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$-]{0,79}$/.test(key)) return `${path}[${show(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}

const differenceIn = ({ recorded, actual }: Part, { differAt }: Comparison): DifferentAt =>
  typeof recorded === 'string' && typeof actual === 'string' ? (differAt(recorded, actual) ?? [0, 0]) : [0, 0];

/** How much of a text that is not alike is: 0 to below 1. */
function commonShare(part: Part, comparison: Comparison): number {
  const { recorded, actual } = part;
  if (typeof recorded !== 'string' || typeof actual !== 'string') return 0;
  const [recordedAt, actualAt] = differenceIn(part, comparison);
  const mostAtEnd = Math.min(recorded.length - recordedAt, actual.length - actualAt);
  let atEnd = 0;
  while (atEnd < mostAtEnd && recorded.at(-1 - atEnd) === actual.at(-1 - atEnd)) atEnd += 1;
  return (actualAt + atEnd) / (Math.max(recorded.length, actual.length) + 1);
}

const mostShown = 80;
/** How much is shown before the place where a text differs. */
const shownBefore = 30;

/** JSON in one line. @param at of a long text, the characters around this place are shown */
function show(value: unknown, at = 0): string {
  if (typeof value !== 'string') {
    const json = encodeJson(value);
    const shown = firstCharacters(json, mostShown);
    return printable(shown.length < json.length ? `${shown}…` : json);
  }
  const start = Math.max(0, Math.min(at - shownBefore, value.length - mostShown));
  const rest = lastCharacters(value, value.length - start);
  const shown = firstCharacters(rest, mostShown);
  const [before, after] = [start > 0 ? '…' : '', shown.length < rest.length ? '…' : ''];
  return printable(encodeJson(before + shown + after));
}
