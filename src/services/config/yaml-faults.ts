import { isMap, isSeq } from 'yaml';
import { quote } from '../yaml/show-value.ts';
import { configSections } from './config-keys.ts';
import type { LayerName } from './layer.ts';
import { suggestKey, suggestSection } from './suggest-key.ts';

/** A key as a message shows it. In the secrets file a slip can make a key of a value, so only plain words are shown. */
export function nameKey(name: string, layer: LayerName): string {
  return layer === 'secrets' && !/^[a-z_]{1,30}$/.test(name) ? 'a key that is not shown' : quote(name);
}

export function nodeKind(node: unknown): string {
  if (isMap(node)) return 'a mapping';
  return isSeq(node) ? 'a list' : 'a single value';
}

export function unknownSection(name: string, layer: LayerName): string {
  const expected = `expected one of ${[...configSections.keys()].join(', ')}`;
  return `unknown section ${nameKey(name, layer)}; ${expected}; ${hintFor(suggestSection(name))}`;
}

export function unknownKey(section: string, name: string, layer: LayerName): string {
  const expected = `expected one of ${[...(configSections.get(section)?.keys() ?? [])].join(', ')}`;
  const suggested = suggestKey(`${section}.${name}`);
  const sibling = suggested?.startsWith(`${section}.`) ? suggested.slice(section.length + 1) : suggested;
  return `unknown key ${nameKey(name, layer)} in ${section}; ${expected}; ${hintFor(sibling)}`;
}

function hintFor(suggested: string | undefined): string {
  if (suggested === undefined) return 'remove it';
  const [section, name] = suggested.split('.');
  return name === undefined
    ? `did you mean ${quote(suggested)}?`
    : `did you mean ${quote(name)} below the section ${quote(section ?? '')}?`;
}
