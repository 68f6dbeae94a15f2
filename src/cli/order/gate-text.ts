import { printable } from '../../domain/printable-text.ts';
import type { GateOpened } from '../../domain/recipe-run/journal-record.ts';

type Asks = GateOpened['asks'];

/** What a person is shown at a gate, as lines that cannot control a terminal. */
export const shownLines = (shown: string): readonly string[] =>
  shown
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => `  ${printable(line)}`);

/** The commands that answer a gate. */
export const answerCommands = (runId: string, step: string, asks: Asks): string =>
  asks === 'approval'
    ? `maitred runs approve ${runId} ${step}, or maitred runs reject ${runId} ${step}`
    : `maitred runs approve ${runId} ${step} --done, or --again`;
