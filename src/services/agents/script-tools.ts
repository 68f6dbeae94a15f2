import { readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { shortenText } from '../../domain/shorten-texts.ts';
import { makeFolderSync } from '../platform/make-folder.ts';
import type { CommandOutcome } from '../platform/process/run-command.ts';

/** What a call of a tool gives the model. */
export interface ToolOutput {
  readonly isError: boolean;
  readonly text: string;
}

const mostOutputCharacters = 30_000;

/** Makes missing folders. Throws Node's own errors. */
export function writeFile(path: string, text: string): ToolOutput {
  makeFolderSync(dirname(path), 0o777);
  writeFileSync(path, text);
  return { isError: false, text: `Wrote ${path}` };
}

/** Replaces the first place where the old text stands. Throws Node's own errors. */
export function editFile(path: string, old: string, text: string): ToolOutput {
  const before = readFileSync(path, 'utf8');
  if (!before.includes(old)) return { isError: true, text: `${path} does not contain the text to replace` };
  writeFileSync(
    path,
    before.replace(old, () => text),
  );
  return { isError: false, text: `Edited ${path}` };
}

/** The output of a command; a failed one begins with how it ended. */
export function commandOutput({ exitCode, stdout, stderr, timedOut }: CommandOutcome): ToolOutput {
  const output = shortenText(stdout + stderr, mostOutputCharacters);
  if (exitCode === 0) return { isError: false, text: output };
  const ending = timedOut ? 'Timed out' : exitCode === null ? 'Ended by a signal' : `Exit code ${exitCode}`;
  return { isError: true, text: `${ending}\n${output}` };
}
