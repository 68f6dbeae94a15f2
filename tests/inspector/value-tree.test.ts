import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffJson, type ValueNode } from '../../inspector/model/diff-json.ts';
import { formatValue } from '../../inspector/model/format-value.ts';
import type { Json } from '../../src/domain/inspection.ts';
import { type CopyLimits, createReadableCopy } from '../../src/services/inspection/copy-readably.ts';

const anActor = JSON.stringify({ xstate$$type: 1, id: 'cook', sessionId: 'kitchen.x:3' });

const reader = createReadableCopy({
  redact: { text: (text) => text },
  secrets: new Set(),
  standIn: (instance) => (instance instanceof Actor ? anActor : null),
});

class Actor {}
class Plate {
  dish = 'soup';
}

/** Converts a value to its form on the wire. */
const sent = (value: unknown, limits?: CopyLimits): Json => JSON.parse(reader.of(value, 'open', limits)) as Json;

const few: CopyLimits = { depth: 2, entries: 2, nodes: 100, text: 3, characters: 1_000 };

describe('A value on one line', () => {
  it.each<[string, unknown]>([
    ['"soup"', 'soup'],
    ['3', 3],
    ['-0', -0],
    ['NaN', Number.NaN],
    ['12345678901234567890n', 12345678901234567890n],
    ['null', null],
    ['[]', []],
    ['{}', {}],
    ['[1, undefined]', [1, undefined]],
    ['{ a: 1, b: { c: [true] } }', { a: 1, b: { c: [true] } }],
    [
      'Map(2) { a: 1, { x: 1 }: 2 }',
      new Map<unknown, number>([
        ['a', 1],
        [{ x: 1 }, 2],
      ]),
    ],
    ['Set(1) [1]', new Set([1])],
    ['Plate { dish: "soup" }', new Plate()],
    ['2026-01-02T03:04:05.000Z', new Date('2026-01-02T03:04:05Z')],
    ['Invalid Date', new Date(Number.NaN)],
    ['TypeError: burnt', new TypeError('burnt')],
    ['Symbol(of)', Symbol('of')],
    ['/a+/u', /a+/u],
    ['function cook', function cook() {}],
    ['Uint8Array of 3 bytes', new Uint8Array(3)],
    ['actor cook (kitchen.x:3)', new Actor()],
  ])('reads %s', (shown, value) => {
    expect(formatValue(sent(value))).toBe(shown);
  });

  it('shows how much was truncated', () => {
    expect(formatValue(sent([1, 2, 3, 4], few))).toBe('Array(4, 2 shown) [1, 2]');
    expect(formatValue(sent({ a: 1, b: 2, c: 3 }, few))).toBe('Object(3, 2 shown) { a: 1, b: 2 }');
    expect(formatValue(sent('abcdef', few))).toBe('"abc"… (6 characters)');
    expect(formatValue(sent({ a: { b: { c: 1 } } }, few))).toBe('{ a: { b: too deep to be shown } }');
    expect(
      formatValue(
        sent(
          new Map([
            [1, 1],
            [2, 2],
            [3, 3],
          ]),
          few,
        ),
      ),
    ).toBe('Map(3, 2 shown) { 1: 1, 2: 2 }');
  });

  it('shows an object that only looks like a special value as an object', () => {
    expect(formatValue(sent({ $type: 'Map', entries: 'none' }))).toBe('{ $type: "Map", entries: "none" }');
    expect(formatValue({ $type: 'constructor' })).toBe('{ $type: "constructor" }');
    expect(formatValue(sent({ itself: circle() }))).toContain('circular');
  });

  it('is never longer than the limit', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 1, max: 100 }), (value, longest) => {
        expect(formatValue(value as Json, longest).length).toBeLessThanOrEqual(longest);
      }),
    );
  });
});

function circle(): object {
  const round: Record<string, unknown> = {};
  round.again = round;
  return round;
}

/** The changes in a tree, with their places. */
function changesOf(node: ValueNode, place = ''): string[] {
  const here =
    node.change === null || node.change === 'within'
      ? []
      : [`${place}: ${node.change} ${node.before ?? ''}→ ${node.summary}`];
  const within = node.change === 'added' || node.change === 'removed' ? [] : node.children;
  return [...here, ...within.flatMap((child) => changesOf(child, `${place}/${child.name}`))];
}

describe('Two contexts side by side', () => {
  it('show what was added, removed and changed, in place', () => {
    const before = sent({ dish: 'soup', guests: ['a', 'b'], seats: new Map([['one', 1]]), gone: { x: 1 } });
    const after = sent({ dish: 'fish', guests: ['a', 'b', 'c'], seats: new Map([['one', 2]]), come: [] });
    expect(changesOf(diffJson(before, after))).toEqual([
      '/dish: changed "soup"→ "fish"',
      '/guests/2: added → "c"',
      '/seats/one: changed 1→ 2',
      '/come: added → []',
      '/gone: removed → { x: 1 }',
    ]);
  });

  it('mark the ancestors of changes', () => {
    const tree = diffJson(sent({ a: { b: { c: 1 } }, d: { e: 1 } }), sent({ a: { b: { c: 2 } }, d: { e: 1 } }));
    expect(tree.change).toBe('within');
    expect(tree.children.map(({ name, change }) => [name, change])).toEqual([
      ['a', 'within'],
      ['d', null],
    ]);
  });

  it('show a value of a new kind as changed as a whole', () => {
    expect(changesOf(diffJson(sent({ a: [1] }), sent({ a: { x: 1 } })))).toEqual(['/a: changed [1]→ { x: 1 }']);
    expect(changesOf(diffJson(sent(new Error('a')), sent(null)))).toEqual([': changed Error: a→ null']);
  });

  it('show no change if they are equal', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(changesOf(diffJson(value as Json, JSON.parse(JSON.stringify(value)) as Json))).toEqual([]);
      }),
    );
  });

  it('show a change if they differ', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (before, after) => {
        const [one, other] = [JSON.stringify(before), JSON.stringify(after)];
        fc.pre(sortedText(before) !== sortedText(after));
        expect(changesOf(diffJson(JSON.parse(one) as Json, JSON.parse(other) as Json))).not.toEqual([]);
      }),
    );
  });
});

/** Ignores the order of members. */
const sortedText = (value: unknown): string =>
  JSON.stringify(value, (_, within: unknown) =>
    typeof within === 'object' && within !== null && !Array.isArray(within)
      ? Object.fromEntries(Object.entries(within).sort(([a], [b]) => (a < b ? -1 : 1)))
      : within,
  );
