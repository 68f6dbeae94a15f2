import { isJsonObject, type JsonObject } from '../../domain/json-object.ts';
import { type Redactor, redactedMark } from '../../domain/redact.ts';
import { redactOptions } from '../../domain/redact-options.ts';
import { withoutSecret } from '../../domain/show-command-without-secrets.ts';

/* What a scenario has instead of arguments with secrets. Arguments of a replay are compared after the same. Both leave what they made as it is. */

/** The arguments of a program: without secrets by value and shape, and without values of options and variables that are named like a secret. */
export const recordedWords = (words: readonly string[], redact: Redactor): readonly string[] =>
  words.map((word, at) => withoutSecret(word, words[at - 1]) ?? redactCommand(redact.text(word)));

/** The arguments of a call: the same, also by the names of keys. A call without arguments has none. */
export const recordedArguments = (args: unknown, redact: Redactor): JsonObject =>
  isJsonObject(args) ? (mapTexts(redact.value(args), redactCommand) as JsonObject) : {};

const redactCommand = (text: string): string => redactOptions(text, redactedMark);

/** The same value with other texts; keys stay as they are. */
export function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapTexts(inner, change)]));
}
