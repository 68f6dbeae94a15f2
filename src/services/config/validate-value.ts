import { toFault } from '../../domain/app-error.ts';
import { splitCommand } from '../../domain/split-command.ts';
import { describeValue } from '../yaml/describe-value.ts';
import type { ConfigKey } from './config-keys.ts';
import type { LayerName } from './layer.ts';
import { isSecretKey } from './validate-placement.ts';

export interface ValueFault {
  readonly message: string;
  /** The index of the wrong item in a list. */
  readonly item?: number;
}

const fixes: Readonly<Record<LayerName | 'command', string>> = {
  user: 'change it, or remove the line to use the default',
  project: 'change it, or remove the line to use the default',
  secrets: 'change it, or remove the line to use the default',
  environment: 'change the variable or unset it',
  flags: 'change the flag or leave it out',
  command: 'give another value',
};

/**
 * Validates a value: one fault for the value, or one for each wrong item of a list. Secret values are not shown.
 * @param source the layer that sets the value, or the command that would write it
 */
export function validateValue(
  { key, schema, textForm }: ConfigKey,
  value: unknown,
  source: LayerName | 'command',
): readonly ValueFault[] {
  const parsed = schema.safeParse(value);
  if (parsed.success) return [];
  const flaw = textForm === 'command' && typeof value === 'string' ? flawOfLine(value) : null;
  if (flaw !== null) return [{ message: `${key}: ${flaw}` }];
  return parsed.error.issues.map(({ path, message }) => {
    const [item] = path;
    const isItem = typeof item === 'number' && Array.isArray(value);
    const found = isItem ? value[item] : value;
    const name = isItem ? `${key}[${item}]` : key;
    const shown = source === 'secrets' || isSecretKey(key) ? 'is not valid' : `is ${describeValue(found)}`;
    const fault = { message: `${name} ${shown}; expected ${message}; ${fixes[source]}` };
    return isItem ? { ...fault, item } : fault;
  });
}

/** Why a command on one line cannot be split into words; null if it can. */
function flawOfLine(line: string): string | null {
  try {
    splitCommand(line);
    return null;
  } catch (thrown) {
    return toFault(thrown).message;
  }
}
