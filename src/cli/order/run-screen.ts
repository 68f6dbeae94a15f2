import { firstCharacters } from '../../domain/shorten-texts.ts';
import type { CliHost } from '../cli-host.ts';

/** Lines on stderr; on a terminal the last one is rewritten while something is in work. */
export interface RunScreen {
  /** Whether there is a last line that is rewritten. */
  readonly isLive: boolean;
  /** Lines that stay. */
  print(lines: readonly string[]): void;
  /** Rewrites the last line. null: there is none. Does nothing without a terminal. @param text without control characters */
  setLast(text: string | null): void;
}

const usualColumns = 80;

export function createRunScreen({ stderr, env }: Pick<CliHost, 'stderr' | 'env'>): RunScreen {
  const isLive = stderr.isTTY === true && env.TERM !== 'dumb';
  let last: string | null = null;
  const clear = () => {
    if (last !== null) stderr.write('\r\u001b[K');
  };
  const show = () => {
    if (last === null) return;
    // A terminal without a size has 0.
    const columns = (stderr.columns || usualColumns) - 1;
    const text = last.length <= columns ? last : `${firstCharacters(last, columns - 1)}…`;
    // A line that wraps could not be rewritten; characters may be wider than one column.
    stderr.write(`\r\u001b[?7l${text}\u001b[K\u001b[?7h`);
  };
  return {
    isLive,
    print(lines) {
      clear();
      for (const line of lines) stderr.write(`${line}\n`);
      show();
    },
    setLast(text) {
      if (!isLive || text === last) return;
      if (text === null) clear();
      last = text;
      show();
    },
  };
}
