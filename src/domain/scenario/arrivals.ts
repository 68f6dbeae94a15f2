import type { Arrival } from './scenario.ts';

interface Row {
  readonly atMs: number;
  readonly stream: Arrival[1];
}

/** How much of an output was there at a time: so many bytes of the stream since its start. */
export interface ArrivedBytes extends Row {
  readonly bytes: number;
}

/** A part of an output, and when it comes. */
export interface TimedChunk extends Row {
  readonly bytes: Uint8Array;
}

/** The two outputs of a program. */
export type Outputs = Readonly<Record<Row['stream'], Uint8Array>>;

const newline = 0x0a;

/**
 * Counts lines instead of bytes, so that rows stay true when values of another run are put into a text. A line is there when its end is; a last line without an end, when all bytes
 * are. Rows that bring no line are left out; rows of one stream and one time that follow each other are one.
 */
export function arrivalsOf(rows: readonly ArrivedBytes[], outputs: Outputs): Arrival[] {
  const read = { stdout: 0, stderr: 0 };
  const arrivals: Arrival[] = [];
  for (const { atMs, stream, bytes } of rows) {
    const output = outputs[stream];
    const from = read[stream];
    read[stream] = Math.max(from, Math.min(bytes, output.length));
    const lines = countLines(output, from, read[stream]);
    if (lines === 0) continue;
    const last = arrivals.at(-1);
    if (last?.[0] === atMs && last[1] === stream) arrivals.splice(-1, 1, [atMs, stream, last[2] + lines]);
    else arrivals.push([atMs, stream, lines]);
  }
  return arrivals;
}

/**
 * Divides outputs into what comes at each time, in the order of the arrivals. Together the parts are the outputs: whatever no row covers comes with the last row of its stream, or at
 * 0 if there is none.
 */
export function chunksOf(arrivals: readonly Arrival[], outputs: Outputs): TimedChunk[] {
  const lastRow = { stdout: -1, stderr: -1 };
  for (const [index, [, stream]] of arrivals.entries()) lastRow[stream] = index;
  const read = { stdout: 0, stderr: 0 };
  const chunks: TimedChunk[] = [];
  const take = (atMs: number, stream: Row['stream'], end: number) => {
    if (end > read[stream]) chunks.push({ atMs, stream, bytes: outputs[stream].subarray(read[stream], end) });
    read[stream] = end;
  };
  for (const stream of ['stdout', 'stderr'] as const) if (lastRow[stream] < 0) take(0, stream, outputs[stream].length);
  for (const [index, [atMs, stream, lines]] of arrivals.entries()) {
    const output = outputs[stream];
    take(atMs, stream, index === lastRow[stream] ? output.length : endOfLines(output, read[stream], lines));
  }
  return chunks;
}

/** The lines that end between two places, and the last one of an output. */
function countLines(output: Uint8Array, from: number, end: number): number {
  const part = output.subarray(from, end);
  let lines = end === output.length && end > from && part.at(-1) !== newline ? 1 : 0;
  for (let at = part.indexOf(newline); at >= 0; at = part.indexOf(newline, at + 1)) lines += 1;
  return lines;
}

/** Where so many lines after a place end; the end of the output, if it has fewer. */
function endOfLines(output: Uint8Array, from: number, lines: number): number {
  let end = from;
  for (let left = lines; left > 0 && end < output.length; left -= 1) {
    const found = output.indexOf(newline, end);
    end = found < 0 ? output.length : found + 1;
  }
  return end;
}
