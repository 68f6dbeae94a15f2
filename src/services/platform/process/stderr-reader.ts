import { createLineSplitter } from '../../../domain/line-splitter.ts';

export interface StderrReaderOptions {
  /** Removes secrets. */
  redact(text: string): string;
  /** Takes each line, without secrets and with its newline. */
  forward(line: string): void;
}

/** What a command writes to stderr. */
export interface StderrReader {
  push(chunk: Buffer): void;
  /** The stream has ended: an unfinished line is a line too. */
  end(): void;
  /** The last lines, without secrets; the last one may be unfinished, as a question is. */
  tail(): string;
}

const maxLineBytes = 65_536;
const mostTailCharacters = 4_096;
const newline = 0x0a;

/** Whole lines are redacted: a secret that is split between two chunks is recognised. */
export function createStderrReader({ redact, forward }: StderrReaderOptions): StderrReader {
  const lines: string[] = [];
  let characters = 0;
  let unfinished: Buffer = Buffer.alloc(0);
  const take = (text: string) => {
    const line = `${redact(text)}\n`;
    forward(line);
    lines.push(line);
    characters += line.length;
    while (characters > mostTailCharacters && lines.length > 1) characters -= lines.shift()?.length ?? 0;
  };
  const splitter = createLineSplitter<Buffer>({
    maxLineBytes,
    join: Buffer.concat,
    onLine: (line) => take(line.toString()),
    onTooLong: (sizeBytes) => take(`[a line of ${sizeBytes} bytes is left out]`),
  });
  return {
    push(chunk) {
      splitter.push(chunk);
      const end = chunk.lastIndexOf(newline) + 1;
      unfinished = end > 0 ? chunk.subarray(end) : Buffer.concat([unfinished, chunk]).subarray(-maxLineBytes);
    },
    end() {
      splitter.end();
      unfinished = Buffer.alloc(0);
    },
    // What is a secret may have become known since.
    tail: () => redact(`${lines.join('')}${unfinished}`).slice(-mostTailCharacters),
  };
}
