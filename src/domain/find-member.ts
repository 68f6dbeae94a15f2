/** A place in a text. */
export interface TextRange {
  readonly start: number;
  /** The end of the text, if the text ends first. */
  readonly end: number;
}

const token = /"(?:[^"\\]+|\\.)*"?|[{}[\],]/g;
const colon = /\s*:\s*/y;

/**
 * Where the value of a member of a JSON object stands; of several with this name, the last. Of an object whose end is missing, it is found if
 * it begins before that. null: not found, also where the name is written with escapes
 * @param from the object begins at or behind this place
 */
export function findMember(json: string, name: string, from = 0): TextRange | null {
  let depth = 0;
  let start: number | null = null;
  let found: TextRange | null = null;
  token.lastIndex = from;
  for (let match = token.exec(json); match !== null; match = token.exec(json)) {
    const [text] = match;
    if (text === '{' || text === '[') depth += 1;
    else if (text.startsWith('"')) {
      if (depth === 1 && start === null && text === `"${name}"`) start = startOfValue(json, token.lastIndex);
    } else {
      if (depth === 1 && start !== null) {
        found = { start, end: start + json.slice(start, match.index).trimEnd().length };
        start = null;
      }
      if (text !== ',') depth -= 1;
      if (depth === 0) return found;
    }
  }
  return start === null ? found : { start, end: json.length };
}

/** @returns null if what ends there is not the name of a member */
function startOfValue(json: string, at: number): number | null {
  colon.lastIndex = at;
  return colon.test(json) ? colon.lastIndex : null;
}
