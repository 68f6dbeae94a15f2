import type { Expression, ExpressionNode, ReferenceNode, Template, WordNode } from './syntax-tree.ts';

export interface FoundWord extends WordNode {
  /** Whether it is the whole right side of a comparison. Elsewhere a reference was probably meant. */
  readonly isComparedWith: boolean;
}

export interface ExpressionNames {
  readonly references: readonly ReferenceNode[];
  readonly words: readonly FoundWord[];
}

/** All references and bare words, in the order in which they are written. */
export function referencesOf(parsed: Expression | Template): ExpressionNames {
  const references: ReferenceNode[] = [];
  const words: FoundWord[] = [];
  const visit = (node: ExpressionNode, isComparedWith = false) => {
    if (node.kind === 'reference') references.push(node);
    else if (node.kind === 'word') words.push({ ...node, isComparedWith });
    else if (node.kind === 'comparison') {
      visit(node.left);
      visit(node.right, true);
    } else for (const child of childrenOf(node)) visit(child);
  };
  if ('root' in parsed) visit(parsed.root);
  else for (const part of parsed.parts) if (part.kind === 'expression') visit(part.expression.root);
  return { references, words };
}

function childrenOf(node: Exclude<ExpressionNode, { kind: 'comparison' }>): readonly ExpressionNode[] {
  switch (node.kind) {
    case 'filtered':
      return [node.input];
    case 'not':
      return [node.operand];
    case 'and':
    case 'or':
      return node.operands;
    case 'conditional':
      return [node.whenTrue, node.condition, node.whenFalse];
    default:
      return [];
  }
}
