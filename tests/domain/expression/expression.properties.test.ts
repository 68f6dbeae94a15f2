import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../src/domain/expression/evaluate.ts';
import { parseExpression, parseTemplate } from '../../../src/domain/expression/parse-expression.ts';
import { parseTokens } from '../../../src/domain/expression/parse-tokens.ts';
import { readTokens } from '../../../src/domain/expression/read-tokens.ts';
import { referencesOf } from '../../../src/domain/expression/references-of.ts';
import { namespaces } from '../../../src/domain/expression/syntax-tree.ts';
import { countCharacters, countReads } from './count-visits.ts';
import { someNode, somePieces, someTemplate } from './generated-expressions.ts';
import { expressionOf, printed, shapeOf, templateOf } from './parsed.ts';

const anyText = fc.oneof(somePieces, fc.string({ unit: 'binary' }));

describe('Whatever text a recipe contains', () => {
  it.each([
    ['an expression', parseExpression],
    ['a template', parseTemplate],
  ])('as %s, it is parsed or has a fault that says where and why', (_, parse) => {
    fc.assert(
      fc.property(anyText, (source) => {
        const parsed = parse(source);
        if (!('fault' in parsed)) {
          expect(parsed.source).toBe(source);
          return;
        }
        const { message, offset, length } = parsed.fault;
        expect(message).toMatch(/: |\?/);
        expect(message).not.toMatch(/undefined/);
        expect(offset).toBeGreaterThanOrEqual(0);
        expect(offset + length).toBeLessThanOrEqual(source.length);
      }),
      { numRuns: 1_000 },
    );
  });

  it('each part of a template stands where its place says', () => {
    fc.assert(
      fc.property(someTemplate, (template) => {
        const source = printed(template);
        const { parts } = templateOf(source);
        expect(parts.map(({ offset, length }) => source.slice(offset, offset + length)).join('')).toBe(source);
        for (const { offset, length, ...part } of parts)
          if (part.kind === 'expression')
            expect(source.slice(offset, offset + length)).toBe(`\${{ ${part.expression.source} }}`);
      }),
    );
  });

  it('each node of an expression is, alone, the text at its place', () => {
    fc.assert(
      fc.property(someNode, (root) => {
        const source = printed({ source: '', root });
        for (const part of nodesOf(expressionOf(source).root)) {
          const { offset, length } = part;
          expect(shapeOf(expressionOf(source.slice(offset, offset + length)).root)).toEqual(shapeOf(part));
        }
      }),
    );
  });
});

interface Placed {
  readonly offset: number;
  readonly length: number;
}

const isPlaced = (value: unknown): value is Placed => typeof value === 'object' && value !== null && 'offset' in value;

const nodesOf = (node: Placed): readonly Placed[] => [
  node,
  ...Object.values(node)
    .flatMap((value: unknown) => (Array.isArray(value) ? value : [value]))
    .filter(isPlaced)
    .flatMap(nodesOf),
];

describe('What is printed', () => {
  it('is parsed as the same expression', () => {
    fc.assert(
      fc.property(someNode, (root) => {
        const text = printed({ source: '', root });
        expect(shapeOf(expressionOf(text).root)).toEqual(shapeOf(root));
      }),
      { numRuns: 1_000 },
    );
  });

  it('is parsed as the same template', () => {
    fc.assert(
      fc.property(someTemplate, (template) => {
        expect(shapeOf(templateOf(printed(template)))).toEqual(shapeOf(template));
      }),
      { numRuns: 500 },
    );
  });

  it('is the same for all spellings of an expression', () => {
    fc.assert(
      fc.property(somePieces, (source) => {
        const parsed = parseExpression(source);
        fc.pre(!('fault' in parsed));
        const text = printed(parsed);
        expect(printed(expressionOf(text))).toBe(text);
      }),
    );
  });
});

describe('Whatever the scope contains', () => {
  const someScope = fc.dictionary(
    fc.constantFrom(...namespaces),
    fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'constructor'), fc.jsonValue())),
  );

  it('an expression has a value, and its diagnostics stand in its source', () => {
    fc.assert(
      fc.property(someNode, someScope, (root, scope) => {
        const expression = expressionOf(printed({ source: '', root }));
        const { diagnostics } = evaluate(expression, scope);
        for (const { message, offset, length } of diagnostics) {
          expect(message).toMatch(/: /);
          expect(offset).toBeGreaterThanOrEqual(0);
          expect(offset + length).toBeLessThanOrEqual(expression.source.length);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('a template of more than one part becomes a text', () => {
    fc.assert(
      fc.property(someTemplate, someScope, (template, scope) => {
        const { value } = evaluate(template, scope);
        if (template.parts.length !== 1) expect(value).toBeTypeOf('string');
      }),
    );
  });

  it('an expression looks at what its references name, and at nothing else', () => {
    fc.assert(
      fc.property(someNode, someScope, (root, scope) => {
        const expression = { source: '', root };
        const named = new Set<string>(referencesOf(expression).references.map(({ namespace }) => namespace));
        const rest = Object.fromEntries(Object.entries(scope).filter(([namespace]) => named.has(namespace)));
        expect(evaluate(expression, rest)).toEqual(evaluate(expression, scope));
      }),
    );
  });
});

describe('The work grows with the text and not faster', () => {
  const pieces = [
    ['brackets', '('],
    ['negations', '!'],
    ['negations of values', '!a && '],
    ['conjunctions', 'a and '],
    ['comparisons', 'a == b or '],
    ['filters', 'a | trim | lower or '],
    ['a chain of filters', '|trim'],
    ['ternaries', 'a if b else '],
    ['opening braces', `\${{ `],
    ['closing braces', '}} '],
    ['expressions in a text', `\${{ a }} text `],
    ['quotes', `'"`],
    ['escapes', `"\\'\\`],
    ['blanks', ' '],
    ['dots', 'a.'],
    ['digits', '1'],
    ['dollars', '$'],
  ] as const;
  const longTexts = pieces.map(([name, piece]) => [name, `a${piece.repeat(4_000 / piece.length)}a`] as const);

  it.each(longTexts)('for %s: each character is looked at a few times', (_, source) => {
    for (const parse of [parseExpression, parseTemplate])
      for (const text of [source, `\${{ ${source}`, `\${{ ${source} }}`, `\${{ '${source}' }}`])
        expect(countCharacters(() => parse(text))).toBeLessThan(5 * text.length);
  });

  it.each(longTexts)('for %s: each token is looked at a few times', (_, source) => {
    const tokens = readTokens(source);
    const { counted, reads } = countReads(tokens);
    parseTokens(counted);
    expect(reads()).toBeLessThan(40 * tokens.length);
  });
});
