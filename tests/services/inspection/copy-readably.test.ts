import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/domain/inspection.ts';
import { createRedactor } from '../../../src/domain/redact.ts';
import { createReadableCopy, definitionLimits } from '../../../src/services/inspection/copy-readably.ts';

const secrets = new Set<string>();
const copy = createReadableCopy({ redact: createRedactor(secrets), secrets, standIn: () => null });
const of: (...what: Parameters<typeof copy.of>) => Json = (...what) => JSON.parse(copy.of(...what));

// biome-ignore lint/suspicious/noControlCharactersInRegex: the first and the last character of ASCII
const ascii = /^[\u0000-\u007e]*$/;

const longestText = 2_000;

class Oven {
  readonly heat = 220;
}

describe('A copy of a value that JSON cannot represent names it:', () => {
  it.each<[string, unknown, Json]>([
    ['a map', new Map([['a', 1]]), { $type: 'Map', size: 1, entries: [['a', 1]] }],
    ['a set', new Set(['a']), { $type: 'Set', size: 1, values: ['a'] }],
    ['a date', new Date(0), { $type: 'Date', value: '1970-01-01T00:00:00.000Z' }],
    ['a date that is none', new Date(Number.NaN), { $type: 'Date', value: null }],
    ['a big integer', 12n, { $type: 'BigInt', value: '12' }],
    ['no number', Number.NaN, { $type: 'Number', value: 'NaN' }],
    ['minus zero', -0, { $type: 'Number', value: '-0' }],
    ['nothing', [undefined], [{ $type: 'Undefined' }]],
    ['a function', function bake() {}, { $type: 'Function', type: 'bake' }],
    ['a symbol', Symbol('oven'), { $type: 'Symbol', value: 'oven' }],
    ['a pattern', /a+/g, { $type: 'RegExp', value: '/a+/g' }],
    ['an address', new URL('http://localhost/a'), { $type: 'URL', value: 'http://localhost/a' }],
    ['bytes', Buffer.from('abc'), { $type: 'Buffer', sizeBytes: 3 }],
    ['numbers in a row', new Float64Array(2), { $type: 'Float64Array', sizeBytes: 16 }],
    ['an instance', new Oven(), { $type: 'Object', class: 'Oven', size: 1, entries: { heat: 220 } }],
    ['what looks like a copy', { $type: 'Map' }, { $type: 'Object', size: 1, entries: { $type: 'Map' } }],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  ])('%s', (_, value, seen) => {
    expect(of(value)).toEqual(seen);
  });

  it('an error, with its code and its cause', () => {
    const error = Object.assign(new TypeError('no oven', { cause: new Error('no gas') }), { code: 'ENOGAS' });
    expect(of({ error })).toMatchObject({
      error: {
        $type: 'Error',
        name: 'TypeError',
        message: 'no oven',
        code: 'ENOGAS',
        cause: { $type: 'Error', message: 'no gas' },
        stack: expect.stringContaining('copy-readably.test.ts'),
      },
    });
  });

  it('a circle, and a getter that throws', () => {
    const circle: Record<string, unknown> = { a: 1 };
    circle.self = circle;
    Object.defineProperty(circle, 'broken', {
      enumerable: true,
      get() {
        throw new Error('no');
      },
    });
    expect(of(circle)).toEqual({ a: 1, self: { $type: 'Circular' }, broken: { $type: 'Unreadable' } });
    const refusing = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no');
        },
      },
    );
    expect(of({ refusing })).toEqual({ refusing: { $type: 'Unreadable' } });
  });

  it('an instance of a class that overrides everything', () => {
    class Calendar extends Date {
      override toISOString() {
        return 'the "first" of May';
      }
    }
    class Shelf extends Map {
      override get size(): never {
        return 'large' as never;
      }
    }
    expect(of(new Calendar(0))).toEqual({ $type: 'Date', value: 'the "first" of May' });
    expect(of(new Shelf())).toEqual({ $type: 'Map', size: 'large', entries: [] });
  });

  it('a name that would change the copy itself', () => {
    expect(copy.of(JSON.parse('{"__proto__":{"a":1}}'))).toBe('{"__proto__":{"a":1}}');
  });
});

describe('A copy of a value over the limits', () => {
  it('says how much there was', () => {
    const most = 100;
    const many = Array.from({ length: 10_000 }, (_, at) => at);
    expect(of(many)).toMatchObject({ $type: 'Array', length: 10_000, values: many.slice(0, most) });
    expect(of(new Set(many))).toMatchObject({ $type: 'Set', size: 10_000 });
    expect(of(Object.fromEntries(many.map((at) => [`key${at}`, at])))).toMatchObject({ $type: 'Object', size: 10_000 });
    expect(of('x'.repeat(1_000_000))).toEqual({
      $type: 'Text',
      length: 1_000_000,
      value: 'x'.repeat(longestText),
    });
    let deep: unknown = 'end';
    for (let depth = 0; depth < 10_000; depth += 1) deep = { deep };
    expect(copy.of(deep)).toContain('{"$type":"Deep"}');
  });

  it('is small, however wide and deep it is', () => {
    const wide = (depth: number): unknown =>
      depth === 0 ? 'x'.repeat(5_000) : Array.from({ length: 60 }, () => wide(depth - 1));
    expect(copy.of(wide(3)).length).toBeLessThan(2 * 49_152);
    expect(copy.of(wide(3), 'open', definitionLimits).length).toBeLessThan(2 * definitionLimits.characters);
  });

  it('is JSON in ASCII for anything, and never an error', () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withTypedArray: true,
          withNullPrototype: true,
          withSparseArray: true,
        }),
        (value) => {
          const seen = copy.of(value);
          JSON.parse(seen);
          expect(seen).toMatch(ascii);
        },
      ),
    );
  });
});

describe('A copy of a JSON value', () => {
  it('is the same value', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4, stringUnit: 'grapheme' }), (text) => {
        expect(of(JSON.parse(text))).toEqual(JSON.parse(text));
      }),
    );
  });
});

describe('A copy holds no secret', () => {
  const known = 'a-value-that-is-known';
  const token = 'ghp_0123456789abcdefghijABCDEFGHIJ';

  it('by the name of its key, by its shape, or by its value, also one that became known later', () => {
    const told = {
      password: 'hunter2hunter2',
      list: [token],
      [token]: 1,
      deep: new Map([['api_key', { a: 'hidden' }]]),
      symbols: new Map([[Symbol('api_key'), Symbol('hidden')]]),
      known,
    };
    expect(copy.of(told)).toContain(known);
    secrets.add(known);
    const seen = copy.of(told);
    for (const secret of ['hunter2hunter2', token, 'hidden', known]) expect(seen).not.toContain(secret);
  });

  it('in its keys, and no entry is lost where two keys become equal', () => {
    const other = token.replace('012', '210');
    expect(of({ '[redacted]': 0, [token]: 1, [other]: 2 })).toEqual({
      '[redacted]': 0,
      '[redacted] 2': 1,
      '[redacted] 3': 2,
    });
  });

  it('where a text is truncated in the middle of it', () => {
    for (let before = longestText - 40; before <= longestText; before += 1) {
      const seen = copy.of(`${'x '.repeat(before / 2)}${token}${' y'.repeat(50_000)}`);
      expect(seen).not.toContain(token.slice(0, 8));
    }
  });

  it('in a number, but a count of tokens is not a secret', () => {
    secrets.add('123456789012');
    expect(of({ a: 123_456_789_012, tokens: 12, secret: 12 })).toEqual({
      a: '[redacted]',
      tokens: 12,
      secret: '[redacted]',
    });
  });

  it('in a definition, where names of states and events are not keys', () => {
    const config = {
      context: { password: 'hunter2hunter2' },
      states: { token: { on: { SECRET: { target: 'secret' } } }, secret: { description: 'kept' } },
    };
    expect(of(config, 'node', definitionLimits)).toEqual({ ...config, context: { password: '[redacted]' } });
    expect(of({ token: 'asking' }, 'value')).toEqual({ token: 'asking' });
  });
});
