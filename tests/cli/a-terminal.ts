import { PassThrough } from 'node:stream';
import type { CliHost } from '../../src/cli/cli-host.ts';

export interface Terminal {
  readonly host: Pick<CliHost, 'stdin' | 'stdout' | 'stderr'>;
  out(): string;
  err(): string;
}

/**
 * A terminal with a person.
 * @param script what they type, in order: each when stderr shows a text, after the one before
 */
export function aTerminal(script: readonly (readonly [shown: string, typed: string])[] = []): Terminal {
  let out = '';
  let err = '';
  let seen = 0;
  const left = [...script];
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const type = () => {
    const [next] = left;
    if (next === undefined) return;
    const at = err.indexOf(next[0], seen);
    if (at < 0) return;
    seen = at + next[0].length;
    left.shift();
    // A person is slower than the program.
    setImmediate(() => setImmediate(() => setImmediate(() => stdin.write(next[1]))));
  };
  return {
    host: {
      stdin,
      stdout: {
        write(text) {
          out += text;
        },
        isTTY: true,
        columns: 60,
      },
      stderr: {
        write(text) {
          err += text;
          type();
        },
        isTTY: true,
        columns: 60,
      },
    },
    out: () => out,
    err: () => err,
  };
}
