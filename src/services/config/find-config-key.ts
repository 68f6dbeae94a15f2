import { AppError } from '../../domain/app-error.ts';
import { quote } from '../yaml/show-value.ts';
import { type ConfigKey, configKeys, configSections } from './config-keys.ts';
import { suggestKey, suggestSection } from './suggest-key.ts';

/**
 * The key of that name.
 * @throws AppError `invalid_input`, naming the key, or the section, that was probably meant
 */
export function findConfigKey(name: string): ConfigKey {
  const known = configKeys.get(name);
  if (known !== undefined) return known;
  const keys = configSections.get(name);
  if (keys !== undefined) {
    const [example] = keys.values();
    throw unknownKey(`${name} is a section; expected a key, such as ${example?.key}`);
  }
  const suggested = suggestKey(name) ?? suggestSection(name);
  const mend = suggested === undefined ? 'maitred config show lists them all' : `did you mean ${quote(suggested)}?`;
  throw unknownKey(`unknown key ${quote(name)}; ${mend}`);
}

const unknownKey = (message: string): AppError => new AppError('invalid_input', message);
