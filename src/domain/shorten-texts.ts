/** A text of at most this many characters from its beginning and its end and, if it is longer, a mark between them that counts the others. */
export function shortenText(text: string, mostCharacters: number): string {
  if (text.length <= mostCharacters) return text;
  const half = Math.floor(mostCharacters / 2);
  // No half of a surrogate pair.
  const head = text.slice(0, mostCharacters - half).replace(/[\ud800-\udbff]$/, '');
  const tail = lastCharacters(text, half);
  return head + leftOutMark(text.length - head.length - tail.length, 'characters') + tail;
}

/** The beginning of a text; no character is cut in two. @param limit in code points */
export function firstCharacters(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return Array.from(text.slice(0, 2 * limit))
    .slice(0, limit)
    .join('');
}

/** The end of a text; half a surrogate pair at its beginning is left out. @param limit in UTF-16 units */
export const lastCharacters = (text: string, limit: number): string =>
  text.length <= limit ? text : text.slice(text.length - limit).replace(/^[\udc00-\udfff]/, '');

/** Stands where something is left out. */
export const leftOutMark = (count: number, unit: 'characters' | 'bytes'): string => `[… ${count} ${unit} left out]`;

/** A JSON value in which each text has at most this many characters and the mark. Keys stay. */
export const shortenTexts = <Value>(value: Value, mostCharacters: number): Value =>
  shorten(value, mostCharacters) as Value;

function shorten(value: unknown, most: number): unknown {
  if (typeof value === 'string') return shortenText(value, most);
  if (Array.isArray(value)) return value.map((part) => shorten(part, most));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, shorten(part, most)]));
}

/**
 * Shortens the longest texts first, and no more than is needed.
 * @param attempt gives what has texts of at most this many characters; null if it is still too large
 * @returns null if no attempt fits
 */
export function shortenUntilItFits<Value>(
  mostCharacters: number,
  attempt: (mostCharacters: number) => Value | null,
): Value | null {
  for (let most = mostCharacters; most > 0; most = Math.floor(most / 2)) {
    const value = attempt(most);
    if (value !== null) return value;
  }
  return null;
}
