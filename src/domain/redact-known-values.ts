const minLength = 8;

/** Grows, and never shrinks. */
export type KnownSecrets = ReadonlySet<string> | readonly string[];

/**
 * Makes a function that replaces secrets whose value is known, also escaped in JSON, in JSON within JSON, or in a URL.
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

function spellingsOf(secret: string): string[] {
  const trimmed = secret.trim();
  if (trimmed.length < minLength) return [];
  const [json, ascii] = [jsonSpelling(trimmed), asciiSpelling(jsonSpelling(trimmed))];
  const withinJson = [json, ascii, jsonSpelling(json), jsonSpelling(ascii)];
  return [secret, trimmed, jsonSpelling(secret), ...withinJson, urlSpelling(trimmed)];
}

const jsonSpelling = (text: string): string => JSON.stringify(text).slice(1, -1);

/** Of JSON that is written in ASCII. */
const asciiSpelling = (json: string): string =>
  json.replace(/[\u007f-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

function urlSpelling(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return text; // half of a surrogate pair has no spelling in a URL
  }
}

/** Longest first, so that a secret that begins with another one is replaced as a whole. */
function anyOf(spellings: Iterable<string>): RegExp {
  const longestFirst = [...spellings].sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map((text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g');
}
