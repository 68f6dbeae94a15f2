import type { ConfigSources } from '../../domain/early-settings.ts';
import { configKeys, configSections, findConfigKey } from '../../services/config/config-keys.ts';
import { readConfig } from '../../services/config/read-config.ts';
import { isSecretKey } from '../../services/config/validate-placement.ts';

export interface SettingReport {
  /** Dotted: `logging.level`. */
  readonly key: string;
  /** A secret that is set is the same row of stars for all. */
  readonly value: unknown;
  /** `file:line:col`, a variable's name, `flag <key>`, or `default`. */
  readonly origin: string;
}

export const secretMask = '********';

/**
 * The settings of a project and their origins, in the order of the schema.
 * @param name a key or a section; undefined for all
 * @throws AppError `invalid_input` for an unknown name, and for a bad configuration, naming the places
 */
export function reportConfig(sources: ConfigSources, name: string | undefined): readonly SettingReport[] {
  const keys = keysNamed(name);
  const { config, origins } = readConfig(sources);
  const values: Readonly<Record<string, Readonly<Record<string, unknown>>>> = config;
  return keys.map((key) => {
    const [section = '', last = ''] = key.split('.');
    const value = values[section]?.[last];
    const shown = isSecretKey(key) && value !== null ? secretMask : value;
    return { key, value: shown, origin: origins.get(key) ?? 'default' };
  });
}

function keysNamed(name: string | undefined): readonly string[] {
  if (name === undefined) return [...configKeys.keys()];
  const section = configSections.get(name);
  return section === undefined ? [findConfigKey(name).key] : [...section.values()].map(({ key }) => key);
}
