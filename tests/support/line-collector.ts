/** Puts lines together from what a stream gives; what stands after the last newline is kept apart. */
export interface LineCollector {
  push(chunk: string): void;
  /** What came without its newline so far. */
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
