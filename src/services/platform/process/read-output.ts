import { openRegularFile } from '../open-regular-file.ts';
import { readLines } from '../read-lines.ts';
import type { ProcessOutput } from './child-processes.ts';

/** The lines of an output, in parts. null stands for what is not there: a line over the limit, or bytes that were not kept. */
export type OutputLines = AsyncIterable<readonly (string | null)[]>;

/**
 * Reads all that a program wrote, from the file where there is one. Holds a small part of it, and lets other work run between parts. Where
 * the file cannot be read, or a program has replaced it by something else, the lines are those of the text.
 * @throws the signal's reason, when that is aborted
 */
export type ReadOutput = (output: ProcessOutput, signal: AbortSignal) => OutputLines;

/** Programs that show progress write long lines, of parts that end with a carriage return. */
const maxLineBytes = 1_024 ** 2;

/** In one part, as short lines take the longest. */
const mostLines = 1_000;

export const readOutput: ReadOutput = async function* ({ text, truncatedBytes, sizeBytes, file }, signal) {
  const opened = file === null ? null : await openRegularFile(file).catch(() => null);
  if (opened === null) {
    yield [...(file === null && truncatedBytes === 0 ? [] : [null]), ...text.split('\n')];
    return;
  }
  const { handle } = opened;
  try {
    for await (const lines of readLines(handle, maxLineBytes, signal)) {
      for (let at = 0; at < lines.length; at += mostLines) {
        yield lines.slice(at, at + mostLines).map((line) => line?.toString() ?? null);
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    const { size } = await handle.stat();
    if (size < sizeBytes) yield [null];
  } finally {
    await handle.close();
  }
};
