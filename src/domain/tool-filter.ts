import { hashText } from './hash-text.ts';

export interface ToolFilterOptions {
  /** Globs of tool names with `*` and `?`. Empty: all tools are allowed. */
  readonly allow: readonly string[];
  /** The same; a tool that is denied is not allowed. */
  readonly deny: readonly string[];
  /** The greatest length of a tool's name in characters; null: any. */
  readonly maxNameLength: number | null;
}

/** Which tools of a wrapped server a client may use, and under which names. */
export interface ToolFilter {
  /** Whether the filter allows every tool and changes no name. */
  readonly isNeutral: boolean;
  /** @param name the server's name of a tool. Where there are globs, one of more than 1,024 characters is not allowed */
  isAllowed(name: string): boolean;
  /**
   * Gives names to the tools of a list. Learning a whole list before a name of it is shown makes the names independent of its order. Names
   * that were given stay.
   */
  learn(names: readonly string[]): void;
  /** The name that a client sees. No two tools have the same. */
  shownName(name: string): string;
  /** The server's name of a tool that a client calls. A name that was never shown is itself: a client may know the server's name. */
  realName(shown: string): string;
}

export function createToolFilter({ allow, deny, maxNameLength }: ToolFilterOptions): ToolFilter {
  const allowed = allow.map(globMatcher);
  const denied = deny.map(globMatcher);
  const hasGlobs = allow.length + deny.length > 0;
  const passes = (name: string): boolean => {
    if (name.length > mostGlobbedCharacters) return false;
    const characters = [...name];
    const isMatch = (matches: (name: Characters) => boolean) => matches(characters);
    return !denied.some(isMatch) && (allow.length === 0 || allowed.some(isMatch));
  };
  return {
    isNeutral: allow.length === 0 && deny.length === 0 && maxNameLength === null,
    isAllowed: (name) => !hasGlobs || passes(name),
    ...(maxNameLength === null ? sameNames : shortNames(maxNameLength)),
  };
}

/** A longer name is not worth the time that each glob takes for it. */
const mostGlobbedCharacters = 1_024;

type Characters = readonly string[];

/**
 * Matches whole names: `*` is any text, `?` one character. Each text between two `*` is taken where it comes first: a regular expression
 * would try all places.
 */
function globMatcher(glob: string): (name: Characters) => boolean {
  const [first = [], ...others] = glob.split('*').map((text): Characters => [...text]);
  const last = others.pop();
  return (name) => {
    if (last === undefined) return name.length === first.length && isAt(first, name, 0);
    const end = name.length - last.length;
    if (end < first.length || !isAt(first, name, 0) || !isAt(last, name, end)) return false;
    let at = first.length;
    for (const text of others) {
      while (at + text.length <= end && !isAt(text, name, at)) at += 1;
      at += text.length;
    }
    return at <= end;
  };
}

const isAt = (text: Characters, name: Characters, at: number): boolean =>
  text.every((character, index) => (character === '?' ? at + index < name.length : character === name[at + index]));

type Names = Pick<ToolFilter, 'learn' | 'shownName' | 'realName'>;

const sameNames: Names = { learn: () => undefined, shownName: (name) => name, realName: (shown) => shown };

function shortNames(maxLength: number): Names {
  const shownByReal = new Map<string, string>();
  const realByShown = new Map<string, string>();
  const shownName = (name: string): string => shownByReal.get(name) ?? giveName(name);

  function giveName(name: string): string {
    // A server that invents names without end would fill the memory with them.
    if (shownByReal.size === mostNames) {
      shownByReal.clear();
      realByShown.clear();
    }
    let shown = name.length <= maxLength ? name : shortened(name, name, maxLength);
    // Two names have the same hash, or a tool has the short name of another: the first keeps it.
    for (let attempt = 2; realByShown.has(shown); attempt += 1)
      shown = shortened(name, `${name} ${attempt}`, maxLength);
    shownByReal.set(name, shown);
    realByShown.set(shown, name);
    return shown;
  }

  return {
    learn: (names) => {
      for (const name of names.toSorted((one, other) => one.length - other.length || (one < other ? -1 : 1)))
        shownName(name);
    },
    shownName,
    realName: (shown) => realByShown.get(shown) ?? shown,
  };
}

const digits = 8;
const mostNames = 10_000;

/** The beginning of a name, `_`, and a hash. Half of a surrogate pair, or a second `_`, is left out between them. */
const shortened = (name: string, hashed: string, maxLength: number): string =>
  `${name.slice(0, maxLength - digits - 1).replace(/(?:_|[\ud800-\udbff])+$/, '')}_${hashText(hashed).slice(0, digits)}`;
