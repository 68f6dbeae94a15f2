import { asciiJson, encodeJson } from './encode-json.ts';

const minLength = 8;
/** JSON that a command prints is in the text of a result, which is in an answer, which is in a message to the inspector. */
const mostJsonDepth = 4;

/** Secrets may be added, never removed. */
export type KnownSecrets = ReadonlySet<string> | readonly string[];

/**
 * Makes a function that replaces known secrets, also where they are escaped in JSON, in JSON within JSON up to four times, or in a URL.
 * @param secrets read again for every text
 */
export function redactKnownValues(secrets: KnownSecrets, mark: string): (text: string) => string {
  let known = 0;
  let pattern: RegExp | null = null;
  return (text) => {
    const count = 'size' in secrets ? secrets.size : secrets.length;
    if (count !== known) {
      known = count;
      const spellings = new Set([...secrets].flatMap(spellingsOf));
      pattern = spellings.size === 0 ? null : anyOf(spellings);
    }
    return pattern === null ? text : text.replace(pattern, mark);
  };
}

/** The length of the longest text that `redactKnownValues` looks for; 0: there is none. */
export const longestSpelling = (secrets: Iterable<string>): number =>
  [...secrets].flatMap(spellingsOf).reduce((most, { length }) => Math.max(most, length), 0);

function spellingsOf(secret: string): string[] {
  const trimmed = secret.trim();
  if (trimmed.length < minLength) return [];
  const spellings = [secret, trimmed, jsonSpelling(secret), urlSpelling(trimmed)];
  for (let within of [trimmed, asciiSpelling(trimmed)]) {
    for (let depth = 0; depth < mostJsonDepth; depth += 1) {
      spellings.push(asciiSpelling(within), jsonSpelling(within));
      within = jsonSpelling(within);
    }
  }
  return spellings;
}

const asciiSpelling = (text: string): string => asciiJson(text).slice(1, -1);
const jsonSpelling = (text: string): string => encodeJson(text).slice(1, -1);

function urlSpelling(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return text; // half of a surrogate pair has no escape in a URL
  }
}

/** Longest first, so that a secret that begins with another one is replaced as a whole. */
function anyOf(spellings: Iterable<string>): RegExp {
  const longestFirst = [...spellings].sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map((text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g');
}
