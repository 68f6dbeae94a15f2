export interface Token {
  readonly kind: 'word' | 'mark' | 'string';
  /** A string's text is what stands between its quotes; that of a template with parts put in is null. */
  readonly text: string | null;
}

const space = /\s+/y;
const comment = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const word = /[\p{ID_Start}$_#][\p{ID_Continue}$]*|\d[\w.]*/uy;
const quoted = /'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"/y;
const regularExpression = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\w*/y;
const mark = /\?\.|\.\.\.|=>|[\s\S]/y;
const templatePart = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*/y;

/** Words after which a slash begins a regular expression and does not divide. */
const beforeExpression = new Set([
  'return',
  'typeof',
  'case',
  'in',
  'of',
  'void',
  'delete',
  'throw',
  'new',
  'else',
  'await',
]);

/** Splits TypeScript into words, marks and strings; comments and regular expressions are left out. */
export function readTokens(source: string): Token[] {
  const tokens: Token[] = [];
  readCode(source, 0, tokens);
  return tokens;
}

/** Reads up to the end, or to the brace that closes a part of a template. */
function readCode(source: string, start: number, tokens: Token[]): number {
  let depth = 0;
  for (let at = start; at < source.length; ) {
    const skipped = match(space, source, at) ?? match(comment, source, at) ?? expressionAt(source, at, tokens);
    if (skipped !== null) {
      at += skipped.length;
      continue;
    }
    if (source[at] === '`') {
      at = readTemplate(source, at + 1, tokens);
      continue;
    }
    const token = tokenAt(source, at);
    if (token.text === '}' && depth === 0 && start > 0) return at;
    if (token.kind === 'mark') depth += token.text === '{' ? 1 : token.text === '}' ? -1 : 0;
    tokens.push(token);
    at += (token.text?.length ?? 0) + (token.kind === 'string' ? 2 : 0);
  }
  return source.length;
}

function readTemplate(source: string, start: number, tokens: Token[]): number {
  const text = match(templatePart, source, start) ?? '';
  const end = start + text.length;
  if (source[end] !== '$') {
    tokens.push({ kind: 'string', text });
    return end + 1;
  }
  tokens.push({ kind: 'string', text: null });
  for (let at = end; at < source.length; ) {
    at = readCode(source, at + 2, tokens) + 1;
    at += match(templatePart, source, at)?.length ?? 0;
    if (source[at] === '`') return at + 1;
  }
  return source.length;
}

function tokenAt(source: string, at: number): Token {
  const name = match(word, source, at);
  if (name !== null) return { kind: 'word', text: name };
  const string = match(quoted, source, at);
  if (string !== null) return { kind: 'string', text: string.slice(1, -1) };
  return { kind: 'mark', text: match(mark, source, at) ?? '' };
}

function expressionAt(source: string, at: number, tokens: readonly Token[]): string | null {
  const before = tokens.at(-1);
  const divides =
    before !== undefined &&
    (before.kind === 'string' ||
      (before.kind === 'word' && !beforeExpression.has(before.text ?? '')) ||
      before.text === ')' ||
      before.text === ']');
  return divides ? null : match(regularExpression, source, at);
}

function match(pattern: RegExp, source: string, at: number): string | null {
  pattern.lastIndex = at;
  const found = pattern.exec(source)?.[0];
  return found === undefined || found === '' ? null : found;
}
