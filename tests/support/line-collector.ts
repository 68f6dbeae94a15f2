/** Splits the chunks of a stream into lines. */
export interface LineCollector {
  push(chunk: string): void;
  /** The text after the last newline so far. */
  readonly rest: string;
}

export function collectLines(onLine: (line: string) => void): LineCollector {
  let rest = '';
  return {
    push(chunk) {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    },
    get rest() {
      return rest;
    },
  };
}
