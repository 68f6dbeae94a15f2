import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { AppError } from '../../domain/app-error.ts';
import { printable } from '../../domain/printable-text.ts';
import type { CliHost } from '../cli-host.ts';

/** Asks a person. Questions go to stderr, and there is no time limit. */
export interface Prompt {
  /**
   * @returns the answer without surrounding blanks; the default for an empty line
   * @throws AppError `cancelled` at the end of the input and at ^C
   */
  ask(question: string, defaultAnswer: string): Promise<string>;
  /**
   * Asks until the answer is yes, no, or an empty line for the default.
   * @throws AppError `cancelled` as `ask` does
   */
  confirm(question: string, isDefault: boolean): Promise<boolean>;
  /** Releases the terminal. */
  close(): void;
}

type Terminal = Pick<CliHost, 'stdin' | 'stderr'>;

/** Whether a person can be asked: stdin and stderr are terminals. */
export const canPrompt = ({ stdin, stderr }: Terminal): boolean => stdin.isTTY === true && stderr.isTTY === true;

/**
 * Takes the terminal until `close`. Input that is typed ahead answers the next question.
 * @param whenCancelled the message of the error if the person leaves
 */
export function createPrompt({ stdin, stderr }: Terminal, whenCancelled: string): Prompt {
  const output = new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      stderr.write(text);
      done();
    },
  });
  const columns = stderr.columns ?? 80;
  const terminal = createInterface({ input: stdin, output: Object.assign(output, { columns }), terminal: true });
  const lines = terminal[Symbol.asyncIterator]();
  let isClosed = false;
  terminal.once('close', () => {
    isClosed = true;
  });

  async function ask(question: string, defaultAnswer: string): Promise<string> {
    const text = `${printable(question)} `;
    terminal.setPrompt(text);
    // ^C may come before the question whose answer is typed ahead; a newer Node refuses to prompt then.
    if (isClosed) stderr.write(text);
    else terminal.prompt();
    const { done, value } = await lines.next();
    if (done) {
      stderr.write('\n');
      throw new AppError('cancelled', whenCancelled);
    }
    return value.trim() || defaultAnswer;
  }

  return {
    ask,
    async confirm(question, isDefault) {
      for (;;) {
        const answer = await ask(`${question} [${isDefault ? 'Y/n' : 'y/N'}]`, isDefault ? 'y' : 'n');
        if (/^(y|yes)$/i.test(answer)) return true;
        if (/^(n|no)$/i.test(answer)) return false;
        stderr.write('Please answer y or n.\n');
      }
    },
    close: () => terminal.close(),
  };
}
