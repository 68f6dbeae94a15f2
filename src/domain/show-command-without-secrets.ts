import { redactedMark } from './redact.ts';
import { kindOfKey } from './redact-key-names.ts';
import { showCommand } from './show-command.ts';

/**
 * The same line as `showCommand` makes, to be kept or shown: `[redacted]` stands for the word after an option whose name is that of a secret
 * (`--api-key VALUE`), and for what follows the `=` of such a name. Secrets that can be known by their value or shape are left to a `Redactor`.
 */
export function showCommandWithoutSecrets(words: readonly string[]): string {
  return words.map((word, at) => withoutSecret(word, words[at - 1]) ?? showCommand([word])).join(' ');
}

/**
 * A word in which `[redacted]` stands for the value of an option or variable with the name of a secret; null: it has none.
 * @param before the word before; a switch without a value cannot be told from an option with one
 */
export function withoutSecret(word: string, before: string | undefined): string | null {
  if (namesSecret(before)) return redactedMark;
  const name = /^-{0,2}([\w.-]+)=/.exec(word);
  return name?.[1] !== undefined && isSecretName(name[1]) ? name[0] + redactedMark : null;
}

function namesSecret(word: string | undefined): boolean {
  const option = /^--?([^-=][^=]*)$/.exec(word ?? '')?.[1];
  return option !== undefined && isSecretName(option);
}

/** Whether an option or variable with this name has a secret. One token, not a count of them. */
export const isSecretName = (name: string): boolean => kindOfKey(name) === 'secret' || /token$/i.test(name);
