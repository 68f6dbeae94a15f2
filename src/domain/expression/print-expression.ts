import { decimalText } from './decimal.ts';
import type { ExpressionNode } from './syntax-tree.ts';

/** How strongly a kind of node binds: a node in a place for stronger ones needs brackets. */
const strengths = {
  conditional: 0,
  or: 1,
  and: 2,
  not: 3,
  comparison: 4,
  filtered: 5,
  literal: 6,
  reference: 6,
  word: 6,
} as const satisfies Readonly<Record<ExpressionNode['kind'], number>>;

/** One spelling for each tree: what it prints is parsed as the same tree again, unless it is longer than a source may be. */
export function printNode(node: ExpressionNode, weakest: number = strengths.conditional): string {
  const text = printBare(node);
  return strengths[node.kind] < weakest ? `(${text})` : text;
}

function printBare(node: ExpressionNode): string {
  switch (node.kind) {
    case 'literal':
      return printLiteral(node.value);
    case 'reference':
      return [node.namespace, ...node.path].join('.');
    case 'word':
      return node.name;
    case 'filtered':
      return [printNode(node.input, strengths.filtered + 1), ...node.filters].join(' | ');
    case 'comparison':
      return `${printNode(node.left, strengths.filtered)} ${node.operator} ${printNode(node.right, strengths.filtered)}`;
    case 'not':
      return `not ${printNode(node.operand, strengths.not)}`;
    case 'and':
    case 'or':
      return node.operands.map((operand) => printNode(operand, strengths[node.kind] + 1)).join(` ${node.kind} `);
    case 'conditional': {
      const [whenTrue, condition] = [node.whenTrue, node.condition].map((part) => printNode(part, strengths.or));
      return `${whenTrue} if ${condition} else ${printNode(node.whenFalse)}`;
    }
  }
}

function printLiteral(value: string | number | boolean | null): string {
  if (typeof value === 'number') return decimalText(value);
  if (typeof value !== 'string') return String(value);
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
  return quote + value.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`) + quote;
}
