import { referencesOf } from '../../expression/references-of.ts';
import { quoted } from '../finding.ts';
import type { RecipeRule } from '../recipe-rule.ts';

export const captureWithoutResult: RecipeRule = {
  id: 'capture-without-result',
  severity: 'error',
  *check({ texts, steps }) {
    for (const { use, path, parsed } of texts) {
      if (use !== 'capture' || 'fault' in parsed) continue;
      const { references } = referencesOf(parsed);
      const other = references.find(({ namespace }) => namespace !== 'result');
      const name = quoted(String(path.at(-1)));
      if (references.length === 0)
        yield { message: `the capture ${name} names no key of the result`, fix, at: { path } };
      else if (other !== undefined) {
        const message = `the capture ${name} reads ${other.namespace}, and not the result`;
        yield { message, fix, at: { path, offset: other.offset } };
      }
    }
    for (const [step, { capture, capture_list: captureList, constant }] of steps)
      for (const [key, captures] of Object.entries({ capture, capture_list: captureList }))
        for (const [name, value] of Object.entries(captures ?? {}))
          if (constant === undefined && typeof value !== 'string') {
            const message = `the capture ${quoted(name)} names no key of the result`;
            yield { message, fix, at: { path: ['steps', step, key, name] } };
          }
  },
};

const fix = `write \${{ result.KEY }}`;
