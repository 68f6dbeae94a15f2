import * as z from 'zod';
import { answerBudgetBytes, resultBytes } from '../domain/answer-budget.ts';
import { countText } from '../domain/count-text.ts';
import { shortenTexts, shortenUntilItFits } from '../domain/shorten-texts.ts';
import { toolResultOf } from '../domain/tool-result.ts';

export const offsetArgument = z
  .int()
  .min(0)
  .default(0)
  .describe('How many entries of each list to skip: next_offset of the answer before, to get what it left out.');

/** The arguments of a tool that answers with a list. */
export const pageArguments = {
  limit: z
    .int()
    .min(1)
    .max(1_000)
    .default(500)
    .describe('How many entries of each list to return at most. Fewer are returned if the answer would exceed 48 KiB.'),
  offset: offsetArgument,
};

/** The fields of a result that say what it leaves out. */
export const restFields = () => ({
  next_offset: z.number().int().nullable().describe('The offset that gets the rest; null if there is no rest.'),
  left_out: z.string().nullable().describe('What is left out and how to get it; null if nothing is.'),
});

/** Part of one or several lists. */
export interface Page {
  /** The entries of a list that belong to this part. */
  of<Item>(list: readonly Item[]): Item[];
  /** null: the part reaches the end. */
  readonly nextOffset: number | null;
  /** A sentence; null if the part reaches the end. */
  readonly leftOut: string | null;
}

export interface PageOptions {
  readonly limit: number;
  readonly offset: number;
  /** The length of the longest list. */
  readonly length: number;
  /** What it lists, in the singular. */
  readonly noun: string;
}

/** For a few fields that a tool adds to the answer. */
const reservedBytes = 512;

/**
 * Builds an answer with as many whole entries as it has room for. An entry that does not fit alone has its long texts shortened, so that the next
 * page always goes on.
 */
export function fillPage<Answer>(
  { limit, offset, length, noun }: PageOptions,
  answerOf: (page: Page) => Answer,
): Answer {
  const answerWith = (count: number, shorten = <Item>(items: Item[]) => items) => {
    const end = offset + count;
    const nextOffset = end < length ? end : null;
    return answerOf({
      of: (list) => shorten(list.slice(offset, end)),
      nextOffset,
      leftOut: nextOffset === null ? null : callAgain(countText(length - end, noun), end),
    });
  };
  const fits = (answer: Answer) => resultBytes(toolResultOf(answer)) <= answerBudgetBytes - reservedBytes;

  const wanted = Math.max(0, Math.min(limit, length - offset));
  let fitting = 0;
  for (let tooMany = wanted + 1; tooMany - fitting > 1; ) {
    // Doubled at most, so that nothing much larger than an answer is built.
    const count = Math.min(2 * fitting + 1, Math.floor((fitting + tooMany) / 2));
    if (fits(answerWith(count))) fitting = count;
    else tooMany = count;
  }
  if (fitting > 0 || wanted === 0) return answerWith(fitting);
  const ofOne = (most: number) => answerWith(1, (items) => shortenTexts(items, most));
  const attempt = (most: number) => {
    const answer = ofOne(most);
    return fits(answer) ? answer : null;
  };
  return shortenUntilItFits(answerBudgetBytes, attempt) ?? ofOne(1);
}

/** @param what what is left out: `12 rows` */
export const callAgain = (what: string, nextOffset: number): string =>
  `Left out: ${what}. Call again with "offset": ${nextOffset} to get the rest.`;
