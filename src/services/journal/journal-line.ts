import { crc32 } from 'node:zlib';
import { AppError } from '../../domain/app-error.ts';
import { encodeJson } from '../../domain/encode-json.ts';
import { type JsonObject, parseJsonObject } from '../../domain/json-object.ts';
import { journalRecordSchema } from '../../domain/recipe-run/journal-record.schema.ts';
import { type JournalRecord, journalVersion } from '../../domain/recipe-run/journal-record.ts';

/** With its newline. What is larger belongs in a blob. */
const longestLineBytes = 1_048_576;

export const madeByNewer = 'was made by a newer maitred';

/** `,"c":"0123abcd"}` */
const checksumBytes = 16;
const checksum = (crc: number): string => `,"c":"${crc.toString(16).padStart(8, '0')}"}`;

/** One line with its newline. The checksum is its last member, of the line without it. */
export function encodeLine(record: JournalRecord): string {
  const json = encodeJson(record);
  return `${json.slice(0, -1)}${checksum(crc32(json))}\n`;
}

/** Why a line would be too long to be read again; null: it is not. */
export function refusalOf(record: JournalRecord, line: string | Uint8Array): AppError | null {
  const sizeBytes = Buffer.byteLength(line);
  if (sizeBytes <= longestLineBytes) return null;
  const of = 'step' in record ? `the step ${record.step}` : 'the run';
  const message = `The record ${record.k} of ${of} has ${sizeBytes} bytes, and may have ${longestLineBytes}: keep large values in files, and pass on their paths.`;
  return new AppError('invalid_input', message);
}

/** @param line without its newline. @returns why it is no record, as the end of a sentence, where it is none */
export function decodeLine(line: Buffer): JournalRecord | string {
  const json = readLine(line);
  if (typeof json === 'string') return json;
  return journalRecordSchema.safeParse(json).data ?? 'is not a record that this version of maitred knows';
}

/** As `decodeLine`, without a look at what the record says. */
export function readLine(line: Buffer): JsonObject | string {
  if (line.length >= longestLineBytes) return `is longer than ${longestLineBytes} bytes`;
  if (!hasItsChecksum(line)) return 'does not match its checksum';
  const json = parseJsonObject(line.toString());
  if (json === null) return 'is not a JSON object';
  if (json.v === journalVersion) return json;
  return Number(json.v) > journalVersion ? madeByNewer : 'has no version that this maitred knows';
}

export function hasItsChecksum(line: Buffer): boolean {
  const end = Math.max(0, line.length - checksumBytes);
  return line.toString('latin1', end) === checksum(crc32('}', crc32(line.subarray(0, end))));
}
