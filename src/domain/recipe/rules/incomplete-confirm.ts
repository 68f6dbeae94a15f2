import { quoted } from '../finding.ts';
import type { RecipeRule } from '../recipe-rule.ts';

export const incompleteConfirm: RecipeRule = {
  id: 'incomplete-confirm',
  severity: 'error',
  *check({ steps }) {
    for (const [name, step] of steps) {
      if (step.action !== 'confirm') continue;
      for (const [key, fix] of needed)
        if (step[key] === undefined || step[key] === '') {
          const message = `the step ${quoted(name)} asks a person without ${key}`;
          yield { message, fix: `add ${key}: with ${fix}`, at: { path: ['steps', name, key] } };
        }
    }
  },
};

const needed = [
  ['message', 'the question'],
  ['on_success', 'the step after yes'],
  ['on_failure', 'the step after no'],
] as const;
