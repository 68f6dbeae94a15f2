import { doorKeys } from '../../domain/door-settings.ts';
import type { LayerContext } from './layer.ts';
import { quote } from './show-value.ts';

const looksSecret = /(^|[._-])(token|password|secret|api[_-]?key)$/i;

/**
 * Says what is wrong with a key in this layer, whether the key exists or not; null where it may stand. The door never
 * reads the secrets file, so its keys may not stand there; secrets may stand nowhere else.
 */
export function judgePlacement(key: string, context: LayerContext): string | null {
  if (context.layer === 'secrets') {
    if (!Object.hasOwn(doorKeys, key)) return null;
    return `${quote(key)} may not stand in the secrets file; expected secrets only; move it to ${context.projectFile}`;
  }
  if (!looksSecret.test(key)) return null;
  return `${quote(key)} looks like a secret; expected in the secrets file only; move it to ${context.secretsFile} (mode 0600)`;
}
