import { redactedMark } from './redact.ts';
import { kindOfKey } from './redact-key-names.ts';
import { showCommand } from './show-command.ts';

/**
 * The same line as `showCommand` makes, to be kept or shown: `[redacted]` stands for the word after an option whose name is that of a secret
 * (`--api-key VALUE`), and for what follows the `=` of such a name. Secrets that can be known by their value or shape are left to a `Redactor`.
 */
export function showCommandWithoutSecrets(words: readonly string[]): string {
  return words.map((word, at) => (namesSecret(words[at - 1]) ? redactedMark : showWord(word))).join(' ');
}

/**
 * Whether the value of an option with the name of a secret follows.
 * @param word the one before; a switch without a value cannot be told from an option with one
 */
export function namesSecret(word: string | undefined): boolean {
  const option = /^--?([^-=][^=]*)$/.exec(word ?? '')?.[1];
  return option !== undefined && isSecretName(option);
}

function showWord(word: string): string {
  const name = /^-{0,2}([\w.-]+)=/.exec(word);
  return name?.[1] !== undefined && isSecretName(name[1]) ? name[0] + redactedMark : showCommand([word]);
}

/** One token, not a count of them. */
const isSecretName = (name: string): boolean => kindOfKey(name) === 'secret' || /token$/i.test(name);
