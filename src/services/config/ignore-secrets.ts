import { existsSync } from 'node:fs';
import { configError } from './config-error.ts';
import { nodeConfigFiles } from './config-files.ts';
import { readFileText } from './read-file-text.ts';
import { replaceFile } from './replace-file.ts';
import { applyEdits, insertLines } from './text-edit.ts';

/** What git must not see of a project's `.maitred` folder. */
const ignored = ['.secrets.yaml', 'temp/'];

/**
 * Sees to it that git ignores the secrets file of a project's `.maitred` folder: makes its `.gitignore`, or adds the line where it is
 * missing.
 * @throws AppError `invalid_input` or `unavailable`, naming the file
 */
export async function ignoreSecrets(folder: string): Promise<void> {
  const path = `${folder}/.gitignore`;
  const reading = readFileText(path, nodeConfigFiles);
  if ('fault' in reading) throw configError([reading.fault]);
  const text = reading.text ?? '';
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const missing = existsSync(path) ? ignored.slice(0, 1) : ignored;
  const last = lines.findLast((line) => /^!?\/?(\.secrets\.yaml|\*)$/.test(line));
  if (last !== undefined && !last.startsWith('!')) return;
  await replaceFile(path, applyEdits(text, [insertLines(text, text.length, missing)]));
}
