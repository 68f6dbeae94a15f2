import { isAlias, isMap, isScalar, isSeq, type Pair, type YAMLMap } from 'yaml';
import { isNothing } from '../yaml/is-nothing.ts';
import { parseYaml, plainValue, type YamlText } from '../yaml/parse-yaml.ts';
import { type ConfigKey, configSections } from './config-keys.ts';
import type { LayerContext, LayerReading, PlacedFault, Setting } from './layer.ts';
import { validatePlacement } from './validate-placement.ts';
import { validateValue } from './validate-value.ts';
import { nameKey, nodeKind, unknownKey, unknownSection } from './yaml-faults.ts';

interface Walk {
  readonly yaml: YamlText;
  readonly context: LayerContext;
  readonly settings: Setting[];
  readonly faults: PlacedFault[];
}

/** The settings of a YAML file with sections of keys. An empty file or section says nothing. */
export function readYamlLayer(text: string, path: string, context: LayerContext): LayerReading {
  const yaml = parseYaml(text, path);
  if ('faults' in yaml) return { settings: [], faults: yaml.faults };
  const walk: Walk = { yaml, context, settings: [], faults: [] };
  const root = follow(walk, yaml.document.contents);
  if (isMap(root)) {
    for (const { name, pair } of pairsOf(walk, root, 'the file')) readSection(walk, name, pair);
  } else if (!isNothing(root)) {
    const sections = [...configSections.keys()].join(', ');
    blame(
      walk,
      root,
      `the file holds ${nodeKind(root)}; expected sections (${sections}) with keys below; rewrite it so`,
    );
  }
  return walk;
}

function readSection(walk: Walk, name: string, pair: Pair): void {
  const keys = configSections.get(name);
  if (keys === undefined) {
    if (name !== 'version') readUnknownSection(walk, name, pair);
    return;
  }
  const section = follow(walk, pair.value);
  if (isMap(section)) {
    for (const inner of pairsOf(walk, section, name)) readKey(walk, name, keys, inner.name, inner.pair);
  } else if (!isNothing(section)) {
    const message = `the section ${name} holds ${nodeKind(section)}; expected keys below it (${[...keys.keys()].join(', ')}); rewrite it so`;
    blame(walk, pair.value, message);
  }
}

/** A secret in a section that does not exist is still a secret in the wrong file. */
function readUnknownSection(walk: Walk, name: string, pair: Pair): void {
  const misplaced = validatePlacement(name, walk.context);
  blame(walk, pair.key, misplaced ?? unknownSection(name, walk.context.layer));
  const section = follow(walk, pair.value);
  if (!isMap(section)) return;
  for (const inner of section.items) {
    const innerMisplaced = validatePlacement(`${name}.${textOfKey(inner)}`, walk.context);
    if (innerMisplaced !== null) blame(walk, inner.key, innerMisplaced);
  }
}

function readKey(walk: Walk, section: string, keys: ReadonlyMap<string, ConfigKey>, name: string, pair: Pair): void {
  const misplaced = validatePlacement(`${section}.${name}`, walk.context);
  const known = keys.get(name);
  if (misplaced !== null) blame(walk, pair.key, misplaced);
  else if (known === undefined) blame(walk, pair.key, unknownKey(section, name, walk.context.layer));
  else readValue(walk, known, pair);
}

function readValue({ context, faults, settings, yaml }: Walk, known: ConfigKey, pair: Pair): void {
  try {
    const value = plainValue(pair.value, yaml.document);
    const found = validateValue(known, value, context.layer);
    for (const { item, message } of found) {
      const wrong = item !== undefined && isSeq(pair.value) ? pair.value.items[item] : pair.value;
      faults.push({ place: yaml.placeOf(wrong ?? pair.key), message });
    }
    if (found.length === 0) settings.push({ key: known.key, value, place: yaml.placeOf(pair.key) });
  } catch {
    const message = `the aliases of ${known.key} point nowhere or grow too large; expected plain values; write them out`;
    faults.push({ place: yaml.placeOf(pair.value), message });
  }
}

/** The pairs of a mapping; a key that stands again is a fault and is left out. */
function* pairsOf(walk: Walk, map: YAMLMap, where: string): Generator<{ readonly name: string; readonly pair: Pair }> {
  const first = new Map<string, Pair>();
  for (const pair of map.items) {
    const name = textOfKey(pair);
    const earlier = first.get(name);
    if (earlier === undefined) {
      first.set(name, pair);
      yield { name, pair };
    } else {
      const place = walk.yaml.placeOf(earlier.key);
      const mend = `remove this one or the first (${place})`;
      blame(walk, pair.key, `${nameKey(name, walk.context.layer)} stands again in ${where}; expected once; ${mend}`);
    }
  }
}

function blame(walk: Walk, node: unknown, message: string): void {
  walk.faults.push({ place: walk.yaml.placeOf(node), message });
}

const textOfKey = (pair: Pair): string => (isScalar(pair.key) ? String(pair.key.value) : '');

const follow = (walk: Walk, node: unknown): unknown => (isAlias(node) ? node.resolve(walk.yaml.document) : node);
