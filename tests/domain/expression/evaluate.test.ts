import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../src/domain/expression/evaluate.ts';
import { isTruthy, textOf } from '../../../src/domain/expression/value-text.ts';
import { expressionOf, templateOf } from './parsed.ts';

const scope = {
  inputs: { mode: 'deep', empty: '', off: 'off' },
  context: { plan: '/a/plan.md', parts: ['a', 'b'], none: [], big: '10000000000000000000001' },
  result: { verdict: ' GO\n', passed: true, n: 3, zero: '0\n', tiny: 1e-7, nothing: null, text: 'abc', map: { a: 1 } },
};

const evaluated = (source: string) => evaluate(expressionOf(source), scope).value;

describe('The text of a value', () => {
  it.each([
    [undefined, ''],
    [null, ''],
    [true, 'true'],
    [false, 'false'],
    [' a ', ' a '],
    [3, '3'],
    [0.1, '0.1'],
    [-0, '0'],
    [1e21, '1000000000000000000000'],
    [-1.5e22, '-15000000000000000000000'],
    [1e-7, '0.0000001'],
    [-1.25e-8, '-0.0000000125'],
    [['a', 1], '["a",1]'],
    [{ a: null }, '{"a":null}'],
  ])('%j is %j', (value, text) => {
    expect(textOf(value)).toBe(text);
  });

  it('of a value that is nested too deeply is a mark, not nothing', () => {
    let list: unknown = [];
    for (let level = 0; level < 50_000; level += 1) list = [list];
    expect(textOf(list)).toBe('[…]');
    expect(textOf({ list })).toBe('{…}');
  });
});

describe('What counts as true', () => {
  it.each([undefined, null, '', ' ', 'false', ' False\n', '0', 0, 'NO', 'off', 'null', 'None', [], {}, false])(
    '%j does not',
    (value) => {
      expect(isTruthy(value)).toBe(false);
    },
  );

  it.each([true, 'true', 'yes', 'x', 1, -1, '00', '0.0', [0], [[]], { a: null }, '[]'])('%j does', (value) => {
    expect(isTruthy(value)).toBe(true);
  });
});

describe('An expression has a value', () => {
  it.each([
    // Equality of texts without blanks around them, or of decimals.
    ['result.verdict == GO', true],
    ['result.verdict == go', false],
    ["result.passed == 'true'", true],
    ['result.passed == true', true],
    ['result.zero == 0', true],
    ["result.n == '3.0'", true],
    ['result.n == 03', true],
    ['result.text == abcd', false],
    ["result.absent == ''", true],
    ['result.nothing == null', true],
    ['result.absent == GO', false],
    ["result.absent != 'true'", true],
    ['result.absent == 0', false],
    ["context.big == '10000000000000000000002'", false],
    ["context.big == '10000000000000000000001.0'", true],
    ['result.map == \'{"a":1}\'', true],
    // Ordering of decimals.
    ['result.n > 0', true],
    ['result.n > 3', false],
    ['result.n >= 3', true],
    ['result.n < 10', true],
    ['result.n <= 2.99', false],
    ['-2 < -1', true],
    ['-1 < 0.5', true],
    ['0.10 < 0.9', true],
    ['1.5 > 1.25', true],
    ['result.tiny > 0', true],
    ['result.tiny < 0.000001', true],
    ["context.big > '10000000000000000000000'", true],
    ['-0 < 0', false],
    // Truth.
    ['not result.error', true],
    ['not inputs.off', true],
    ['result.passed and result.n', true],
    ['result.passed and inputs.empty', false],
    ['inputs.empty or result.text', true],
    ['inputs.empty or inputs.off', false],
    ['not result.passed or result.n == 3', true],
    // The others.
    ['GO', 'GO'],
    ["'A' if inputs.mode == 'deep' else 'B'", 'A'],
    ["'A' if inputs.mode == 'flat' else 'B'", 'B'],
    ['1 if inputs.off else 2 if inputs.empty else 3', 3],
    ['context.parts', ['a', 'b']],
    ['result.map.a', 1],
    ['result.nothing', null],
    ['result.absent', undefined],
    ['result.absent.deeper', undefined],
    ['campaign.x', undefined],
    ['result.text.length', undefined],
    ['context.parts.length', undefined],
    ['result.__proto__', undefined],
    ['result.constructor', undefined],
    ['result.map.toString', undefined],
    ['result.passed == constructor', false],
  ])('%s: %j', (source, value) => {
    expect(evaluated(source)).toEqual(value);
  });

  it('even if the scope has names as __proto__ of its own', () => {
    const result: unknown = JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}');
    expect(evaluate(expressionOf('result.__proto__.x'), { result }).value).toBe(1);
    expect(evaluate(expressionOf('result.x'), { result }).value).toBeUndefined();
    expect(evaluate(expressionOf('result.constructor'), { result }).value).toBe(2);
  });

  it.each([
    ['result.verdict | trim', 'GO'],
    ['result.text | upper', 'ABC'],
    ["'ÄB' | lower", 'äb'],
    ["' a \n\n b\r\n' | lines", ['a', 'b']],
    ["'a, b,,c ,' | csv", ['a', 'b', 'c']],
    ['context.parts | csv', ['a', 'b']],
    ['context.parts | lines', ['a', 'b']],
    ['result.absent | csv', []],
    [`'{"a": [1]}' | json`, { a: [1] }],
    ['result.map | json', { a: 1 }],
    ['context.parts | length', 2],
    ['result.map | length', 1],
    ['result.text | length', 3],
    ['result.absent | length', 0],
    ['context.parts | first', 'a'],
    ['context.parts | last', 'b'],
    ['context.none | first', undefined],
    ['result.text | last', 'abc'],
    ["'b, a' | csv | last | upper", 'A'],
  ])('of a filter: %s is %j', (source, value) => {
    expect(evaluated(source)).toEqual(value);
  });
});

describe('A diagnostic is returned beside the value', () => {
  const absent = { offset: 0, length: 13, message: '`result.absent` is not a decimal number here: > is false' };

  it.each([
    ['result.absent > 0', false, [absent]],
    ['not result.absent > 0', true, [{ ...absent, offset: 4 }]],
    ['0 <= (abc | upper)', false, [{ offset: 6, length: 11, message: expect.stringContaining('`abc | upper`') }]],
    ['result.passed < result.text', false, [{ offset: 0 }, { offset: 16 }]],
    [
      'result.text | json',
      null,
      [{ offset: 0, length: 18, message: expect.stringContaining('`result.text` is not JSON') }],
    ],
    ['result.text == 0', false, []],
    ['true or result.absent > 0', true, []],
    ['false and result.absent > 0', false, []],
    ['1 if true else result.absent > 0', 1, []],
  ])('of %s', (source, value, diagnostics) => {
    expect(evaluate(expressionOf(source), scope)).toMatchObject({ value, diagnostics });
  });

  it('for each expression of a template', () => {
    const template = templateOf(`\${{ result.text > 0 }} \${{ result.text < 0 }}`);
    expect(evaluate(template, scope)).toMatchObject({
      value: 'false false',
      diagnostics: [{ offset: 4 }, { offset: 27 }],
    });
  });

  it('that does not repeat a long expression', () => {
    const [diagnostic] = evaluate(expressionOf(`'${'x'.repeat(2_000)}' > 0`), {}).diagnostics;
    expect(diagnostic?.message.length).toBeLessThan(150);
  });
});

describe('A template is rendered', () => {
  it.each([
    [`\${{ context.parts }}`, ['a', 'b']],
    [`\${{result.n}}`, 3],
    [`\${{ result.absent }}`, undefined],
    [` \${{ context.parts }}`, ' ["a","b"]'],
    [`\${{ result.n }}\${{ result.passed }}`, '3true'],
    [`n=\${{ result.n }}, \${{ result.absent }}\${{ result.nothing }}.`, 'n=3, .'],
    [`\${{ result.verdict }}!`, ' GO\n!'],
    ['text', 'text'],
    ['', ''],
  ])('%j as %j', (source, value) => {
    expect(evaluate(templateOf(source), scope).value).toEqual(value);
  });
});
