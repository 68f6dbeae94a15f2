import { describe, expect, it } from 'vitest';
import { isMap, type YAMLMap } from 'yaml';
import { placedText } from '../../../src/domain/placed-fault.ts';
import { describeValue } from '../../../src/services/yaml/describe-value.ts';
import { parseYaml, type YamlText } from '../../../src/services/yaml/parse-yaml.ts';
import { readYamlData } from '../../../src/services/yaml/read-yaml-data.ts';
import { isNothing, nodeKind, pairsOf } from '../../../src/services/yaml/yaml-nodes.ts';

function parsed(text: string): YamlText & { readonly root: YAMLMap } {
  const yaml = parseYaml(text, 'a.yaml');
  if ('faults' in yaml || !isMap(yaml.root)) throw new Error(`not a mapping: ${text}`);
  return { ...yaml, root: yaml.root };
}

it('every node of a YAML text has its line and column', () => {
  const { root, placeOf } = parsed('steps:\n  test: [run]\n');
  const [steps] = root.items;
  expect([placeOf(steps?.key), placeOf(steps?.value), placeOf(null)]).toEqual([
    'a.yaml:1:1',
    'a.yaml:2:3',
    'a.yaml:1:1',
  ]);
});

it('an alias is resolved to its target', () => {
  const { root, resolve, plainValue } = parsed('a: &x { n: 1 }\nb: *x\nc: *y\n');
  expect(resolve(root.items[1]?.value)).toBe(root.items[0]?.value);
  expect(plainValue(root.items[1]?.value)).toEqual({ n: 1 });
  expect(resolve(root.items[2]?.value)).toBeUndefined();
  expect(() => plainValue(root.items[2]?.value)).toThrow();
});

it('a repeated key is reported with both places and left out', () => {
  const { root, placeOf } = parsed('a: 1\nb: 2\na: 3\n');
  const repeated: string[] = [];
  const pairs = [...pairsOf(root, (key, pair, first) => repeated.push(key, placeOf(pair.key), placeOf(first.key)))];
  expect(pairs.map(({ key, pair }) => `${key}: ${pair.value}`)).toEqual(['a: 1', 'b: 2']);
  expect(repeated).toEqual(['a', 'a.yaml:3:1', 'a.yaml:1:1']);
});

it('a message says what kind of node or value it found', () => {
  const kinds = parsed('a: {}\nb: []\nc: 1\nd:\n').root.items.map(({ value }) =>
    isNothing(value) ? '-' : nodeKind(value),
  );
  expect(kinds).toEqual(['a mapping', 'a list', 'a single value', '-']);
  expect([null, 'x\u001b', [1], {}, 5].map(describeValue)).toEqual(['empty', '"x\\u001b"', 'a list', 'a mapping', '5']);
});

describe('YAML as plain data', () => {
  const read = (text: string) => {
    const yaml = readYamlData(text, 'a.yaml');
    if ('faults' in yaml) throw new Error(yaml.faults.map(placedText).join('\n'));
    return yaml;
  };

  it('has the place of each value and key, and of what holds one that is missing', () => {
    const { value, placeOf, placeOfKey } = read('steps:\n  - run: ls\n  - &a { say: hi }\n  - *a\n');
    expect(value).toEqual({ steps: [{ run: 'ls' }, { say: 'hi' }, { say: 'hi' }] });
    expect([[], ['steps', 0, 'run'], ['steps', 2, 'say'], ['steps', 0, 'x'], ['steps', 7]].map(placeOf)).toEqual([
      'a.yaml:1:1',
      'a.yaml:2:10',
      'a.yaml:3:15',
      'a.yaml:2:5',
      'a.yaml:2:3',
    ]);
    expect(read('{ a }').placeOf(['a'])).toBe('a.yaml:1:3');
    expect([['steps'], ['steps', 0, 'run'], ['steps', 0, 'x']].map(placeOfKey)).toEqual([
      'a.yaml:1:1',
      'a.yaml:2:5',
      'a.yaml:2:5',
    ]);
  });

  it.each([
    ['a: xyz', 1, '1:5'],
    ['a: "xyz"', 3, '1:8'],
    ["a: 'it''s x'", 5, '1:11'],
    ['a: "say \\"x\\" y"', 8, '1:15'],
    ['a: one\n  two', 4, '2:3'],
    ['a: |\n  one\n    two', 8, '3:7'],
    ['a: >-\n  one\n\n  two', 4, '4:3'],
    ['a: "x\\ny z"', 4, '1:4'],
    ['a: 5', 0, '1:4'],
    ['b: &a xyz\na: *a', 1, '1:8'],
  ])('has the place of a character in a text: %j at %d', (text, offset, place) => {
    expect(read(text).placeIn(['a'], offset)).toBe(`a.yaml:${place}`);
  });

  it.each([
    [
      'a key twice',
      'a: 1\nb:\n  - { c: 1, c: 2 }\na: 2',
      [
        'a.yaml:4:1: the key "a" is repeated; expected once; remove this one or the first (a.yaml:1:1)',
        'a.yaml:3:13: the key "c" is repeated; expected once; remove this one or the first (a.yaml:3:7)',
      ],
    ],
    ['an alias without a target', 'a: *b', ['a.yaml:1:1: aliases have no target']],
    ['no YAML', 'a: [', ['a.yaml:1:5: wrong indentation']],
  ])('is refused with %s', (_, text, faults) => {
    const yaml = readYamlData(text, 'a.yaml');
    const found = 'faults' in yaml ? yaml.faults.map(placedText) : [];
    expect(found).toEqual(faults.map((fault) => expect.stringContaining(fault)));
  });
});
