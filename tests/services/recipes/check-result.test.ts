import { describe, expect, it } from 'vitest';
import { checkResult } from '../../../src/services/recipes/check-result.ts';

const deep = (levels: number) => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);

describe('the result of a step', () => {
  it.each([
    ['nothing is asked', {}, 5],
    ['a key is there', { required: ['verdict'] }, { verdict: null }],
    ['a type is one of several', { type: ['string', 'null'] }, null],
    ['a number is whole', { type: 'integer' }, 2],
    ['a key for lists has no list', { items: { type: 'string' }, minItems: 2 }, 'text'],
    ['a value is allowed, whatever the order of its keys', { enum: [{ a: 1, b: [2] }] }, { b: [2], a: 1 }],
    ['a pattern is found', { pattern: 'b+' }, 'abbc'],
    ['a text has as many characters', { maxLength: 1 }, '\u{1f600}'],
    ['one of several matches', { oneOf: [{ type: 'number' }, { const: 'x' }] }, 'x'],
    ['a key has the name of something else', { properties: { constructor: { type: 'number' } } }, {}],
  ])('is as it should be where %s', (_, schema, value) => {
    expect(checkResult(schema, value)).toBeNull();
  });

  it.each([
    [{ type: 'object', required: ['verdict'] }, {}, 'result.verdict is missing'],
    [{ required: ['__proto__'] }, {}, 'result.__proto__ is missing'],
    [{ properties: { n: { type: 'integer' } } }, { n: 1.5 }, 'result.n is number; expected integer'],
    [{ type: ['object', 'null'] }, [], 'result is array; expected object or null'],
    [{ properties: { a: { enum: ['GO', 1] } } }, { a: 'secret' }, 'result.a has another value; expected "GO" or 1'],
    [{ const: true }, false, 'result has another value; expected true'],
    [{ additionalProperties: false, properties: { a: {} } }, { a: 1, b: 2 }, 'result.b must not be there'],
    [{ additionalProperties: { type: 'string' } }, { b: 2 }, 'result.b is number; expected string'],
    [{ minProperties: 1 }, {}, 'result has 0 keys; expected at least 1'],
    [{ items: { required: ['a'] } }, [{ a: 1 }, {}], 'result[1].a is missing'],
    [{ maxItems: 1 }, [1, 2], 'result has 2 items; expected at most 1'],
    [{ uniqueItems: true }, [{ a: 1 }, { a: 1 }], 'result has an item twice'],
    [{ minLength: 3 }, 'ab', 'result has 2 characters; expected at least 3'],
    [{ pattern: '^GO$' }, 'x\nGO', 'result does not match "^GO$"'],
    [{ pattern: '^(a+)+$' }, `${'a'.repeat(40)}!`, 'result does not match "^(a+)+$"'],
    [{ minimum: 1 }, 0, 'result is too small; expected a number of at least 1'],
    [{ maximum: 1 }, 2, 'result is too large; expected a number of at most 1'],
    [{ exclusiveMinimum: 1 }, 1, 'result is too small; expected a number above 1'],
    [{ exclusiveMaximum: 1 }, 1, 'result is too large; expected a number below 1'],
    [{ allOf: [{ required: ['a'] }] }, {}, 'result.a is missing'],
    [{ anyOf: [{ type: 'null' }, { type: 'string' }] }, 1, 'result matches nothing of anyOf'],
    [{ oneOf: [{ type: 'integer' }, { type: 'number' }] }, 1, 'result matches more than one of oneOf'],
    [{ not: { type: 'string' } }, 'x', 'result matches what not excludes'],
    [{ type: 'array' }, deep(5_000), 'result is nested too deeply'],
    [{ type: 'strng' }, 1, 'the schema in returns cannot be read; maitred recipes check says why'],
  ])('is refused by %j', (schema, value, problem) => {
    expect(checkResult(schema, value)).toBe(problem);
  });
});
