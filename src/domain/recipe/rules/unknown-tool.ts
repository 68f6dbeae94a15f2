import { meantOr, quoted } from '../finding.ts';
import { knownTools } from '../known-tools.ts';
import type { RecipeRule } from '../recipe-rule.ts';

export const unknownTool: RecipeRule = {
  id: 'unknown-tool',
  severity: 'error',
  *check({ steps }) {
    for (const [name, { tool }] of steps) {
      if (tool === undefined || knownTools.has(tool)) continue;
      const fix = meantOr(tool, knownTools.keys(), 'name a tool of docs/tools.md');
      yield { message: `there is no tool ${quoted(tool)}`, fix, at: { path: ['steps', name, 'tool'] } };
    }
  },
};
