import { randomInt, randomUUID } from 'node:crypto';
import { isoOf } from '../iso-time.ts';
import { isJsonObject } from '../json-object.ts';

/** A folder with a name, or another text of this run: texts of a scenario have the name instead. */
export interface Place {
  /** `project`, `worktrees`, `state`, `program`, `home`; `log` for the logs of an agent; `server` for the id of the server. */
  readonly name: string;
  /** An absolute path, never the root; or the id. */
  readonly value: string;
}

/**
 * Replaces by names what differs from machine to machine and from run to run, and back. A placeholder is written `<<name>>`:
 *
 * - `<<project>>`, `<<worktrees>>`, `<<state>>`, `<<program>>`, `<<home>>`, `<<server>>` …: the given places and constants; of paths within each other, the longest counts
 * - `<<temp>>`: the folder for temporary files; `<<temp.1>>`: an entry of it that is not a place and has none below it
 * - `<<id.1>>`: a UUID; `<<mark.1>>`: the number in a completion marker; `<<time.1>>`: a date with a time; `<<port.1>>`: a port of this machine;
 *   `<<run.1>>`: what the server has numbered, `<server>.7`, such as the folder of a session
 *
 * Two times that are equal in the recording can differ now: of all kinds, only a time is like every other.
 * Numbers count per kind, in the order in which values are met; the same value has the same number in the whole scenario. A text that looks like a placeholder is kept as
 * `<<literal>>name>>`. `expand(abstract(text))` is `text` for every text, but that a place with several values gets the first.
 */
export interface Placeholders {
  /** Puts placeholders into a text. */
  abstract(text: string): string;
  /** Puts values into a text. What no text has bound yet gets a value of its kind, which it keeps. Names that are not known stay. */
  expand(text: string): string;
  /**
   * Compares a text of the scenario with one of this run; where they are alike, placeholders that had no value get that of this run. Linear.
   * @returns whether they are alike; if not, nothing is bound
   */
  matches(recorded: string, actual: string): boolean;
  /** The same for arguments, folders and other JSON: texts are compared as above, keys and everything else exactly. */
  matchesValue(recorded: unknown, actual: unknown): boolean;
  /** Where two texts begin to differ; null if they are alike. Binds nothing. */
  differAt(recorded: string, actual: string): DifferentAt | null;
  /** The same placeholders, with the same numbers and values, and more places: the folder of an agent's logs has its name only for that agent. */
  withPlaces(places: readonly Place[]): Placeholders;
  /** The same values, to try something: what the copy binds is unknown here. */
  copy(): Placeholders;
}

export type DifferentAt = readonly [recordedAt: number, actualAt: number];

export interface PlaceholdersOptions {
  /** Several may have one name, such as a path and its real path. The first is put into texts. */
  readonly places: readonly Place[];
  /** The folder for temporary files, an absolute path. Places of the name `temp` are such folders too. */
  readonly tempDir: string;
  /** The clock. */
  now?(): number;
}

export const createPlaceholders = (options: PlaceholdersOptions): Placeholders =>
  withBindings(options, createBindings(null));

// A group would take most of the time.
const placeholder = /<<[a-z]+(?:\.\d+)?>>/g;
const literal = '<<literal>>';

/** Ends the name of a file in a text. */
const nameEnd = String.raw`\s\p{Cc}"'${'`'}:,;)\]}<>|&*?\\/`;
/** A path goes on here, and is another path. */
const pathGoesOn = String.raw`\.*[\p{L}\p{N}_~+-]`;
const letter = String.raw`[\p{L}\p{N}_]`;

/** Values with these names have numbers. No value is of two kinds. */
export const numberedKinds = ['time', 'id', 'mark', 'port', 'temp', 'run'] as const;
type Kind = (typeof numberedKinds)[number];

const uuid = '[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}';
const clock = String.raw`\d\d:\d\d:\d\d(?:\.\d{1,9})?`;
const zone = String.raw`(?:Z|[+-]\d\d:\d\d)`;
const time = String.raw`\d{4}-\d\d-\d\d(?:T${clock}${zone}| ${clock}${zone}?)`;
const mark = '[0-9a-f]{8}';
const port = String.raw`\d{1,5}`;
const host = String.raw`(?:localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0)`;

/** Where values are replaced. */
const replacedValues = [
  String.raw`(?<!\d)${time}`,
  `(?<![0-9A-Fa-f])${uuid}(?![0-9A-Fa-f])`,
  String.raw`${mark}(?=%%)(?<=%%[\w-]{1,64}::${mark})`,
  String.raw`(?<=${host}:)${port}(?!\d)`,
];

/** What a placeholder without a value stands for. */
const wanted = {
  time: new RegExp(time, 'y'),
  id: new RegExp(uuid, 'y'),
  mark: new RegExp(mark, 'y'),
  port: new RegExp(port, 'y'),
};

const isTime = new RegExp(`^${time}$`);

/** Of a value that was found. */
function kindOf(value: string, servers: readonly string[]): Kind {
  if (value.startsWith('/')) return 'temp';
  if (servers.some((server) => value.startsWith(`${server}.`))) return 'run';
  if (isTime.test(value)) return 'time';
  if (value.includes('-')) return 'id';
  return value.length === 8 ? 'mark' : 'port';
}

const firstPort = 49_152;
const ports = 65_536 - firstPort;

/** No server numbers as much. */
const firstFreshRun = 1_000_000;

function withBindings(options: PlaceholdersOptions, bindings: Bindings): Placeholders {
  const { tempDir, now = Date.now } = options;
  const places = [...options.places, { name: 'temp', value: tempDir }];
  /** The values of a place, in their order. */
  const valuesOf = new Map<string, string[]>();
  const nameOf = new Map<string, string>();
  for (const { name, value } of places) {
    const written = `<<${name}>>`;
    valuesOf.set(written, [...(valuesOf.get(written) ?? []), value]);
    if (!nameOf.has(value)) nameOf.set(value, written);
  }
  const servers = valuesOf.get('<<server>>') ?? [];
  const { replaced, tempEntry, numbered } = patternsOf(places, servers);
  const looks: Readonly<Record<Kind, RegExp>> = {
    ...wanted,
    temp: new RegExp(tempEntry, 'uy'),
    run: new RegExp(numbered ?? '(?!)', 'uy'),
  };

  const portStart = randomInt(ports);
  let triedPorts = 0;
  const fresh: Readonly<Record<Kind, () => string>> = {
    time: () => isoOf(now()),
    id: randomUUID,
    mark: () => randomUUID().slice(0, 8),
    temp: () => `${tempDir}/maitred-scenario-${randomUUID().slice(0, 8)}`,
    run: () => `${servers[0] ?? 'server'}.${firstFreshRun + bindings.countOf('run')}`,
    port() {
      let port: string;
      // Each is tried once: looking through all of them for every value would take quadratic time.
      do {
        port = String(firstPort + ((portStart + triedPorts) % ports));
        triedPorts += 1;
      } while (triedPorts < ports && bindings.placeholderFor(port) !== undefined);
      return port;
    },
  };

  function replace(value: string): string {
    if (value === '<<') return literal;
    return nameOf.get(value) ?? bindings.placeholderFor(value) ?? bindings.add(kindOf(value, servers), value);
  }

  function insert(written: string): string {
    if (written === literal) return '<<';
    const value = valuesOf.get(written)?.[0] ?? bindings.valueFor(written);
    if (value !== undefined) return value;
    const kind = kindNamed(written);
    if (kind === undefined) return written;
    const made = fresh[kind]();
    bindings.bind(written, made);
    return made;
  }

  /** The value of a placeholder that a text has at a place; null: it has another one. */
  function findValue(trial: Bindings, written: string, text: string, at: number): string | null {
    const isThere = (value: string) => text.startsWith(value, at);
    const values = valuesOf.get(written);
    if (values !== undefined) return longestFirst(values).find(isThere) ?? null;
    const bound = written === literal ? '<<' : trial.valueFor(written);
    const kind = kindNamed(written);
    if (kind !== undefined && (bound === undefined || kind === 'time')) {
      const look = looks[kind];
      look.lastIndex = at;
      const found = look.exec(text)?.[0] ?? null;
      if (found !== null) trial.bind(written, found);
      return found;
    }
    const expected = bound ?? written;
    return isThere(expected) ? expected : null;
  }

  function compare(trial: Bindings, recorded: string, actual: string): DifferentAt | null {
    let from = 0;
    let at = 0;
    /** @returns how much of the recorded text up to an end is not there */
    const skip = (end: number): DifferentAt | null => {
      const text = recorded.slice(from, end);
      if (!actual.startsWith(text, at)) {
        const same = commonLength(text, actual, at);
        return [from + same, at + same];
      }
      from = end;
      at += text.length;
      return null;
    };
    for (const { 0: written, index } of recorded.matchAll(placeholder)) {
      const difference = skip(index);
      if (difference !== null) return difference;
      const value = findValue(trial, written, actual, at);
      if (value === null) return [index, at];
      from += written.length;
      at += value.length;
    }
    return skip(recorded.length) ?? (at === actual.length ? null : [from, at]);
  }

  function compareValues(trial: Bindings, recorded: unknown, actual: unknown): boolean {
    if (typeof recorded === 'string' && typeof actual === 'string') return compare(trial, recorded, actual) === null;
    if (Array.isArray(recorded) && Array.isArray(actual)) {
      return (
        recorded.length === actual.length && recorded.every((part, index) => compareValues(trial, part, actual[index]))
      );
    }
    if (!isJsonObject(recorded) || !isJsonObject(actual)) return recorded === actual;
    const keys = Object.keys(recorded);
    return (
      keys.length === Object.keys(actual).length &&
      keys.every((key) => Object.hasOwn(actual, key) && compareValues(trial, recorded[key], actual[key]))
    );
  }

  function attempt(work: (trial: Bindings) => boolean): boolean {
    const trial = createBindings(bindings);
    const isAlike = work(trial);
    if (isAlike) trial.keep();
    return isAlike;
  }

  return {
    abstract: (text) => text.replace(replaced, replace),
    expand: (text) => text.replace(placeholder, insert),
    matches: (recorded, actual) => attempt((trial) => compare(trial, recorded, actual) === null),
    matchesValue: (recorded, actual) => attempt((trial) => compareValues(trial, recorded, actual)),
    differAt: (recorded, actual) => compare(createBindings(bindings), recorded, actual),
    withPlaces: (more) => withBindings({ ...options, places: [...more, ...options.places] }, bindings),
    copy: () => withBindings(options, createBindings(bindings)),
  };
}

/** The kind of a placeholder with a number; undefined: it has none, or its name is not known. */
function kindNamed(written: string): Kind | undefined {
  const name = /^<<(\w+)\./.exec(written)?.[1];
  return numberedKinds.find((kind) => kind === name);
}

const longestFirst = (values: readonly string[]): readonly string[] =>
  values.length < 2 ? values : values.toSorted((a, b) => b.length - a.length);

/** How many characters a text has in common with another one from a place. */
function commonLength(text: string, other: string, from: number): number {
  let length = 0;
  while (length < text.length && text[length] === other[from + length]) length += 1;
  return length;
}

/** Patterns of bounded or disjoint repetitions: each takes linear time. */
function patternsOf(
  places: readonly Place[],
  servers: readonly string[],
): { readonly replaced: RegExp; readonly tempEntry: string; readonly numbered: string | null } {
  const isPath = ({ value }: Place) => value.startsWith('/');
  const paths = longestFirst([...new Set(places.filter(isPath).map(({ value }) => value))]);
  const words = longestFirst(places.filter((place) => !isPath(place)).map(({ value }) => value));
  const tempDirs = new Set(places.filter(({ name }) => name === 'temp').map(({ value }) => value));
  const entryOf = (tempDir: string) => {
    const below = paths.filter((path) => path.startsWith(`${tempDir}/`));
    const names = below.map((path) => escaped(path.slice(tempDir.length + 1).split('/', 1)[0] ?? ''));
    const noPlace = names.length === 0 ? '' : String.raw`(?!(?:${names.join('|')})\.*(?![^${nameEnd}]))`;
    // A point at the end ends a sentence.
    return `${escaped(tempDir)}/${noPlace}[^${nameEnd}]*[^${nameEnd}.]`;
  };
  const tempEntry = longestFirst([...tempDirs])
    .map(entryOf)
    .join('|');
  const numbered =
    servers.length === 0 ? null : String.raw`(?:${servers.map(escaped).join('|')})\.\d{1,15}(?![\p{L}\p{N}_-])`;
  const replaced = [
    String.raw`<<(?=[a-z]+(?:\.\d+)?>>)`,
    ...paths.flatMap((path) => [...(tempDirs.has(path) ? [entryOf(path)] : []), `${escaped(path)}(?!${pathGoesOn})`]),
    ...replacedValues,
    ...(numbered === null ? [] : [`(?<!${letter})${numbered}`]),
    ...words.map((word) => `(?<!${letter})${escaped(word)}(?!${letter})`),
  ];
  return { replaced: new RegExp(replaced.join('|'), 'gu'), tempEntry, numbered };
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** Which placeholders have which values. */
interface Bindings {
  valueFor(written: string): string | undefined;
  placeholderFor(value: string): string | undefined;
  /** How many values of a kind were numbered. */
  countOf(kind: Kind): number;
  /** Binds a value to the next number of its kind. @returns the placeholder */
  add(kind: Kind, value: string): string;
  bind(written: string, value: string): void;
  /** Binds in those below what was bound on top of them. */
  keep(): void;
}

/** @param below what is bound is bound on top of them, and they stay as they are */
function createBindings(below: Bindings | null): Bindings {
  const values = new Map<string, string>();
  const names = new Map<string, string>();
  const counts = new Map<Kind, number>();
  const valueFor = (written: string) => values.get(written) ?? below?.valueFor(written);
  const placeholderFor = (value: string) => names.get(value) ?? below?.placeholderFor(value);
  const countOf = (kind: Kind) => counts.get(kind) ?? below?.countOf(kind) ?? 0;
  const bind = (written: string, value: string) => {
    values.set(written, value);
    if (placeholderFor(value) === undefined) names.set(value, written);
  };
  return {
    valueFor,
    placeholderFor,
    countOf,
    bind,
    add(kind, value) {
      let count = countOf(kind);
      let written: string;
      do {
        count += 1;
        written = `<<${kind}.${count}>>`;
      } while (valueFor(written) !== undefined);
      counts.set(kind, count);
      bind(written, value);
      return written;
    },
    keep() {
      for (const [written, value] of values) below?.bind(written, value);
    },
  };
}
