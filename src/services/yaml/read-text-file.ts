import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { byteOrderMark } from '../../domain/byte-order-mark.ts';
import type { PlacedFault } from '../../domain/placed-fault.ts';

export interface FileFacts {
  isFile(): boolean;
  isDirectory(): boolean;
  /** Bytes. */
  readonly size: number;
  readonly mode: number;
}

/** Reads from the file system. Both functions follow links, block, and throw Node's own errors (`ENOENT`, `EACCES`, …). */
export interface FileAccess {
  stat(path: string): FileFacts;
  readFile(path: string): Buffer;
}

export const nodeFileAccess: FileAccess = {
  stat: (path) => statSync(path),
  readFile: (path) => readFileSync(path),
};

const largestFileMib = 1;
const largestFileBytes = largestFileMib * 1024 * 1024;

export type TextFileReading =
  /** Without its byte order mark; null if the file does not exist. */
  { readonly text: string | null; readonly hasByteOrderMark: boolean } | { readonly fault: PlacedFault };

/** Reads a UTF-8 file of at most 1 MiB that a person wrote. Never throws: an obstacle is a fault with its place. */
export function readTextFile(path: string, files: FileAccess = nodeFileAccess): TextFileReading {
  const fault = (message: string, place = `${path}:1:1`) => ({ fault: { place, message } });
  try {
    const unfit = whyUnfit(files.stat(path));
    if (unfit !== null) return fault(unfit);
    const bytes = files.readFile(path);
    if (bytes.length > largestFileBytes) return fault(tooLarge(bytes.length));
    if (isUtf8(bytes)) return { text: new TextDecoder().decode(bytes), hasByteOrderMark: startsWithMark(bytes) };
    return fault('not UTF-8 text; expected UTF-8; save the file with that encoding', placeOfBadByte(bytes, path));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown cause';
    if (code === 'ENOTDIR' && isFileAt(dirname(path), files)) return fault(folderIsFile, `${dirname(path)}:1:1`);
    if (code === 'ENOENT' || code === 'ENOTDIR') return { text: null, hasByteOrderMark: false };
    return fault(`cannot be read (${code}); expected a readable file; ${fixes[code] ?? 'repair or remove it'}`);
  }
}

const startsWithMark = (bytes: Buffer): boolean => bytes.subarray(0, 3).equals(Buffer.from(byteOrderMark));

const folderIsFile = 'this is a file; expected a folder; move the file away';

function isFileAt(path: string, files: FileAccess): boolean {
  try {
    return files.stat(path).isFile();
  } catch {
    // The folder is missing too.
    return false;
  }
}

const fixes: Readonly<Record<string, string>> = {
  EACCES: 'make it readable (chmod u+r) or remove it',
  EPERM: 'make it readable (chmod u+r) or remove it',
  ELOOP: 'remove the circular links',
};

function whyUnfit(facts: FileFacts): string | null {
  if (facts.isDirectory()) return 'this is a folder; expected a text file; move the folder away';
  if (!facts.isFile()) return 'this is not a regular file; expected a text file; replace or remove it';
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
