import { earlySettingKeys } from '../../domain/early-settings.ts';
import { quote } from '../yaml/show-value.ts';
import { configKeys } from './config-keys.ts';
import type { LayerContext } from './layer.ts';

const looksSecret = /(^|[._-])(token|password|secret|api[_-]?key)$/i;

/** Whether a key, known or not, may stand in the secrets file only, and its value nowhere else. */
export const isSecretKey = (key: string): boolean => looksSecret.test(key);

/** The variables that other programs know a secret by. */
const foreignVariables: Readonly<Record<string, string>> = { 'github.token': 'GITHUB_TOKEN' };

/**
 * Says what is wrong with a key in this layer, whether the key exists or not; null where it may stand. The door never
 * reads the secrets file, so its keys may not stand there; secrets may stand nowhere else.
 */
export function validatePlacement(key: string, context: LayerContext): string | null {
  if (context.layer === 'secrets') {
    if (!Object.hasOwn(earlySettingKeys, key)) return null;
    return `${quote(key)} may not stand in the secrets file; expected secrets only; move it to ${context.projectFile}`;
  }
  if (!isSecretKey(key)) return null;
  return `${quote(key)} looks like a secret; expected in the secrets file only; ${hintFor(key, context)}`;
}

function hintFor(key: string, { layer, secretsFile }: LayerContext): string {
  if (!configKeys.has(key)) return `move it to ${secretsFile} (mode 0600)`;
  const command = `maitred config set ${key} -`;
  if (layer === 'user' || layer === 'project') return `remove it here and write it with: ${command}`;
  const variable = foreignVariables[key];
  return variable === undefined ? `write it with: ${command}` : `set ${variable} instead, or write it with: ${command}`;
}
