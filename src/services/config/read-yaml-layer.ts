import { isMap, isSeq, type Pair, type YAMLMap } from 'yaml';
import type { PlacedFault } from '../../domain/placed-fault.ts';
import { quote } from '../yaml/describe-value.ts';
import { parseYaml, type YamlText } from '../yaml/parse-yaml.ts';
import { isNothing, keyOf, nodeKind, pairsOf } from '../yaml/yaml-nodes.ts';
import { type ConfigKey, configSections, suggestKey, suggestSection } from './config-keys.ts';
import type { LayerContext, LayerName, LayerReading, Setting } from './layer.ts';
import { validatePlacement, whyIgnored } from './validate-placement.ts';
import { validateValue } from './validate-value.ts';

interface Walk {
  readonly yaml: YamlText;
  readonly context: LayerContext;
  readonly settings: Setting[];
  readonly faults: PlacedFault[];
  readonly warnings: PlacedFault[];
}

/** Reads the settings of a YAML file with sections of keys. An empty file or section sets nothing. */
export function readYamlLayer(text: string, path: string, context: LayerContext): LayerReading {
  const yaml = parseYaml(text, path);
  if ('faults' in yaml) return { settings: [], faults: yaml.faults, warnings: [] };
  const walk: Walk = { yaml, context, settings: [], faults: [], warnings: [] };
  const root = yaml.resolve(yaml.root);
  if (isMap(root)) {
    for (const { key, pair } of pairsIn(walk, root, 'the file')) readSection(walk, key, pair);
  } else if (!isNothing(root)) {
    const expected = `expected sections (${namesOf(configSections)}) with keys below them`;
    addFault(walk, root, `the file holds ${nodeKind(root)}; ${expected}; rewrite it`);
  }
  return walk;
}

function readSection(walk: Walk, name: string, pair: Pair): void {
  const keys = configSections.get(name);
  if (keys === undefined) {
    if (name !== 'version') readUnknownSection(walk, name, pair);
    return;
  }
  const section = walk.yaml.resolve(pair.value);
  if (isMap(section)) {
    for (const inner of pairsIn(walk, section, name)) readKey(walk, name, keys, inner.key, inner.pair);
  } else if (!isNothing(section)) {
    const message = `the section ${name} holds ${nodeKind(section)}; expected keys below it (${namesOf(keys)}); rewrite it`;
    addFault(walk, pair.value, message);
  }
}

/** A secret in an unknown section is still a secret in the wrong file. */
function readUnknownSection(walk: Walk, name: string, pair: Pair): void {
  const misplaced = validatePlacement(name, walk.context);
  addFault(walk, pair.key, misplaced ?? unknownSection(name, walk.context.layer));
  const section = walk.yaml.resolve(pair.value);
  if (!isMap(section)) return;
  for (const inner of section.items) {
    const innerMisplaced = validatePlacement(`${name}.${keyOf(inner)}`, walk.context);
    if (innerMisplaced !== null) addFault(walk, inner.key, innerMisplaced);
  }
}

function readKey(walk: Walk, section: string, keys: ReadonlyMap<string, ConfigKey>, name: string, pair: Pair): void {
  const key = `${section}.${name}`;
  const misplaced = validatePlacement(key, walk.context);
  const known = keys.get(name);
  const ignored = whyIgnored(key, walk.context);
  if (misplaced !== null) addFault(walk, pair.key, misplaced);
  else if (known === undefined) addFault(walk, pair.key, unknownKey(section, name, walk.context.layer));
  else if (ignored !== null) walk.warnings.push({ place: walk.yaml.placeOf(pair.key), message: ignored });
  else readValue(walk, known, pair);
}

function readValue({ context, faults, settings, yaml }: Walk, known: ConfigKey, pair: Pair): void {
  try {
    const value = yaml.plainValue(pair.value);
    const found = validateValue(known, value, context.layer);
    for (const { item, message } of found) {
      const wrong = item !== undefined && isSeq(pair.value) ? pair.value.items[item] : pair.value;
      faults.push({ place: yaml.placeOf(wrong ?? pair.key), message });
    }
    if (found.length === 0) settings.push({ key: known.key, value, place: yaml.placeOf(pair.key) });
  } catch {
    const message = `${known.key} holds aliases that have no target or grow too large; expected plain values; write them out`;
    faults.push({ place: yaml.placeOf(pair.value), message });
  }
}

const pairsIn = (walk: Walk, map: YAMLMap, where: string) =>
  pairsOf(map, (key, repeated, first) => {
    const fix = `remove this one or the first (${walk.yaml.placeOf(first.key)})`;
    const name = keyText(key, walk.context.layer);
    addFault(walk, repeated.key, `the key ${name} is repeated in ${where}; expected once; ${fix}`);
  });

function unknownSection(name: string, layer: LayerName): string {
  const hint = hintFor(suggestSection(name));
  return `unknown section ${keyText(name, layer)}; expected one of ${namesOf(configSections)}; ${hint}`;
}

function unknownKey(section: string, name: string, layer: LayerName): string {
  const expected = `expected one of ${namesOf(configSections.get(section) ?? new Map())}`;
  const suggested = suggestKey(`${section}.${name}`);
  const sibling = suggested?.startsWith(`${section}.`) ? suggested.slice(section.length + 1) : suggested;
  return `unknown key ${keyText(name, layer)} in ${section}; ${expected}; ${hintFor(sibling)}`;
}

function hintFor(suggested: string | undefined): string {
  if (suggested === undefined) return 'remove it';
  const [section = '', name] = suggested.split('.');
  return name === undefined
    ? `did you mean ${quote(suggested)}?`
    : `did you mean ${quote(name)} in the section ${quote(section)}?`;
}

/** A key for messages. In the secrets file a slip can turn a value into a key, so only plain words are shown. */
const keyText = (key: string, layer: LayerName) =>
  layer === 'secrets' && !/^[a-z_]{1,30}$/.test(key) ? '(not shown)' : quote(key);

const namesOf = (named: ReadonlyMap<string, unknown>) => [...named.keys()].join(', ');

function addFault(walk: Walk, node: unknown, message: string): void {
  walk.faults.push({ place: walk.yaml.placeOf(node), message });
}
