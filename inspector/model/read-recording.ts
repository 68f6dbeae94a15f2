import { AppError } from '../../src/domain/app-error.ts';
import { isJsonObject } from '../../src/domain/json-object.ts';
import { createRecording } from './create-recording.ts';
import { createLineSplitter } from './line-splitter.ts';
import { headerShape } from './message-shapes.ts';
import type { RecordingHeader } from './page-line.ts';
import { readInspectionMessage, readJson, readShape } from './read-line.ts';
import type { Recording } from './recording.ts';

export interface ReadRecording {
  readonly header: RecordingHeader;
  readonly recording: Recording;
  /** The reasons why lines were skipped, a sentence each. */
  readonly problems: readonly string[];
}

/** Further skipped lines are only counted. */
const mostProblems = 5;

/**
 * Reads a file of `writeRecording`.
 * @param file its text, as a whole or in pieces; the caller may pause between pieces
 * @throws AppError `invalid_input` if it is not a recording; the message names the problem, the line and the fix
 */
export async function readRecording(file: string | Iterable<string> | AsyncIterable<string>): Promise<ReadRecording> {
  let begun: Pick<ReadRecording, 'header' | 'recording'> | null = null;
  const problems: string[] = [];
  let skipped = 0;
  for await (const { number, text, isWhole } of numberedLines(typeof file === 'string' ? [file] : file)) {
    if (begun === null) {
      begun = begin(text);
      continue;
    }
    const problem = text.trim() === '' ? null : take(text, begun.recording);
    if (problem === null) continue;
    skipped += 1;
    if (skipped <= mostProblems) problems.push(describeProblem(number, problem, isWhole));
  }
  if (skipped > mostProblems) problems.push(`${skipped - mostProblems} more lines were skipped.`);
  return { ...(begun ?? begin('')), problems };
}

interface FileLine {
  readonly number: number;
  readonly text: string;
  /** The line ends with a newline. */
  readonly isWhole: boolean;
}

async function* numberedLines(pieces: Iterable<string> | AsyncIterable<string>): AsyncGenerator<FileLine> {
  const splitter = createLineSplitter();
  let number = 0;
  for await (const piece of pieces)
    for (const text of splitter.take(piece)) {
      number += 1;
      yield { number, text, isWhole: true };
    }
  yield { number: number + 1, text: splitter.rest, isWhole: false };
}

function begin(line: string) {
  const header = readHeader(line);
  return { header, recording: createRecording(header.serverId) };
}

function readHeader(line: string): RecordingHeader {
  if (line.trim() === '') throw notARecording('line 1 is empty');
  if (line.includes('\u0000') || line.includes('\ufffd')) throw notARecording('it is not a text file');
  const reading = readJson(line);
  if ('problem' in reading) throw notARecording(`line 1, ${reading.problem}`);
  const { value } = reading;
  if (!isJsonObject(value) || value.type !== 'maitred.recording')
    throw notARecording('the "type" of line 1 must be "maitred.recording"');
  if (typeof value.formatVersion === 'number' && value.formatVersion > 1)
    throw new AppError(
      'invalid_input',
      `line 1: a newer maitred saved this recording (format ${value.formatVersion}, this version reads 1). Open it with the newer version`,
    );
  const header = readShape<RecordingHeader>(value, headerShape, 'the header of the recording');
  if ('problem' in header) throw notARecording(`line 1: ${header.problem}`);
  return header.value;
}

const notARecording = (why: string) =>
  new AppError(
    'invalid_input',
    `this is not a recording of maitred: ${why}. Choose a file that the inspector saved (.jsonl)`,
  );

/** @returns why the line was skipped; null: it was not */
function take(line: string, recording: Recording): string | null {
  const reading = readJson(line);
  if ('problem' in reading) return reading.problem;
  const message = readInspectionMessage(reading.value);
  if ('problem' in message) return message.problem;
  if (message.value === null)
    return isOfOldVersion(reading.value) ? null : 'this version does not know the type of the message';
  recording.push(message.value);
  return null;
}

/** Recordings of older versions have messages of this type; nothing shows them any more. */
const isOfOldVersion = (value: unknown): boolean => isJsonObject(value) && value.type === 'maitred.calls';

function describeProblem(number: number, problem: string, isWhole: boolean): string {
  if (!isWhole) return `Line ${number}, the last one, is incomplete and was skipped.`;
  return `Line ${number} was skipped: ${problem}.`;
}
