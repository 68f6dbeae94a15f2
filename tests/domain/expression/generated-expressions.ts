import fc from 'fast-check';
import {
  comparisonOperators,
  type ExpressionNode,
  filterNames,
  keywords,
  namespaces,
  type Template,
  type TemplatePart,
} from '../../../src/domain/expression/syntax-tree.ts';

const place = { offset: 0, length: 0 };

const someName = fc
  .oneof(fc.stringMatching(/^[A-Za-z_][\w-]{0,5}$/), fc.constantFrom('__proto__', 'constructor', 'a', 'b'))
  .filter((name) => !keywords.some((keyword) => keyword === name));

const someNumber = fc
  .oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))
  .map((value) => (value === 0 ? 0 : value));

const atLeastTwo = { minLength: 2, maxLength: 3 };

/** Any tree that can be written, a few levels deep. */
export const someNode: fc.Arbitrary<ExpressionNode> = fc.letrec<{ node: ExpressionNode }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, depthSize: 'medium' },
    fc.record({
      kind: fc.constant('literal' as const),
      value: fc.oneof(fc.string({ unit: 'binary' }), fc.string(), someNumber, fc.boolean(), fc.constant(null)),
      ...constants(),
    }),
    fc.record({
      kind: fc.constant('reference' as const),
      namespace: fc.constantFrom(...namespaces),
      path: fc.array(someName, { minLength: 1, maxLength: 3 }),
      ...constants(),
    }),
    fc.record({ kind: fc.constant('word' as const), name: someName, ...constants() }),
    fc.record({
      kind: fc.constant('filtered' as const),
      input: tie('node'),
      filters: fc.array(fc.constantFrom(...filterNames), { minLength: 1, maxLength: 3 }),
      ...constants(),
    }),
    fc.record({
      kind: fc.constant('comparison' as const),
      operator: fc.constantFrom(...comparisonOperators),
      left: tie('node'),
      right: tie('node'),
      ...constants(),
    }),
    fc.record({ kind: fc.constant('not' as const), operand: tie('node'), ...constants() }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      operands: fc.array(tie('node'), atLeastTwo),
      ...constants(),
    }),
    fc.record({
      kind: fc.constant('conditional' as const),
      condition: tie('node'),
      whenTrue: tie('node'),
      whenFalse: tie('node'),
      ...constants(),
    }),
  ),
})).node;

function constants() {
  return { offset: fc.constant(place.offset), length: fc.constant(place.length) };
}

/** Texts and expressions by turns. */
export const someTemplate: fc.Arbitrary<Template> = fc
  .tuple(
    fc.array(fc.tuple(fc.string({ unit: fc.constantFrom('$', '{', '}', "'", 'a') }), someNode), { maxLength: 3 }),
    fc.string(),
  )
  .map(([pairs, last]) => {
    const parts = pairs.flatMap(([text, root]): TemplatePart[] => [
      { kind: 'text', text, ...place },
      { kind: 'expression', expression: { source: '', root }, ...place },
    ]);
    const all: TemplatePart[] = [...parts, { kind: 'text', text: last, ...place }];
    return { source: '', parts: all.filter((part) => part.kind !== 'text' || part.text !== '') };
  })
  .filter(({ parts }) => parts.every((part) => part.kind !== 'text' || !part.text.includes('${{')));

/** Text that is nearly an expression. */
export const somePieces: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(...comparisonOperators, ...keywords, ...filterNames, ...namespaces),
      fc.constantFrom('${{', '}}', '(', ')', "'", '"', '\\', '|', '||', '&&', '!', '=', '.', '-', ' ', '\n', '$', '{'),
      fc.constantFrom('result.x', 'inputs.__proto__', '1', '-2.5', 'GO', "'a b'", '}}', '😀', '\ud800'),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    { maxLength: 60 },
  )
  .map((pieces) => pieces.join(''));
