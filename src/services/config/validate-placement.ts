import { earlySettingKeys } from '../../domain/early-settings.ts';
import { isUserOnly } from '../../domain/user-only-settings.ts';
import { quote } from '../yaml/describe-value.ts';
import { configKeys } from './config-keys.ts';
import type { LayerContext } from './layer.ts';

const looksSecret = /(^|[._-])(token|password|secret|api[_-]?key)$/i;

/** Whether a key, known or not, may be set only in the secrets file, and its value shown nowhere. */
export const isSecretKey = (key: string): boolean => looksSecret.test(key);

/** The variables in which other programs look for the same secret. */
const foreignVariables: Readonly<Record<string, string>> = { 'github.token': 'GITHUB_TOKEN' };

/**
 * Says why a key, known or not, may not be set in this layer; null if it may. Secrets may be set only in the secrets file. Early settings
 * may not be set there, because the server answers its first requests without reading it.
 */
export function validatePlacement(key: string, context: LayerContext): string | null {
  if (context.layer === 'secrets') {
    if (!Object.hasOwn(earlySettingKeys, key)) return null;
    return `${quote(key)} may not be in the secrets file; expected secrets only; move it to ${context.projectFile}`;
  }
  if (!isSecretKey(key)) return null;
  return `${quote(key)} looks like a secret; expected in the secrets file only; ${hintFor(key, context)}`;
}

/**
 * Says why a setting does not count in this layer, where it is no fault; null if it counts. What moves the person's secrets or runs
 * programs as the person does not count in the files of a project, which a repository can bring. Secrets themselves count in the secrets
 * file: those of a stranger are not the person's.
 */
export function whyIgnored(key: string, { layer, userOnly }: LayerContext): string | null {
  const isOfProject = layer === 'project' || (layer === 'secrets' && !isSecretKey(key));
  if (!isOfProject || !isUserOnly(key, userOnly)) return null;
  return `${quote(key)} is ignored in a project's files; ${userOnlyHint(key)}`;
}

/** How a setting is set that counts only from the user's side. */
export const userOnlyHint = (key: string): string =>
  `it counts only from the user's configuration, the environment and flags; set it with: maitred config set ${key} VALUE --user`;

function hintFor(key: string, { layer, secretsFile }: LayerContext): string {
  if (!configKeys.has(key)) return `move it to ${secretsFile} (mode 0600)`;
  const command = `maitred config set ${key} -`;
  if (layer === 'user' || layer === 'project') return `remove it here and write it with: ${command}`;
  const variable = foreignVariables[key];
  return variable === undefined ? `write it with: ${command}` : `set ${variable} instead, or write it with: ${command}`;
}
