import { quoted } from '../finding.ts';
import type { RecipeRule } from '../recipe-rule.ts';

export const stopWithoutMessage: RecipeRule = {
  id: 'stop-without-message',
  severity: 'error',
  *check({ steps }) {
    for (const [name, { action, message }] of steps) {
      if (action !== 'stop' || hasText(message)) continue;
      const fix = 'add message: with what the person is told at the end';
      yield {
        message: `the step ${quoted(name)} stops without a message`,
        fix,
        at: { path: ['steps', name, 'message'] },
      };
    }
  },
};

const hasText = (message: string | undefined) => message !== undefined && message.trim() !== '';
