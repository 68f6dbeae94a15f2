import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { showCommand } from '../../src/domain/show-command.ts';

/** A program on a terminal of its own, and the person before it. */
export interface Terminal {
  /** Everything that stands on the screen so far. */
  readonly shown: string;
  /** Waits until this stands on the screen, later than what was waited for before. */
  waitFor(words: string): Promise<void>;
  type(keys: string): void;
  /** The exit code, once the program has ended. */
  exited(): Promise<number | null>;
}

const patienceMs = 20_000;

/** Runs a command on a real terminal (`script` of util-linux makes it). It is ended with the test. */
export function runOnTerminal(
  command: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Terminal {
  const child: ChildProcessWithoutNullStreams = spawn('script', ['-qec', showCommand(command), '/dev/null'], {
    cwd,
    env: { ...env, TERM: 'xterm' },
  });
  let shown = '';
  let seen = 0;
  let look: () => void = () => undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    look();
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return {
    get shown() {
      return shown;
    },
    waitFor: (words) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`waited in vain for ${JSON.stringify(words)} in ${JSON.stringify(shown)}`)),
          patienceMs,
        );
        look = () => {
          const at = shown.indexOf(words, seen);
          if (at === -1) return;
          seen = at + words.length;
          clearTimeout(timer);
          resolve();
        };
        look();
      }),
    type: (keys) => void child.stdin.write(keys),
    exited: () => ended,
  };
}
