import type { JsonObject } from '../../domain/json-object.ts';
import { isJsonObject } from '../../domain/json-object.ts';
import { type Redactor, redactedMark } from '../../domain/redact.ts';
import { redactKnownValues } from '../../domain/redact-known-values.ts';
import { recordedArguments, recordedWords } from './recorded-arguments.ts';

/** What a program got from its call. */
export interface GivenTexts {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Replaces secrets in what a program got and wrote: those of the redactor, and those that are redacted in its arguments, its variables and the arguments of its call
 * because of the names before them, as in `--token VALUE`. No name is before them when the program prints them. Of these, a value without a digit is kept: it is
 * more often a word of a program than a secret.
 */
export function redactContentsOf(
  { args, env }: GivenTexts,
  callArgs: unknown,
  redact: Redactor,
): (text: string) => string {
  const values = new Set<string>();
  collect(args, recordedWords(args, redact), values);
  collect(env, redact.value(env), values);
  collect(callArgs, recordedArguments(callArgs, redact), values);
  const redactValues = redactKnownValues(values, redactedMark);
  return (text) => redactValues(redact.text(text));
}

/** Collects what marks have replaced in texts. */
function collect(value: unknown, redacted: unknown, values: Set<string>): void {
  if (typeof value === 'string' && typeof redacted === 'string') {
    for (const hidden of hiddenIn(value, redacted))
      if (/\d/.test(hidden) && !hidden.startsWith('$')) values.add(hidden);
  } else if (Array.isArray(value) && Array.isArray(redacted)) {
    for (const [at, item] of value.entries()) collect(item, redacted[at], values);
  } else if (isJsonObject(value) && isJsonObject(redacted)) {
    for (const [key, item] of Object.entries(value)) collect(item, (redacted as JsonObject)[key], values);
  }
}

/** The parts of a text between those that are left of it. */
function* hiddenIn(text: string, redacted: string): Generator<string, void> {
  const [first = '', ...rest] = redacted.split(redactedMark);
  let from = first.length;
  for (const [index, part] of rest.entries()) {
    const isLast = index === rest.length - 1;
    const end = isLast ? text.length - part.length : text.indexOf(part, from);
    if (end < from) return;
    const quoted = text.slice(from, end);
    yield quoted.replace(/^\\*["']|["']$/g, '');
    from = end + part.length;
  }
}
