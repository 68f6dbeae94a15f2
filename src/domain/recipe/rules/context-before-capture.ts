import { referencesOf } from '../../expression/references-of.ts';
import { meantOr, quoted } from '../finding.ts';
import { capturesOf, hasStepsElsewhere } from '../recipe.ts';
import type { RecipeRule } from '../recipe-rule.ts';

export const contextBeforeCapture: RecipeRule = {
  id: 'context-before-capture',
  severity: 'error',
  *check({ texts, steps }) {
    const captured = new Map([...steps].map(([name, step]) => [name, capturesOf(step)]));
    const all = new Set([...captured.values()].flat());
    const known = new Map<string, ReadonlySet<string>>();
    const earlier = new Set<string>();
    let isAnyElsewhere = false;
    for (const [name, step] of steps) {
      if (!isAnyElsewhere) known.set(name, new Set([...earlier, ...(step.optional_context_refs ?? [])]));
      for (const capture of captured.get(name) ?? []) earlier.add(capture);
      isAnyElsewhere ||= hasStepsElsewhere(step);
    }
    for (const { step, use, path, parsed } of texts) {
      const names = known.get(step);
      if ('fault' in parsed || names === undefined) continue;
      for (const reference of referencesOf(parsed).references) {
        const [name = ''] = reference.path;
        if (reference.namespace !== 'context' || names.has(name)) continue;
        // Conditions and messages of a loop may name what a later step captures.
        if (use !== 'argument' && all.has(name)) continue;
        yield {
          message: `no ${use === 'argument' ? 'earlier ' : ''}step captures ${quoted(name)}`,
          fix: all.has(name)
            ? 'a later one does: move it up, or add the name to optional_context_refs'
            : meantOr(name, all, 'capture it in a step before'),
          at: { path, offset: reference.offset },
        };
      }
    }
  },
};
