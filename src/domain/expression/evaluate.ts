import { isJsonObject } from '../json-object.ts';
import { shortName } from '../short-name.ts';
import { applyFilter } from './apply-filter.ts';
import { compareDecimals, readDecimal } from './decimal.ts';
import { printNode } from './print-expression.ts';
import type {
  ComparisonOperator,
  Expression,
  ExpressionNode,
  Namespace,
  SourcePlace,
  Template,
} from './syntax-tree.ts';
import { isTruthy, textOf } from './value-text.ts';

/** JSON values by namespace. */
export type ExpressionScope = Readonly<Partial<Record<Namespace, unknown>>>;

/** Why a value may not be what the author meant. */
export interface Diagnostic extends SourcePlace {
  readonly message: string;
}

export interface Evaluation {
  /** A JSON value; undefined if it is missing. */
  readonly value: unknown;
  readonly diagnostics: readonly Diagnostic[];
}

/** Never throws, whatever the scope contains. A template that is one whole `${{ }}` gives the value itself, and every other one a text. */
export const evaluate = (parsed: Expression | Template, scope: ExpressionScope): Evaluation =>
  'root' in parsed ? evaluateExpression(parsed, scope) : renderTemplate(parsed, scope);

function evaluateExpression({ root }: Expression, scope: ExpressionScope): Evaluation {
  const diagnostics: Diagnostic[] = [];
  const warn = ({ offset, length }: SourcePlace, message: string) => {
    diagnostics.push({ message, offset, length });
  };
  const isTrue = (node: ExpressionNode) => isTruthy(evaluateNode(node));
  const evaluateNode = (node: ExpressionNode): unknown => {
    switch (node.kind) {
      case 'literal':
        return node.value;
      case 'word':
        return node.name;
      case 'reference':
        return valueAt(scope, [node.namespace, ...node.path]);
      case 'filtered':
        return node.filters.reduce(
          (value, filter) => applyFilter(filter, value, (problem) => warn(node, `${quote(node.input)} ${problem}`)),
          evaluateNode(node.input),
        );
      case 'comparison': {
        const [left, right] = [textOf(evaluateNode(node.left)), textOf(evaluateNode(node.right))];
        if (node.operator === '==') return areEqual(left, right);
        if (node.operator === '!=') return !areEqual(left, right);
        const [a, b] = [readDecimal(left), readDecimal(right)];
        if (a === null) warn(node.left, `${quote(node.left)} is not a decimal number here: ${node.operator} is false`);
        if (b === null)
          warn(node.right, `${quote(node.right)} is not a decimal number here: ${node.operator} is false`);
        return a !== null && b !== null && orderings[node.operator](compareDecimals(a, b));
      }
      case 'not':
        return !isTrue(node.operand);
      case 'and':
        return node.operands.every(isTrue);
      case 'or':
        return node.operands.some(isTrue);
      case 'conditional':
        return evaluateNode(isTrue(node.condition) ? node.whenTrue : node.whenFalse);
    }
  };
  return { value: evaluateNode(root), diagnostics };
}

function renderTemplate({ parts }: Template, scope: ExpressionScope): Evaluation {
  const values = parts.map((part) =>
    part.kind === 'text' ? { value: part.text, diagnostics: [] } : evaluateExpression(part.expression, scope),
  );
  const [first, ...others] = values;
  if (first !== undefined && others.length === 0) return first;
  return {
    value: values.map(({ value }) => textOf(value)).join(''),
    diagnostics: values.flatMap(({ diagnostics }) => diagnostics),
  };
}

/** Only maps have names, and only those of their own. */
function valueAt(scope: unknown, path: readonly string[]): unknown {
  let value = scope;
  for (const name of path) {
    if (!isJsonObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

function areEqual(left: string, right: string): boolean {
  if (left.trim() === right.trim()) return true;
  const [a, b] = [readDecimal(left), readDecimal(right)];
  return a !== null && b !== null && compareDecimals(a, b) === 0;
}

const orderings: Readonly<Record<Exclude<ComparisonOperator, '==' | '!='>, (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

const quote = (node: ExpressionNode) => `\`${shortName(printNode(node))}\``;
