import type { SourcePlace } from './syntax-tree.ts';

export interface Token extends SourcePlace {
  /** `name` includes keywords and dotted references; `unclosed` is a quote that has no end; `unknown` is a character of no token. */
  readonly kind: 'name' | 'number' | 'quoted' | 'symbol' | 'unclosed' | 'unknown' | 'end';
  /** As it is written, with its quotes. */
  readonly text: string;
}

const blanks = /\s*/y;

/** No alternative can match what another one matches, so no character is read twice. Some operators of other languages are tokens, to be explained. */
const unquoted =
  /(?<name>[A-Za-z_][\w.-]*)|(?<number>-?\d[\w.-]*)|(?<symbol>\$\{\{|\}\}|===?|!(?:==?)?|<=?|>=?|&&?|\|\|?|[=()])/y;

/**
 * Splits an expression into tokens; the last one is `end`. Visits each character once.
 * @param from where the expression begins. If that is behind a `${{`, the expression ends at the `}}` of that; otherwise with the source.
 */
export function readTokens(source: string, from = 0): readonly Token[] {
  const tokens: Token[] = [];
  const isEmbedded = from > 0;
  let openBraces = 0;
  for (let offset = skipBlanks(source, from); offset < source.length; ) {
    const token = readToken(source, offset);
    if (token.text === '${{') openBraces += 1;
    else if (token.text === '}}') {
      if (isEmbedded && openBraces === 0) return [...tokens, { ...token, kind: 'end' }];
      openBraces -= 1;
    }
    tokens.push(token);
    offset = skipBlanks(source, offset + token.length);
  }
  return [...tokens, { kind: 'end', text: '', offset: source.length, length: 0 }];
}

function skipBlanks(source: string, offset: number): number {
  blanks.lastIndex = offset;
  blanks.test(source);
  return blanks.lastIndex;
}

function readToken(source: string, offset: number): Token {
  const tokenOf = (kind: Token['kind'], text: string): Token => ({ kind, text, offset, length: text.length });
  const first = source.charAt(offset);
  if (first === "'" || first === '"') {
    const end = endOfQuoted(source, offset, first);
    return end === null ? tokenOf('unclosed', source.slice(offset)) : tokenOf('quoted', source.slice(offset, end));
  }
  unquoted.lastIndex = offset;
  const { name, number, symbol } = unquoted.exec(source)?.groups ?? {};
  if (name !== undefined) return tokenOf('name', name);
  if (number !== undefined) return tokenOf('number', number);
  if (symbol !== undefined) return tokenOf('symbol', symbol);
  return tokenOf('unknown', String.fromCodePoint(source.codePointAt(offset) ?? 0));
}

/** @returns the place behind the closing quote */
function endOfQuoted(source: string, offset: number, quote: string): number | null {
  for (let at = offset + 1; at < source.length; at += 1) {
    const character = source.charAt(at);
    if (character === quote) return at + 1;
    if (character === '\\') at += 1;
  }
  return null;
}
