import type { Paint } from './timeline.mts';

/** Records whether an expectation held, and what was seen instead. */
export type Expectations = (sentence: string, holds: boolean, seen?: unknown) => void;

export interface ExpectationList {
  readonly expect: Expectations;
  readonly failed: number;
  text(paint: Paint): string;
}

export function createExpectations(): ExpectationList {
  const list: { readonly sentence: string; readonly holds: boolean; readonly seen: unknown }[] = [];
  const broken = () => list.filter(({ holds }) => !holds);
  return {
    expect: (sentence, holds, seen) => void list.push({ sentence, holds, seen }),
    get failed() {
      return broken().length;
    },
    text(paint) {
      const lines = list.map(({ sentence, holds, seen }) => {
        const mark = holds ? paint('32', '✔') : paint('31', '✘');
        const found = holds || seen === undefined ? '' : ` (seen: ${JSON.stringify(seen)})`;
        return `${mark} ${sentence}${found}`;
      });
      const sum =
        broken().length === 0
          ? paint('32', `All ${list.length} expectations held.`)
          : paint('31', `${broken().length} of ${list.length} expectations did not hold, marked ✘.`);
      return [...lines, '', sum].join('\n');
    },
  };
}
