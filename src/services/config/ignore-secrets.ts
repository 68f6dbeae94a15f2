import { placedFaultsError } from '../../domain/placed-fault.ts';
import { replaceFile } from '../platform/files.ts';
import { readTextFile } from '../yaml/read-text-file.ts';
import { applyEdits, insertLines } from './text-edit.ts';

/** What git must never track: the secrets file, and the unfinished copy that a killed process leaves. */
const secret = ['.secrets.yaml', '*.tmp'];
const temporary = 'temp/';

/**
 * Makes git ignore the secrets file in a project's `.maitred` folder: writes its `.gitignore`, or adds the missing lines.
 * @returns whether anything was written
 * @throws AppError `invalid_input` or `unavailable`, naming the file
 */
export async function ignoreSecrets(folder: string): Promise<boolean> {
  const path = `${folder}/.gitignore`;
  const reading = readTextFile(path);
  if ('fault' in reading) throw placedFaultsError([reading.fault]);
  const text = reading.text ?? '';
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const missing = reading.text === null ? [...secret, temporary] : secret.filter((pattern) => !ignores(lines, pattern));
  if (missing.length === 0) return false;
  await replaceFile(path, applyEdits(text, [insertLines(text, text.length, missing)]));
  return true;
}

/** Of several lines about the same files, the last one counts. */
function ignores(lines: readonly string[], pattern: string): boolean {
  const names = [pattern, `/${pattern}`, '*'];
  return names.includes(lines.findLast((line) => names.includes(line.replace(/^!/, ''))) ?? '');
}
