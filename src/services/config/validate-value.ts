import { showValue } from '../yaml/show-value.ts';
import type { ConfigKey } from './config-keys.ts';
import type { LayerName } from './layer.ts';
import { isSecretKey } from './validate-placement.ts';

export interface ValueFault {
  readonly message: string;
  /** The position in a list of the item that is wrong. */
  readonly item?: number;
}

const mends: Readonly<Record<LayerName | 'command', string>> = {
  user: 'change it, or remove the line for the default',
  project: 'change it, or remove the line for the default',
  secrets: 'change it, or remove the line for the default',
  environment: 'change the variable or unset it',
  flags: 'change the flag or leave it out',
  command: 'give another value',
};

/**
 * Says what is wrong with a value; one fault for the value or for each item of a list. Values of secrets are not shown.
 * @param source the layer that the value stands in, or the command that would write it
 */
export function validateValue(
  { key, schema }: ConfigKey,
  value: unknown,
  source: LayerName | 'command',
): readonly ValueFault[] {
  const judged = schema.safeParse(value);
  if (judged.success) return [];
  return judged.error.issues.map(({ path, message }) => {
    const [item] = path;
    const isItem = typeof item === 'number' && Array.isArray(value);
    const found = isItem ? value[item] : value;
    const name = isItem ? `${key}[${item}]` : key;
    const shown = source === 'secrets' || isSecretKey(key) ? 'is not what it must be' : `is ${showValue(found)}`;
    const fault = { message: `${name} ${shown}; expected ${message}; ${mends[source]}` };
    return isItem ? { ...fault, item } : fault;
  });
}
