import { isMap, isSeq, type Pair, visit, type YAMLMap } from 'yaml';
import type { PlacedFault } from '../../domain/placed-fault.ts';
import { quote } from './describe-value.ts';
import { parseYaml, type YamlText } from './parse-yaml.ts';
import { keyOf, pairsOf } from './yaml-nodes.ts';

/** A YAML text as plain data, with the place of everything in it. */
export interface YamlData {
  /** null for a text without content. */
  readonly value: unknown;
  /** `file:line:col` of the value at a path of keys and indexes; of what is nearest above it, if there is none. */
  placeOf(path: readonly PropertyKey[]): string;
  /** The same of the key at the end of the path. */
  placeOfKey(path: readonly PropertyKey[]): string;
  /** The same of a character of the text at the path. */
  placeIn(path: readonly PropertyKey[], offset: number): string;
}

/** Reads a YAML text in which no key is repeated. */
export function readYamlData(text: string, path: string): YamlData | { readonly faults: readonly PlacedFault[] } {
  const yaml = parseYaml(text, path);
  if ('faults' in yaml) return yaml;
  const faults = repeatedKeys(yaml);
  if (faults.length > 0) return { faults };
  try {
    return {
      value: yaml.plainValue(yaml.root),
      placeOf: (at) => yaml.placeOf(nodesAt(yaml, at).at(-1)?.value),
      placeIn: (at, offset) => yaml.placeIn(yaml.resolve(nodesAt(yaml, at).at(-1)?.value), offset),
      placeOfKey(at) {
        const found = nodesAt(yaml, at).at(-1);
        return yaml.placeOf(found?.key ?? found?.value);
      },
    };
  } catch {
    const message = 'aliases have no target or grow too large; expected plain values; write them out';
    return { faults: [{ place: yaml.placeOf(yaml.root), message }] };
  }
}

function repeatedKeys(yaml: YamlText): readonly PlacedFault[] {
  const faults: PlacedFault[] = [];
  const report = (key: string, repeated: Pair, first: Pair) => {
    const fix = `remove this one or the first (${yaml.placeOf(first.key)})`;
    faults.push({
      place: yaml.placeOf(repeated.key),
      message: `the key ${quote(key)} is repeated; expected once; ${fix}`,
    });
  };
  const look = (map: YAMLMap) => {
    for (const _ of pairsOf(map, report));
  };
  if (isMap(yaml.root) || isSeq(yaml.root)) visit(yaml.root, { Map: (_key, map) => look(map) });
  return faults;
}

interface FoundNode {
  /** null for an item of a list. */
  readonly key: unknown;
  readonly value: unknown;
}

/** What is at each step of a path, as far as it exists. */
function nodesAt(yaml: YamlText, path: readonly PropertyKey[]): readonly FoundNode[] {
  const found: FoundNode[] = [{ key: null, value: yaml.root }];
  for (const step of path) {
    const node = yaml.resolve(found.at(-1)?.value);
    if (isMap(node)) {
      const pair = node.items.find((each) => keyOf(each) === step);
      if (pair === undefined) break;
      found.push({ key: pair.key, value: pair.value ?? pair.key });
    } else if (isSeq(node) && typeof step === 'number' && node.items[step] !== undefined)
      found.push({ key: null, value: node.items[step] });
    else break;
  }
  return found;
}
