import { isCollection, isMap, isNode, isScalar, isSeq, type Pair, type YAMLMap } from 'yaml';
import { yamlComments } from '../yaml/yaml-comments.ts';
import { isNothing } from '../yaml/yaml-nodes.ts';
import { editYamlList, removeLines, removeYamlList } from './edit-yaml-list.ts';
import { indentBefore, insertion, insertLines, lineEnd, type TextEdit } from './text-edit.ts';
import { yamlValueText } from './yaml-value-text.ts';

export interface YamlSetting {
  readonly section: string;
  readonly name: string;
}

/**
 * The edits that give a key a value in a YAML text; null if that would damage something else. The caller must parse the edited text and
 * check it: anchors, aliases and document marks can change what an edit means.
 * @param root the root of the parsed text
 */
export function editSetting(
  text: string,
  root: unknown,
  { section, name }: YamlSetting,
  value: unknown,
): readonly TextEdit[] | null {
  const entry = `${name}: ${yamlValueText(value)}`;
  if (isNothing(root)) return [...blank(text, root), insertLines(text, text.length, [`${section}:`, `  ${entry}`])];
  if (!isMap(root)) return null;
  const pair = findPair(root, section);
  if (pair === undefined) {
    if (root.flow) return insertIntoBraces(text, root, `${section}: { ${entry} }`);
    const indent = indentOf(text, root);
    if (indent === null) return null;
    return [insertLines(text, text.length, [`${indent}${section}:`, `${indent}${unitOf(text, root)}${entry}`])];
  }
  if (isNothing(pair.value)) {
    if (root.flow) return replaceValue(text, pair, `{ ${entry} }`);
    const indent = indentOf(text, root);
    const at = lineEnd(text, Math.max(colonOf(text, pair) + 1, endOf(pair.value)));
    if (indent === null) return null;
    return [...blank(text, pair.value), insertLines(text, at, [`${indent}${unitOf(text, root)}${entry}`])];
  }
  return isMap(pair.value) ? setInSection(text, pair.value, { name, value, entry }) : null;
}

/** A key that is set: its pair and that of its section, in their mappings. */
interface FoundSetting {
  readonly root: YAMLMap;
  readonly sectionPair: Pair;
  readonly keys: YAMLMap;
  readonly pair: Pair;
}

/** null if the key is not set. */
export function findSetting(root: unknown, { section, name }: YamlSetting): FoundSetting | null {
  const sectionPair = isMap(root) ? findPair(root, section) : undefined;
  const keys = sectionPair?.value;
  const pair = isMap(keys) ? findPair(keys, name) : undefined;
  if (!isMap(root) || sectionPair === undefined || !isMap(keys) || pair === undefined) return null;
  return { root, sectionPair, keys, pair };
}

/** The edits that remove a key, and its section if nothing else is in it; null if that is not possible or the key is not set. */
export function removeSetting(text: string, root: unknown, setting: YamlSetting): readonly TextEdit[] | null {
  const found = findSetting(root, setting);
  if (found === null) return null;
  const { keys, pair, sectionPair } = found;
  if (keys.items.length > 1) return removePair(text, keys, pair);
  if (keys.flow) {
    const hasComment = yamlComments(text).some((at) => at > startOf(keys) && at < endOf(keys));
    return hasComment ? removePair(text, keys, pair) : removePair(text, found.root, sectionPair);
  }
  const entry = removePair(text, keys, pair);
  const start = startOf(sectionPair.key);
  if (entry === null || indentBefore(text, start) === null) return entry;
  return [removeLines(text, start, colonOf(text, sectionPair) + 1), ...entry];
}

/** The edits that remove a section with all that is in it; null if that is not possible or there is none. */
export function removeSection(text: string, root: unknown, section: string): readonly TextEdit[] | null {
  const pair = isMap(root) ? findPair(root, section) : undefined;
  return isMap(root) && pair !== undefined ? removePair(text, root, pair) : null;
}

function removePair(text: string, map: YAMLMap, pair: Pair): readonly TextEdit[] | null {
  const [start, end] = [startOf(pair.key), endOfPair(text, pair)];
  if (!map.flow) return indentBefore(text, start) === null ? null : [removeLines(text, start, end)];
  const at = map.items.indexOf(pair);
  const [before, after] = [map.items[at - 1], map.items[at + 1]];
  if (before !== undefined) return [{ start: endOfPair(text, before), end, text: '' }];
  return [{ start, end: after === undefined ? end : startOf(after.key), text: '' }];
}

function setInSection(
  text: string,
  keys: YAMLMap,
  { name, value, entry }: { readonly name: string; readonly value: unknown; readonly entry: string },
): readonly TextEdit[] | null {
  const pair = findPair(keys, name);
  if (pair !== undefined) {
    const list = isSeq(pair.value) && Array.isArray(value) ? editYamlList(text, pair.value, value) : null;
    return list ?? replaceValue(text, pair, yamlValueText(value, pair.value));
  }
  if (keys.flow) return insertIntoBraces(text, keys, entry);
  const [indent, last] = [indentOf(text, keys), keys.items.at(-1)];
  if (indent === null || last === undefined) return null;
  return [insertLines(text, lineEnd(text, endOfPair(text, last)), [`${indent}${entry}`])];
}

/** A block list or mapping is replaced by a value on the line of its key; any other value is replaced in place. */
function replaceValue(text: string, pair: Pair, value: string): readonly TextEdit[] | null {
  const colon = colonOf(text, pair);
  const [start, end] = [startOf(pair.value), endOf(pair.value)];
  if (colon < 0) return null;
  if (start === end) return [insertion(colon + 1, ` ${value}`)];
  const lines = isSeq(pair.value) ? removeYamlList(text, pair.value) : null;
  if (lines !== null) return [insertion(colon + 1, ` ${value}`), ...lines];
  const isOnLines = isCollection(pair.value) && !pair.value.flow;
  const from = isOnLines ? colon + 1 : start;
  const to = end - (/\r?\n$/.exec(text.slice(start, end))?.[0].length ?? 0);
  if (yamlComments(text).some((at) => at >= from && at < to)) return null;
  return [{ start: from, end: to, text: isOnLines ? ` ${value}` : value }];
}

function insertIntoBraces(text: string, map: YAMLMap, entry: string): readonly TextEdit[] | null {
  const last = map.items.at(-1);
  if (last !== undefined) return [insertion(endOfPair(text, last), `, ${entry}`)];
  const [start, end] = [startOf(map), endOf(map)];
  return /^\{\s*\}$/.test(text.slice(start, end)) ? [{ start, end, text: `{ ${entry} }` }] : null;
}

/** Removes an explicit `null` or `~`. */
function blank(text: string, node: unknown): readonly TextEdit[] {
  const [start, end] = [startOf(node), endOf(node)];
  return text.slice(start, end) === '' ? [] : [{ start, end, text: '' }];
}

function findPair(map: YAMLMap, name: string): Pair | undefined {
  return map.items.find(({ key }) => isScalar(key) && key.value === name);
}

export const startOf = (node: unknown): number => (isNode(node) ? (node.range?.[0] ?? 0) : 0);

/** The end of the last value, without the comments after it. */
function endOf(node: unknown): number {
  const last = isCollection(node) && !node.flow ? node.items.at(-1) : undefined;
  if (isNode(last)) return endOf(last);
  if (last !== undefined) return Math.max(endOf((last as Pair).key), endOf((last as Pair).value));
  return isNode(node) ? (node.range?.[1] ?? 0) : 0;
}

export const endOfPair = (text: string, pair: Pair): number =>
  isNothing(pair.value) && startOf(pair.value) === endOf(pair.value)
    ? Math.max(colonOf(text, pair) + 1, endOf(pair.key))
    : endOf(pair.value);

/** The offset of a pair's colon; -1 if it has none. */
function colonOf(text: string, { key }: Pair): number {
  const found = /^\s*:/.exec(text.slice(endOf(key)));
  return found === null ? -1 : endOf(key) + found[0].length - 1;
}

const indentOf = (text: string, map: YAMLMap): string | null => indentBefore(text, startOf(map.items[0]?.key));

/** The file's own indentation step: from a section's name to its keys. */
function unitOf(text: string, root: YAMLMap): string {
  for (const { value } of root.items) {
    if (!isMap(value) || value.flow) continue;
    const [outer, inner] = [indentOf(text, root), indentOf(text, value)];
    if (outer !== null && inner !== null && inner.length > outer.length) return inner.slice(outer.length);
  }
  return '  ';
}
