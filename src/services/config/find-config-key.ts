import { AppError } from '../../domain/app-error.ts';
import { quote } from '../yaml/describe-value.ts';
import { nearestName } from '../yaml/nearest-name.ts';
import { type ConfigKey, configKeys, configSections } from './config-keys.ts';

/**
 * The key of that name.
 * @throws AppError `invalid_input`, with the key or section that was probably meant
 */
export function findConfigKey(name: string): ConfigKey {
  const known = configKeys.get(name);
  if (known !== undefined) return known;
  const keys = configSections.get(name);
  if (keys !== undefined) {
    const [example] = keys.values();
    throw new AppError('invalid_input', `${quote(name)} is a section; give a key, such as ${example?.key}`);
  }
  const suggested = suggestKey(name) ?? suggestSection(name);
  const hint = suggested === undefined ? 'maitred config show lists the keys' : `did you mean ${quote(suggested)}?`;
  throw new AppError('invalid_input', `unknown key ${quote(name)}; ${hint}`);
}

/** The section that was probably meant, else the dotted key whose section was left out. */
export function suggestSection(name: string): string | undefined {
  const folded = name.toLowerCase();
  if (configKeys.has(folded)) return folded;
  return nearestName(folded, configSections.keys()) ?? keyEndingIn(folded);
}

/** The dotted key that was probably meant, preferably of the same section. */
export function suggestKey(key: string): string | undefined {
  const folded = key.toLowerCase();
  const dot = folded.indexOf('.');
  const section = folded.slice(0, Math.max(dot, 0));
  const name = folded.slice(dot + 1);
  const known = configSections.get(section);
  const sibling = known && nearestName(name, known.keys());
  if (sibling !== undefined) return `${section}.${sibling}`;
  return nearestName(folded, configKeys.keys()) ?? keyEndingIn(name);
}

const keyEndingIn = (name: string) => [...configKeys.keys()].find((key) => key.endsWith(`.${name}`));
