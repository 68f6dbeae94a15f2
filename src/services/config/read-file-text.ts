import { isUtf8 } from 'node:buffer';
import { dirname } from 'node:path';
import type { ConfigFileFacts, ConfigFiles } from './config-files.ts';
import type { PlacedFault } from './layer.ts';

const largestFileMib = 1;
const largestFileBytes = largestFileMib * 1024 * 1024;

/** The text of a file, without its byte order mark; null where there is no such file. */
export type FileTextReading =
  | { readonly text: string | null; readonly hasByteOrderMark: boolean }
  | { readonly fault: PlacedFault };

/** Reads a configuration file as text. Never throws: what stands in the way is a fault with its place. */
export function readFileText(path: string, files: ConfigFiles): FileTextReading {
  const fault = (message: string, place = `${path}:1:1`) => ({ fault: { place, message } });
  try {
    const misfit = misfitOf(files.stat(path));
    if (misfit !== null) return fault(misfit);
    const bytes = files.readFile(path);
    if (bytes.length > largestFileBytes) return fault(tooLarge(bytes.length));
    if (isUtf8(bytes)) return { text: new TextDecoder().decode(bytes), hasByteOrderMark: startsWithMark(bytes) };
    return fault('not UTF-8 text; expected UTF-8; save the file with that encoding', placeOfBadByte(bytes, path));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown cause';
    if (code === 'ENOTDIR' && isFileAt(dirname(path), files)) return fault(folderIsFile, `${dirname(path)}:1:1`);
    if (code === 'ENOENT' || code === 'ENOTDIR') return { text: null, hasByteOrderMark: false };
    return fault(`cannot be read (${code}); expected a readable file; ${mends[code] ?? 'mend or remove it'}`);
  }
}

const startsWithMark = (bytes: Buffer): boolean => bytes.subarray(0, 3).equals(Buffer.from('\uFEFF'));

const folderIsFile = 'this is a file; expected a folder, in which settings are kept; move the file away';

function isFileAt(path: string, files: ConfigFiles): boolean {
  try {
    return files.stat(path).isFile();
  } catch {
    // It is missing, as what lies below it is.
    return false;
  }
}

const mends: Readonly<Record<string, string>> = {
  EACCES: 'give yourself the right to read it (chmod u+r) or remove it',
  EPERM: 'give yourself the right to read it (chmod u+r) or remove it',
  ELOOP: 'remove the circle of links',
};

function misfitOf(facts: ConfigFileFacts): string | null {
  if (facts.isDirectory()) return 'this is a folder; expected a YAML file; move the folder away';
  if (!facts.isFile()) return 'this is not a regular file; expected a YAML file; put one there or remove it';
  return facts.size > largestFileBytes ? tooLarge(facts.size) : null;
}

function tooLarge(sizeBytes: number): string {
  return `the file has ${sizeBytes} bytes; expected at most ${largestFileMib} MiB; shorten it`;
}

function placeOfBadByte(bytes: Buffer, path: string): string {
  const good = Buffer.from(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
  const offset = bytes.findIndex((byte, index) => byte !== good[index]);
  const before = bytes.toString('utf8', 0, Math.max(offset, 0));
  return `${path}:${before.split('\n').length}:${before.length - before.lastIndexOf('\n')}`;
}
