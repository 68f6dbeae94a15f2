export const namespaces = ['inputs', 'context', 'result', 'campaign', 'run', 'item'] as const;
export type Namespace = (typeof namespaces)[number];

export const filterNames = ['trim', 'lower', 'upper', 'lines', 'csv', 'json', 'length', 'first', 'last'] as const;
export type FilterName = (typeof filterNames)[number];

export const comparisonOperators = ['==', '!=', '<', '<=', '>', '>='] as const;
export type ComparisonOperator = (typeof comparisonOperators)[number];

/** Words of the grammar; none of them is a bare word. */
export const keywords = ['and', 'or', 'not', 'if', 'else', 'true', 'false', 'null'] as const;

/** A name: a bare word, or one part of a reference. */
export const namePattern = /^[A-Za-z_][\w-]*$/;

/** Where something stands in the text that was parsed; for an expression in a template, in the text of the template. In UTF-16 units. */
export interface SourcePlace {
  readonly offset: number;
  readonly length: number;
}

export interface ReferenceNode extends SourcePlace {
  readonly kind: 'reference';
  readonly namespace: Namespace;
  /** At least one name. */
  readonly path: readonly string[];
}

/** A word without quotes. It stands for its own text. */
export interface WordNode extends SourcePlace {
  readonly kind: 'word';
  readonly name: string;
}

/** Brackets and an inner `${{ }}` are in the tree only as its shape. Its depth does not grow with the source: long chains are lists. */
export type ExpressionNode =
  | (SourcePlace & { readonly kind: 'literal'; readonly value: string | number | boolean | null })
  | ReferenceNode
  | WordNode
  | (SourcePlace & {
      readonly kind: 'filtered';
      readonly input: ExpressionNode;
      readonly filters: readonly FilterName[];
    })
  | (SourcePlace & {
      readonly kind: 'comparison';
      readonly operator: ComparisonOperator;
      readonly left: ExpressionNode;
      readonly right: ExpressionNode;
    })
  | (SourcePlace & { readonly kind: 'not'; readonly operand: ExpressionNode })
  | (SourcePlace & { readonly kind: 'and' | 'or'; readonly operands: readonly ExpressionNode[] })
  /** `whenTrue if condition else whenFalse` */
  | (SourcePlace & {
      readonly kind: 'conditional';
      readonly condition: ExpressionNode;
      readonly whenTrue: ExpressionNode;
      readonly whenFalse: ExpressionNode;
    });

export interface Expression {
  /** The text of the expression, as it was written, for display. In a template it is what stands between the braces. */
  readonly source: string;
  readonly root: ExpressionNode;
}

export type TemplatePart =
  | (SourcePlace & { readonly kind: 'text'; readonly text: string })
  /** Its place includes the braces. */
  | (SourcePlace & { readonly kind: 'expression'; readonly expression: Expression });

export interface Template {
  readonly source: string;
  /** No text is empty, and no two texts are neighbours. */
  readonly parts: readonly TemplatePart[];
}

/** Why a text is not an expression or a template: what is wrong and what to write instead. */
export interface SyntaxFault extends SourcePlace {
  readonly message: string;
}
