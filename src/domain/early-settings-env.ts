import { earlySettingKeys } from './early-settings.ts';

/** The environment variable that sets a configuration key: `logging.level` is `MAITRED_LOGGING__LEVEL`. */
export function configEnvName(key: string): string {
  return `MAITRED_${key.replaceAll('.', '__').toUpperCase()}`;
}

/** The variables of the early settings, in the order of the keys. */
const earlyEnvNames: readonly string[] = Object.keys(earlySettingKeys).map(configEnvName);

/** The variables of the early settings that are set, even to an empty text, by name. */
export function earlyEnvValues(env: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const name of earlyEnvNames) {
    const value = env[name];
    if (value !== undefined) values[name] = value;
  }
  return values;
}
