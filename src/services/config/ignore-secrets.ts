import { configError } from './config-error.ts';
import { nodeConfigFiles } from './config-files.ts';
import { readFileText } from './read-file-text.ts';
import { replaceFile } from './replace-file.ts';
import { applyEdits, insertLines } from './text-edit.ts';

/** What git must never see: the secrets file, and what a killed process leaves of a new one. */
const secret = ['.secrets.yaml', '*.tmp'];
const temporary = 'temp/';

/**
 * Sees to it that git ignores the secrets file of a project's `.maitred` folder: makes its `.gitignore`, or adds the lines that are
 * missing.
 * @returns whether anything was written
 * @throws AppError `invalid_input` or `unavailable`, naming the file
 */
export async function ignoreSecrets(folder: string): Promise<boolean> {
  const path = `${folder}/.gitignore`;
  const reading = readFileText(path, nodeConfigFiles);
  if ('fault' in reading) throw configError([reading.fault]);
  const text = reading.text ?? '';
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const missing = reading.text === null ? [...secret, temporary] : secret.filter((pattern) => !ignores(lines, pattern));
  if (missing.length === 0) return false;
  await replaceFile(path, applyEdits(text, [insertLines(text, text.length, missing)]));
  return true;
}

/** Of lines that speak of the same files the last one counts. */
function ignores(lines: readonly string[], pattern: string): boolean {
  const names = [pattern, `/${pattern}`, '*'];
  return names.includes(lines.findLast((line) => names.includes(line.replace(/^!/, ''))) ?? '');
}
