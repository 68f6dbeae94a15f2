import type { Token } from './source-tokens.ts';

export interface Import {
  /** null: the name is computed. */
  readonly specifier: string | null;
  /** `type`: gone when the program runs. */
  readonly kind: 'type' | 'static' | 'dynamic';
}

/** Every import of a source: import and export declarations, import(), types by import(), require. */
export function readImports(tokens: readonly Token[]): Import[] {
  return tokens.flatMap((token, at) => {
    if (token.kind !== 'word' || isProperty(tokens, at)) return [];
    if (token.text === 'require' && tokens[at + 1]?.text === '(') return importOf(tokens[at + 2], 'static');
    if (token.text === 'import' && tokens[at + 1]?.text === '(') return importOf(tokens[at + 2], callKind(tokens, at));
    if (token.text === 'import') return declaredImport(tokens, at + 1);
    if (token.text === 'export') return reExport(tokens, at + 1);
    return [];
  });
}

function declaredImport(tokens: readonly Token[], start: number): Import[] {
  const first = tokens[start];
  if (first?.kind === 'string') return importOf(first, 'static');
  if (first?.text === '.') return [];
  const second = tokens[start + 1]?.text;
  // A default import may be called `type`.
  const isType = first?.text === 'type' && second !== 'from' && second !== ',';
  const from = fromAfter(tokens, start);
  return from === undefined ? [] : importOf(from, isType ? 'type' : 'static');
}

function reExport(tokens: readonly Token[], start: number): Import[] {
  const isType = tokens[start]?.text === 'type';
  const list = tokens[isType ? start + 1 : start];
  if (list?.text !== '{' && list?.text !== '*') return [];
  const from = fromAfter(tokens, start);
  return from === undefined ? [] : importOf(from, isType ? 'type' : 'static');
}

/** The string after `from`, if it stands behind nothing but names. */
function fromAfter(tokens: readonly Token[], start: number): Token | undefined {
  for (let at = start; at < tokens.length; at++) {
    const token = tokens[at];
    if (token?.text === 'from' && tokens[at + 1]?.kind === 'string') return tokens[at + 1];
    if (token?.kind === 'mark' && !/^[{},*]$/.test(token.text ?? '')) return undefined;
  }
  return undefined;
}

/** `import('x').Name` is a type; `import('x')` and `import('x').then` load. */
function callKind(tokens: readonly Token[], at: number): 'type' | 'dynamic' {
  if (tokens[at - 1]?.text === 'typeof') return 'type';
  const member = tokens[at + 4]?.text === '.' ? tokens[at + 5]?.text : undefined;
  return /^[A-Z]/.test(member ?? '') ? 'type' : 'dynamic';
}

const importOf = (token: Token | undefined, kind: Import['kind']): Import[] => [
  { specifier: token?.kind === 'string' ? token.text : null, kind },
];

/** `x.import` and `{ import: 1 }` import nothing. */
const isProperty = (tokens: readonly Token[], at: number) =>
  tokens[at - 1]?.text === '.' || tokens[at - 1]?.text === '?.' || tokens[at + 1]?.text === ':';
