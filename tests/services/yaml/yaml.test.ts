import { expect, it } from 'vitest';
import { isMap, type YAMLMap } from 'yaml';
import { describeValue } from '../../../src/services/yaml/describe-value.ts';
import { parseYaml, type YamlText } from '../../../src/services/yaml/parse-yaml.ts';
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
