import { parseTokens } from './parse-tokens.ts';
import { readTokens, type Token } from './read-tokens.ts';
import type { Expression, SyntaxFault, Template, TemplatePart } from './syntax-tree.ts';

const longestSource = 4_096;

type Rejected = { readonly fault: SyntaxFault };

/** Never throws. Takes time in proportion to the source. */
export function parseExpression(source: string): Expression | Rejected {
  const { length } = source;
  if (length > longestSource) return rejectLong(length);
  const parsed = parseTokens(readTokens(source));
  return 'fault' in parsed ? parsed : { source, root: parsed };
}

/** A text of any length with an expression in each `${{ }}`. Never throws, and stops at the first fault. Takes time in proportion to the source. */
export function parseTemplate(source: string): Template | Rejected {
  const parts: TemplatePart[] = [];
  for (let offset = 0; offset < source.length; ) {
    const found = source.indexOf(opening, offset);
    const endOfText = found < 0 ? source.length : found;
    const text = source.slice(offset, endOfText);
    if (text !== '') parts.push({ kind: 'text', text, offset, length: text.length });
    if (found < 0) break;
    const part = parseEmbedded(source, found);
    if ('fault' in part) return part;
    parts.push(part);
    offset = found + part.length;
  }
  return { source, parts };
}

const opening = '${{';
const closing = '}}';

/** @param offset of the opening braces */
function parseEmbedded(source: string, offset: number): Extract<TemplatePart, { kind: 'expression' }> | Rejected {
  const start = offset + opening.length;
  const tokens = readTokens(source, start);
  const end = tokens.at(-1)?.offset ?? start;
  if (isNeverClosed(tokens)) return { fault: { message: neverClosed, offset, length: opening.length } };
  if (end - start > longestSource) return rejectLong(end - start, start);
  const root = parseTokens(tokens);
  if ('fault' in root) return root;
  const expression = { source: source.slice(start, end).trim(), root };
  return { kind: 'expression', expression, offset, length: end + closing.length - offset };
}

/** The braces that seem to be missing may only be hidden behind a quote that has no end. That is a fault of the quote. */
function isNeverClosed(tokens: readonly Token[]): boolean {
  const isCut = tokens.at(-1)?.text !== closing;
  return isCut && !tokens.some(({ kind, text }) => kind === 'unclosed' && text.includes(closing));
}

const neverClosed = `\`${opening}\` is never closed: write ${closing} behind the expression; to have the braces in the text, write ${opening} '${opening}' ${closing}`;

function rejectLong(length: number, start = 0): Rejected {
  const message = `the expression has ${length} characters, and may have ${longestSource}: split it into several steps`;
  return { fault: { message, offset: start + longestSource, length: length - longestSource } };
}
