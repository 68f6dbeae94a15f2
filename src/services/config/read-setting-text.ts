import { splitCommand } from '../../domain/split-command.ts';
import { composeYaml } from '../yaml/compose-yaml.ts';
import type { TextForm } from './config-keys.ts';

/**
 * Reads the text of an environment variable or a flag. A list is `[a, b]` or `a,b`, and its items are strings; a command is
 * `[npm, test]` or `npm test`; a string stays as it is; anything else is a YAML scalar. A text that cannot be parsed is returned as it is,
 * for the schema to reject.
 */
export function readSettingText(text: string, form: TextForm): unknown {
  if (form === 'raw') return text;
  if (form === 'yaml') return readYaml(text, 'core');
  if (text.trimStart().startsWith('[')) return readYaml(text, 'failsafe');
  if (form === 'command') return readCommand(text);
  const items = text.split(',').map((item) => item.trim());
  return items.filter((item) => item !== '');
}

function readCommand(line: string): unknown {
  try {
    return line.trim() === '' ? [] : splitCommand(line);
  } catch {
    return line;
  }
}

function readYaml(text: string, schema: 'core' | 'failsafe'): unknown {
  try {
    const composed = composeYaml(text, schema);
    if ('tooDeepAt' in composed || composed.secondAt !== undefined) return text;
    const { document } = composed;
    return document.errors.length + document.warnings.length > 0 ? text : document.toJS({ maxAliasCount: 0 });
  } catch {
    return text;
  }
}
