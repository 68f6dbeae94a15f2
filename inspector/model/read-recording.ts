import { AppError } from '../../src/domain/app-error.ts';
import { createRecording } from './create-recording.ts';
import { createLineSplitter } from './line-splitter.ts';
import { headerShape } from './message-shapes.ts';
import type { RecordingHeader } from './page-line.ts';
import { readJson, readMessage, readShape } from './read-line.ts';
import type { Recording } from './recording.ts';
import { isRecord } from './shape.ts';

export interface ReadRecording {
  readonly header: RecordingHeader;
  readonly recording: Recording;
  /** What could not be read, a sentence each: those lines are left out. */
  readonly problems: readonly string[];
}

/** More of them say no more. */
const mostProblems = 5;

/**
 * Reads what `writeRecording` has written.
 * @param file its text, as a whole or in pieces: who gives them decides when there is a rest
 * @throws AppError `invalid_input` where it is no recording: the message says what is wrong, in which line, and what to do
 */
export async function readRecording(file: string | Iterable<string> | AsyncIterable<string>): Promise<ReadRecording> {
  let begun: Pick<ReadRecording, 'header' | 'recording'> | null = null;
  const problems: string[] = [];
  let leftOut = 0;
  for await (const { number, text, isWhole } of numberedLines(typeof file === 'string' ? [file] : file)) {
    if (begun === null) {
      begun = begin(text);
      continue;
    }
    const problem = text.trim() === '' ? null : take(text, begun.recording);
    if (problem === null) continue;
    leftOut += 1;
    if (leftOut <= mostProblems) problems.push(sayProblem(number, problem, isWhole));
  }
  if (leftOut > mostProblems) problems.push(`So were ${leftOut - mostProblems} more lines.`);
  return { ...(begun ?? begin('')), problems };
}

interface Line {
  readonly number: number;
  readonly text: string;
  /** It ends with a newline. */
  readonly isWhole: boolean;
}

async function* numberedLines(pieces: Iterable<string> | AsyncIterable<string>): AsyncGenerator<Line> {
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
  if (line.includes('\u0000') || line.includes('\ufffd')) throw notARecording('it is no text');
  const value = readJson(line);
  if ('problem' in value) throw notARecording(`line 1, ${value.problem}`);
  const { said } = value;
  if (!isRecord(said) || said.type !== 'maitred.recording')
    throw notARecording('line 1 does not begin a recording: its "type" must be "maitred.recording"');
  if (typeof said.formatVersion === 'number' && said.formatVersion > 1)
    throw new AppError(
      'invalid_input',
      `line 1: the recording was made by a newer maitred (format ${said.formatVersion}, this one reads 1): open it with that version`,
    );
  const header = readShape<RecordingHeader>(said, headerShape, 'the head of the recording');
  if ('problem' in header) throw notARecording(`line 1: ${header.problem}`);
  return header.said;
}

const notARecording = (why: string) =>
  new AppError(
    'invalid_input',
    `this is no recording of maitred: ${why}; choose a file that the inspector has saved (.jsonl)`,
  );

/** @returns what is wrong with the line */
function take(line: string, recording: Recording): string | null {
  const value = readJson(line);
  if ('problem' in value) return value.problem;
  const message = readMessage(value.said);
  if ('problem' in message) return message.problem;
  if (message.said === null) return 'it is a message of a kind that this version does not know';
  recording.push(message.said);
  return null;
}

function sayProblem(number: number, problem: string, isWhole: boolean): string {
  if (!isWhole) return `Line ${number}, the last one, is cut: it was left out. What stands before it is shown.`;
  return `Line ${number} was left out: ${problem}.`;
}
