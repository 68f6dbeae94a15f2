import { crc32 } from 'node:zlib';
import { encodeJson } from '../../domain/encode-json.ts';
import { parseJsonObject } from '../../domain/json-object.ts';
import { journalRecordSchema } from '../../domain/recipe-run/journal-record.schema.ts';
import { type JournalRecord, journalVersion } from '../../domain/recipe-run/journal-record.ts';

/** With its newline. What is larger belongs in a blob. */
export const longestLineBytes = 1_048_576;

/** `,"c":"0123abcd"}` */
const checksumBytes = 16;
const checksumOf = (json: Uint8Array): string => `,"c":"${crc32('}', crc32(json)).toString(16).padStart(8, '0')}"}`;

/** One line with its newline. The checksum is its last member, of the line without it. */
export function encodeLine(record: JournalRecord): Buffer {
  const json = Buffer.from(encodeJson(record).slice(0, -1));
  return Buffer.concat([json, Buffer.from(`${checksumOf(json)}\n`)]);
}

/** @param line without its newline. @returns why it is no record, as the end of a sentence, where it is none */
export function decodeLine(line: Buffer): JournalRecord | string {
  if (line.length >= longestLineBytes) return `is longer than ${longestLineBytes} bytes`;
  if (!hasItsChecksum(line)) return 'does not match its checksum';
  const json = parseJsonObject(line.toString());
  if (json?.v !== journalVersion) return 'was written by another version of maitred, which can read it';
  return journalRecordSchema.safeParse(json).data ?? 'is not a record that this version of maitred knows';
}

export function hasItsChecksum(line: Buffer): boolean {
  const end = Math.max(0, line.length - checksumBytes);
  return line.toString('latin1', end) === checksumOf(line.subarray(0, end));
}
