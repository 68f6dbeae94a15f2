import { parseExpression, parseTemplate } from '../../../src/domain/expression/parse-expression.ts';
import { printNode } from '../../../src/domain/expression/print-expression.ts';
import type { Expression, Template } from '../../../src/domain/expression/syntax-tree.ts';

export function expressionOf(source: string): Expression {
  const parsed = parseExpression(source);
  if ('fault' in parsed) throw new Error(`${source}: ${parsed.fault.message}`);
  return parsed;
}

export function templateOf(source: string): Template {
  const parsed = parseTemplate(source);
  if ('fault' in parsed) throw new Error(`${source}: ${parsed.fault.message}`);
  return parsed;
}

export const printed = (parsed: Expression | Template): string =>
  'root' in parsed
    ? printNode(parsed.root)
    : parsed.parts.map((part) => (part.kind === 'text' ? part.text : `\${{ ${printed(part.expression)} }}`)).join('');

/** The same tree without what depends on how it was written. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !['offset', 'length', 'source'].includes(key));
  return Object.fromEntries(kept.map(([key, part]) => [key, shapeOf(part)]));
}
