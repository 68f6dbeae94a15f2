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
  /**
   * Asks until the answer is one of these words, or an empty line for the default.
   * @param answers by word, in small letters
   * @throws AppError `cancelled` as `ask` does
   */
  askWord<Answer, Default>(
    question: string,
    answers: Readonly<Record<string, Answer>>,
    defaultAnswer: Default,
  ): Promise<Answer | Default>;
  /**
   * Shows a numbered list, and asks until the answer is one of its numbers, 0 for none, or an empty line for the default.
   * @param defaultItem the index of an item; null: none
   * @returns the index of the item; null: none
   * @throws AppError `cancelled` as `ask` does
   */
  choose(question: string, items: readonly string[], defaultItem: number | null): Promise<number | null>;
  /** Drops what was typed before now: it answers no question that nobody has seen. */
  dropTyped(): Promise<void>;
  /** Releases the terminal. A question that waits is cancelled. */
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
  let unread = 0;
  terminal.on('line', () => {
    unread += 1;
  });
  let isClosed = false;
  terminal.once('close', () => {
    isClosed = true;
  });

  function nextLine() {
    unread -= 1;
    return lines.next();
  }

  async function ask(question: string, defaultAnswer: string): Promise<string> {
    const text = `${printable(question)} `;
    terminal.setPrompt(text);
    // ^C may come before the question whose answer is typed ahead; a newer Node refuses to prompt then.
    if (isClosed) stderr.write(text);
    else terminal.prompt();
    const { done, value } = await nextLine();
    if (done) {
      stderr.write('\n');
      throw new AppError('cancelled', whenCancelled);
    }
    return value.trim() || defaultAnswer;
  }

  async function askWord<Answer, Default>(
    question: string,
    answers: Readonly<Record<string, Answer>>,
    defaultAnswer: Default,
  ): Promise<Answer | Default> {
    const known = new Map(Object.entries(answers));
    const firstWords = new Map([...known].reverse().map(([word, answer]) => [answer, word]));
    const words = [...firstWords.values()].reverse().join(' or ');
    for (;;) {
      const word = (await ask(question, '')).toLowerCase();
      if (word === '') return defaultAnswer;
      const answer = known.get(word);
      if (answer !== undefined) return answer;
      stderr.write(`Please answer ${words}.\n`);
    }
  }

  return {
    ask,
    askWord,
    confirm: (question, isDefault) =>
      askWord(`${question} [${isDefault ? 'Y/n' : 'y/N'}]`, { y: true, yes: true, n: false, no: false }, isDefault),
    async choose(question, items, defaultItem) {
      for (const [at, item] of items.entries()) stderr.write(`${String(at + 1).padStart(3)}. ${printable(item)}\n`);
      for (;;) {
        const answer = await ask(question, String((defaultItem ?? -1) + 1));
        const number = /^\d{1,6}$/.test(answer) ? Number(answer) : -1;
        if (number >= 0 && number <= items.length) return number === 0 ? null : number - 1;
        stderr.write(`Please answer a number from 0 to ${items.length}.\n`);
      }
    },
    async dropTyped() {
      // What the terminal has ready is read in the first turn, and is lines in the second.
      for (let turn = 0; turn < 2; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
      while (unread > 0 && !isClosed) await nextLine();
      if (isClosed) return;
      // Deleting a line shows the prompt.
      terminal.setPrompt('');
      terminal.write(null, { ctrl: true, name: 'u' });
    },
    close: () => terminal.close(),
  };
}
