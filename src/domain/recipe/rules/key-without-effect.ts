import { quoted } from '../finding.ts';
import type { RecipeRule } from '../recipe-rule.ts';

export const keyWithoutEffect: RecipeRule = {
  id: 'key-without-effect',
  severity: 'warning',
  *check({ steps }) {
    for (const [name, step] of steps) {
      if (step.action !== 'stop') continue;
      for (const key of keysBehindAnEnd)
        if (step[key] !== undefined) {
          const message = `the step ${quoted(name)} is a stop, which ends the run: ${key} has no effect`;
          const fix = key === 'skip_when_false' ? 'choose with a route in front of it' : 'remove it';
          yield { message, fix, at: { path: ['steps', name, key], isKey: true } };
        }
    }
  },
};

/** A skipped step is followed by its next one, and a stop has none. */
const keysBehindAnEnd = [
  'skip_when_false',
  'on_success',
  'on_failure',
  'on_result',
  'on_context_limit',
  'on_exhausted',
  'on_exceeded',
  'max_visits',
  'capture',
  'capture_list',
  'expect',
  'returns',
] as const;
