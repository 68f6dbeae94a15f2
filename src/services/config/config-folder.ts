import { placedFaultsError } from '../../domain/placed-fault.ts';
import { replaceFile, writeFileAtomically } from '../platform/files.ts';
import { readTextFile } from '../yaml/read-text-file.ts';
import { configJsonSchemaText } from './config-json-schema.ts';
import type { FileLayerName } from './layer.ts';
import { applyEdits, insertLines } from './text-edit.ts';

/** The JSON Schema beside a configuration file, for editors. */
export const configSchemaFileName = 'config.schema.json';

const schemaLine = `# yaml-language-server: $schema=${configSchemaFileName}`;
const secretsLine = '# The secrets of maitred. Keep this file private (mode 0600), and out of every repository.';

/** The first line of a configuration file that maitred makes, with its line break. It leads editors to the schema. */
export function newConfigHeader(layer: FileLayerName): string {
  return `${layer === 'secrets' ? secretsLine : schemaLine}\n`;
}

/**
 * Writes the JSON Schema into the folder of a configuration file whose first line names it, if it is missing or of another version.
 * @param text the content of the configuration file, now or after the next write
 * @returns null if the first line does not name the schema
 * @throws AppError `unavailable`, naming the schema's file
 */
export async function keepSchemaBeside(folder: string, text: string): Promise<'written' | 'kept' | null> {
  if (text.split(/\r?\n/, 1)[0] !== schemaLine) return null;
  const path = `${folder}/${configSchemaFileName}`;
  const schema = configJsonSchemaText();
  const reading = readTextFile(path);
  if ('text' in reading && reading.text === schema) return 'kept';
  await writeFileAtomically(path, schema);
  return 'written';
}

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
