import { createLineSplitter } from './line-splitter.ts';
import { serverLineShape } from './message-shapes.ts';
import type { PageLine } from './page-line.ts';
import { type Reading, readJson, readMessage, readShape } from './read-line.ts';
import { isRecord } from './shape.ts';

/** Reads what the inspector's server sends, piece by piece. A new stream is for a new reader. */
export interface LineReader {
  take(piece: string): void;
}

/** Who sends much that cannot be read is not heard of for each line. */
const mostProblems = 5;

/**
 * @param onLine is given each line that can be read; nothing that stands in it makes a recording throw
 * @param onProblem is told what is wrong with another, which is left out: of many, with the first few only
 */
export function createLineReader(
  onLine: (line: PageLine) => void,
  onProblem: (problem: string) => void = () => undefined,
): LineReader {
  const splitter = createLineSplitter();
  let number = 0;
  let problems = 0;
  return {
    take(piece) {
      for (const line of splitter.take(piece)) {
        number += 1;
        if (line.trim() === '') continue;
        const reading = readPageLine(line);
        if ('problem' in reading) {
          problems += 1;
          if (problems <= mostProblems) onProblem(`line ${number} of the stream was left out: ${reading.problem}`);
        } else if (reading.said !== null) onLine(reading.said);
      }
    },
  };
}

function readPageLine(line: string): Reading<PageLine | null> {
  const value = readJson(line);
  if ('problem' in value) return value;
  const { said } = value;
  if (isRecord(said) && said.type === 'inspector.server') return readShape(said, serverLineShape, 'inspector.server');
  if (isRecord(said) && typeof said.serverId !== 'string') return { problem: 'it does not say of which server it is' };
  return readMessage(said) as Reading<PageLine | null>;
}
