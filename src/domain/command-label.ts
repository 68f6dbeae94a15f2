import { basename } from 'node:path';
import type { ProcessSpec } from './child-process.ts';
import { showCommandWithoutSecrets, withoutSecret } from './show-command-without-secrets.ts';

const shells = /^(?:ba|da|z|k)?sh$/;
const scriptWord = /(?:"(?:[^"\\]|\\[\s\S])*"|'[^']*'|\\[\s\S]|[^\s"'\\])+|["'\\]/g;

/**
 * A command as a person would type it, for people: `npm test`, also for `bash -c 'npm test'`. Values of options and variables with the name of a
 * secret are redacted. Secrets that can be known by their value or shape are left to a `Redactor`.
 */
export function commandLabel({ file, args }: Pick<ProcessSpec, 'file' | 'args'>): string {
  const program = basename(file);
  const [option, script] = args;
  if (!shells.test(program) || option !== '-c' || script === undefined)
    return showCommandWithoutSecrets([program, ...args]);
  let before: string | undefined;
  return script.trim().replace(scriptWord, (word) => {
    const shown = withoutSecret(word, before) ?? word;
    before = word;
    return shown;
  });
}
