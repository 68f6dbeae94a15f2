import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { showCommand } from '../../src/domain/show-command.ts';

/** A program on its own terminal, with what a person sees and types. */
export interface Terminal {
  /** Everything printed so far. */
  readonly shown: string;
  /** Waits until this text is printed, after the text of the previous wait. */
  waitFor(words: string): Promise<void>;
  type(keys: string): void;
  /** The exit code, once the program has ended. */
  exited(): Promise<number | null>;
  /** Settles when the program is killed. */
  kill(): Promise<void>;
}

const patienceMs = 20_000;

/** Runs a command on a real terminal, made by `script` of util-linux. The caller kills it. */
export function openTerminal(
  command: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Terminal {
  const child: ChildProcessWithoutNullStreams = spawn('script', ['-qec', showCommand(command), '/dev/null'], {
    cwd,
    env: { ...env, TERM: 'xterm' },
  });
  let shown = '';
  let seen = 0;
  let check: () => void = () => undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    check();
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    get shown() {
      return shown;
    },
    waitFor: (words) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`timed out waiting for ${JSON.stringify(words)} in ${JSON.stringify(shown)}`)),
          patienceMs,
        );
        check = () => {
          const at = shown.indexOf(words, seen);
          if (at === -1) return;
          seen = at + words.length;
          clearTimeout(timer);
          resolve();
        };
        check();
      }),
    type: (keys) => void child.stdin.write(keys),
    exited: () => ended,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
