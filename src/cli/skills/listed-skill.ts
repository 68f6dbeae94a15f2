import { relative } from 'node:path';
import type { ListedSkill } from '../../services/skills/skills.ts';

/** Where a skill comes from, for people. */
export const placeText = ({ place }: ListedSkill, projectDir: string): string =>
  place.source === 'bundled' ? 'from maitred' : `from ${relative(projectDir, place.file)}`;

/** snake_case, with the keys of the frontmatter where there are some. */
export const skillJson = ({ name, place, description, categories, dependencies, contract, disabled }: ListedSkill) => ({
  name,
  source: place.source,
  path: place.file,
  description,
  categories,
  dependencies,
  disabled,
  tools: contract.neededTools,
  outputs: contract.outputs.map((output) => ({
    name: output.name,
    type: output.type,
    values: output.values ?? null,
    required: output.isRequired,
    pattern: output.pattern,
  })),
  writes: contract.writes,
  writes_when: contract.writesWhen,
  makes_worktree: contract.makesWorktree,
});
