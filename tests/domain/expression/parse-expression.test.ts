import { describe, expect, it } from 'vitest';
import { parseExpression } from '../../../src/domain/expression/parse-expression.ts';
import { expressionOf, printed, shapeOf } from './parsed.ts';

const faultOf = (source: string) => {
  const parsed = parseExpression(source);
  return 'fault' in parsed ? parsed.fault : null;
};

describe('An expression is understood', () => {
  it.each([
    [`\${{ result.verdict }} == GO`, 'result.verdict == GO'],
    [`\${{ result.verdict }} == 'NO GO'`, "result.verdict == 'NO GO'"],
    [`\${{ result.passed }} == true`, 'result.passed == true'],
    [`\${{ result.verdict | trim }} == GO`, 'result.verdict | trim == GO'],
    [`\${{ result.count | trim }} == 0`, 'result.count | trim == 0'],
    ["result.failed_step == 'dirty_tree'", "result.failed_step == 'dirty_tree'"],
    [`\${{ context.is_local }} == true`, 'context.is_local == true'],
    ['result.error', 'result.error'],
    ['true', 'true'],
    [`\${{ inputs.mode }} != 'deep'`, "inputs.mode != 'deep'"],
    [`\${{ result.n }} > 0`, 'result.n > 0'],
    [`\${{ context.plan }}`, 'context.plan'],
    [
      `\${{ result.a }} == x and \${{ context.b }} == true and inputs.c`,
      'result.a == x and context.b == true and inputs.c',
    ],
    ["'A' if inputs.d == 'deep' else 'B'", "'A' if inputs.d == 'deep' else 'B'"],
    [`\${{ \${{ result.x }} }}`, 'result.x'],
    ['campaign.a.b-c == run.id', 'campaign.a.b-c == run.id'],
    [String.raw`result.path == 'C:\\it\'s "a"'`, String.raw`result.path == 'C:\\it\'s "a"'`],
    ['item.part|csv|first', 'item.part | csv | first'],
  ])('in the form %s', (source, text) => {
    const expression = expressionOf(source);
    expect(expression.source).toBe(source);
    expect(printed(expression)).toBe(text);
  });

  it.each([
    ['a or b and not c == d | trim', 'a or (b and (not (c == (d | trim))))'],
    ['a || b && !c', 'a or (b and (not c))'],
    ['not a == b', 'not (a == b)'],
    ['a if b or c else d if e else f', 'a if (b or c) else (d if e else f)'],
  ])('%s means %s', (source, bracketed) => {
    expect(shapeOf(expressionOf(source).root)).toEqual(shapeOf(expressionOf(bracketed).root));
  });

  it.each([
    '(a or b) and c',
    'not (a and b)',
    '(a == b) == c',
    '(a if b else c) if d else e',
    '(a and b) and c',
    '(a | trim) | lower',
  ])('with the brackets that it needs: %s', (source) => {
    expect(printed(expressionOf(source))).toBe(source);
  });

  it.each([
    [String.raw`'it\'s'`, "it's"],
    [String.raw`"a \"b\" \\ c"`, String.raw`a "b" \ c`],
    [`'\${{ }} {{ and'`, `\${{ }} {{ and`],
    ["''", ''],
    ['-12.50', -12.5],
    ['007', 7],
    ['-0', 0],
    ['null', null],
    ['false', false],
  ])('the literal %s is %j', (source, value) => {
    expect(expressionOf(source).root).toMatchObject({ kind: 'literal', value });
  });

  it('and each of its parts has its place', () => {
    expect(expressionOf("result.a  == (GO | trim) or 'x'").root).toEqual({
      kind: 'or',
      offset: 0,
      length: 31,
      operands: [
        {
          kind: 'comparison',
          operator: '==',
          offset: 0,
          length: 24,
          left: { kind: 'reference', namespace: 'result', path: ['a'], offset: 0, length: 8 },
          right: {
            kind: 'filtered',
            filters: ['trim'],
            offset: 14,
            length: 9,
            input: { kind: 'word', name: 'GO', offset: 14, length: 2 },
          },
        },
        { kind: 'literal', value: 'x', offset: 28, length: 3 },
      ],
    });
  });
});

describe('A fault says what is wrong, what to write instead, and where', () => {
  it.each([
    ['', 0, 0, 'is empty'],
    ['  ', 2, 0, 'is empty'],
    ['remaining phases exist in context.x', 10, 6, '`phases` cannot stand here: expected an operator'],
    ['inpts.mode == deep', 0, 5, '`inpts` is not a namespace: did you mean inputs?'],
    [
      'result.file == plan.md',
      15,
      4,
      "write one of inputs, context, result, campaign, run, item; write a text with a dot in quotes, as 'plan.md'",
    ],
    ['constructor.x', 0, 11, 'is not a namespace'],
    ['result.x | trimm', 11, 5, '`trimm` cannot stand here: expected a filter: did you mean trim?'],
    ['result.x | constructor', 11, 11, 'write one of trim, lower, upper, lines, csv, json, length, first, last'],
    [
      'result.items.0',
      13,
      1,
      'names begin with a letter, and for a part of a list there are the filters first and last',
    ],
    ['result..x', 7, 0, '`result..x` needs a name behind each dot'],
    ['result.items[0]', 12, 1, 'there is no index: use the filters first and last'],
    ['len(result.items)', 3, 1, 'there are no functions: use a filter'],
    ['result.x = GO', 9, 1, '`=` cannot stand here: write =='],
    ['result.x === GO', 9, 3, 'write =='],
    ['result.x !== GO', 9, 3, 'write !='],
    ['a & b', 2, 1, 'write and'],
    ['a ? b : c', 2, 1, 'write A if CONDITION else B'],
    ['a if b', 6, 0, 'ends too early: expected else: write A if CONDITION else B'],
    ['1 < result.n < 3', 13, 1, 'a comparison has two sides: join two comparisons with and'],
    ['result.x ==', 11, 0, 'ends too early: expected a value'],
    ['result.x == and', 12, 3, '`and` cannot stand here: expected a value'],
    ['== GO', 0, 2, 'expected a value'],
    ['result.x == 10m', 12, 3, "`10m` is not a number: write it in quotes, as '10m'"],
    ['result.id == 9007199254740993', 13, 16, 'has more digits than a number keeps: write it in quotes'],
    ["result.x == 'GO", 12, 3, "is never closed: write ' behind it"],
    [String.raw`'C:\temp'`, 3, 2, String.raw`\t${'`'} is not an escape: write \\ for a backslash`],
    ['(result.x == GO', 0, 1, '`(` is never closed: write ) behind the value'],
    [`\${{ result.x == GO`, 0, 3, `\`\${{\` is never closed: write }} behind the value`],
    ['result.x }}', 9, 2, '`}}` cannot stand here'],
    ['a 😀', 2, 2, '`😀` cannot stand here'],
    ['a \u001b[31m', 2, 1, String.raw`\u001b`],
  ])('%j', (source, offset, length, message) => {
    expect(faultOf(source)).toEqual({ offset, length, message: expect.stringContaining(message) });
  });

  it('that a text is longer than 4,096 characters', () => {
    expect(faultOf('a'.repeat(4_096))).toBeNull();
    expect(faultOf('a'.repeat(4_097))).toMatchObject({
      offset: 4_096,
      length: 1,
      message: expect.stringContaining('4097'),
    });
  });

  it.each([
    ['brackets', '(', 'a', ')'],
    ['negations', '!', 'a', ''],
    ['ternaries', 'a if b else ', 'c', ''],
    ['inner braces', `\${{ `, 'a', ' }}'],
    ['brackets and negations', '!(', 'a', ')'],
  ])('that more than 32 levels of %s are nested', (_, opening, inner, closing) => {
    const levels = opening === '!(' ? 16 : 32;
    const nested = (count: number) => opening.repeat(count) + inner + closing.repeat(count);
    expect(faultOf(nested(levels))).toBeNull();
    expect(faultOf(nested(levels + 1))?.message).toContain('more than 32 levels are nested');
  });

  it('but a long chain is not nested', () => {
    for (const piece of [' and a', ' or (a)', ' and not a', ' | trim', ' == b and c'])
      expect(faultOf(`a${piece.repeat(300)}`)).toBeNull();
  });
});
