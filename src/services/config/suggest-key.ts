import { nearestName } from '../yaml/nearest-name.ts';
import { configKeys, configSections } from './config-keys.ts';

function keyNamed(name: string): string | undefined {
  return [...configKeys.keys()].find((key) => key.endsWith(`.${name}`));
}

/** Bounds the work on a name that nobody typed by mistake. */
const longestName = 100;

/** The section that was probably meant, else the dotted key whose section was left out. */
export function suggestSection(name: string): string | undefined {
  if (name.length > longestName) return undefined;
  const folded = name.toLowerCase();
  if (configKeys.has(folded)) return folded;
  return nearestName(folded, configSections.keys()) ?? keyNamed(folded);
}

/** The dotted key that was probably meant: one of the same section first. */
export function suggestKey(key: string): string | undefined {
  if (key.length > longestName) return undefined;
  const folded = key.toLowerCase();
  const dot = folded.indexOf('.');
  const section = folded.slice(0, Math.max(dot, 0));
  const name = folded.slice(dot + 1);
  const known = configSections.get(section);
  const sibling = known && nearestName(name, known.keys());
  return sibling === undefined ? (nearestName(folded, configKeys.keys()) ?? keyNamed(name)) : `${section}.${sibling}`;
}
