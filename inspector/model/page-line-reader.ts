import { isJsonObject } from '../../src/domain/json-object.ts';
import { createLineSplitter } from './line-splitter.ts';
import { serverLineShape } from './message-shapes.ts';
import type { PageLine } from './page-line.ts';
import { type ReadResult, readInspectionMessage, readJson, readShape } from './read-line.ts';

/** Reads the stream of the inspector's server from pieces of text. Create a new reader for a new stream. */
export interface PageLineReader {
  take(piece: string): void;
}

/** Later problems of a stream are not reported. */
const mostProblems = 5;

/**
 * @param onLine gets each valid line; no content of such a line makes a recording throw
 * @param onProblem gets the reason why a line was skipped, for the first few such lines
 */
export function createPageLineReader(
  onLine: (line: PageLine) => void,
  onProblem: (problem: string) => void = () => undefined,
): PageLineReader {
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
          if (problems <= mostProblems) onProblem(`line ${number} of the stream was skipped: ${reading.problem}`);
        } else if (reading.value !== null) onLine(reading.value);
      }
    },
  };
}

function readPageLine(line: string): ReadResult<PageLine | null> {
  const reading = readJson(line);
  if ('problem' in reading) return reading;
  const { value } = reading;
  if (isJsonObject(value) && value.type === 'inspector.server')
    return readShape(value, serverLineShape, 'inspector.server');
  if (isJsonObject(value) && typeof value.serverId !== 'string') return { problem: 'it has no "serverId"' };
  return readInspectionMessage(value) as ReadResult<PageLine | null>;
}
