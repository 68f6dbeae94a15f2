import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { PlacedFault } from '../../domain/placed-fault.ts';
import { skillNameShape } from '../../domain/skill-command.ts';
import { isWithin, realPathOf } from '../platform/real-path.ts';
import { namesIn } from '../platform/unless-missing.ts';

/** Where a skill is. */
export interface SkillPlace {
  /** That of its folder. */
  readonly name: string;
  readonly source: 'bundled' | 'project';
  readonly dir: string;
  /** Its SKILL.md. */
  readonly file: string;
  /** Its files may not lie outside of this folder. */
  readonly root: string;
}

/** The folders of a project that can have skills. A skill in the first wins over one of the same name in the second, and both win over bundled ones. */
const projectFolders = ['.maitred/skills', '.claude/skills'];

/** The places of all skills: for each name, those that have it, the one that wins first. Whether their files are valid is not known yet. */
export function findSkillPlaces(projectDir: string, bundledDir: string): ReadonlyMap<string, readonly SkillPlace[]> {
  const found = new Map<string, SkillPlace[]>();
  const look = (folder: string, source: SkillPlace['source'], root: string) => {
    for (const name of namesIn(folder)) {
      const dir = join(folder, name);
      const file = join(dir, 'SKILL.md');
      if (skillNameShape.test(name) && hasText(file))
        found.set(name, [...(found.get(name) ?? []), { name, source, dir, file, root }]);
    }
  };
  for (const folder of projectFolders) look(join(projectDir, folder), 'project', projectDir);
  look(bundledDir, 'bundled', bundledDir);
  return found;
}

/** Whether the file is there and not empty: a shell makes it before `maitred skills show NAME > SKILL.md` looks for the skill to print. */
function hasText(file: string): boolean {
  try {
    return statSync(file).size > 0;
  } catch {
    return false;
  }
}

/** Why a skill's file must not be read: a project's files are a stranger's, and a link could show a session any file of the person. null: it may be. */
export function findLinkOutside({ root, dir, file }: SkillPlace): PlacedFault | null {
  const realDir = realPathOf(dir);
  if (!isWithin(realDir, realPathOf(root)))
    return { place: `${file}:1:1`, message: `the folder is a link that leaves ${root}; ${copyInstead}` };
  return isWithin(realPathOf(file), realDir)
    ? null
    : { place: `${file}:1:1`, message: `the file is a link that leaves its folder; ${copyInstead}` };
}

const copyInstead = 'replace it with a copy';
