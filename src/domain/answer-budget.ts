import type { Fault } from './app-error.ts';
import { shortenText, shortenTexts, shortenUntilItFits } from './shorten-texts.ts';
import { type ToolResult, toolErrorOf, toolResultOf } from './tool-result.ts';

/** The most bytes in UTF-8 that the text of an answer has: clients cut longer ones, or save them to a file (docs/decisions/0026). */
export const answerBudgetBytes = 48 * 1_024;

/** The same for an error, of which clients cut more. */
const faultBudgetBytes = 10 * 1_024;

export const resultBytes = ({ content }: ToolResult): number =>
  content.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);

/** An answer with its longest texts shortened, so that it is within the budget. */
export const fitAnswer = <Answer>(answer: Answer): Answer =>
  shortenUntilItFits(answerBudgetBytes, (most) => {
    const shortened = shortenTexts(answer, most);
    return resultBytes(toolResultOf(shortened)) > answerBudgetBytes ? null : shortened;
  }) ?? answer;

/** The fault with its longest texts shortened, so that its answer is within the budget. */
export function fitFault({ code, ...texts }: Fault): Fault {
  const fitting = shortenUntilItFits(faultBudgetBytes, (most) => {
    const shortened: Fault = { code, ...shortenTexts(texts, most) };
    return resultBytes(toolErrorOf(shortened)) > faultBudgetBytes ? null : shortened;
  });
  if (fitting !== null) return fitting;
  const details = { left_out: 'The details of this error are larger than an answer may be.' };
  return { code, message: shortenText(texts.message, mostMessageCharacters), details };
}

/** Fits, whatever the characters are. */
const mostMessageCharacters = 1_024;
