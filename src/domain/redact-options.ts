import { isSecretName } from './show-command-without-secrets.ts';

// The word after an option, or the item after one in a list of JSON; the quotes perhaps escaped.
const optionWithValue =
  /(--?([a-z][\w-]{0,60})(?:\s{1,3}|\\{0,7}["'],\s{0,3}\\{0,7}["']))(\\{0,7}"(?:[^"\\]|\\+[^"\\])*|'[^']*'?|[^\s"'\\;&|<>-][^\s"'\\;&|<>]*)/gi;

/**
 * Replaces the values of options whose name is that of a secret, as in `--password VALUE`, in a text with commands. In a text for people the word
 * after such an option can be any: there, this hides too much.
 */
export const redactOptions = (text: string, mark: string): string =>
  text.replace(optionWithValue, (all: string, before: string, name: string, value: string) =>
    isSecretName(name) ? `${before}${/^\\*["']/.exec(value)?.[0] ?? ''}${mark}${value.endsWith("'") ? "'" : ''}` : all,
  );
