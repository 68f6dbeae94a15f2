import { statSync } from 'node:fs';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError, isAppError } from '../../domain/app-error.ts';
import { cannotWriteState } from '../platform/cannot-write.ts';
import { isWithin, realPathOf } from '../platform/real-path.ts';
import { namesIn } from '../platform/unless-missing.ts';
import type { Skill } from './skill-catalogue.ts';
import type { SkillPlace } from './skill-places.ts';

/** The folders that a skill's text can name. */
export interface SkillFolders {
  /** For `{{MAITRED_TEMP}}`: where it keeps its own files. */
  readonly temp: string;
  /** For `{{MAITRED_WORKTREES}}`: where it makes worktrees. */
  readonly worktrees: string;
}

/** Puts folders into the text of a skill. */
export const fillFolders = (text: string, { temp, worktrees }: SkillFolders): string =>
  text
    .replace(/\{\{(?:MAITRED|AUTOSKILLIT)_TEMP\}\}/g, () => temp)
    .replace(/\{\{MAITRED_WORKTREES\}\}/g, () => worktrees);

/**
 * Writes skills to `<dir>/.claude/skills`, where an agent finds them that is started with this folder. What `dir` had is removed. Folders have
 * mode 0700, files 0600.
 * @param skills the one that is called first; the others lose lines with a completion marker, which would end the session early
 * @throws AppError `forbidden` or `invalid_input` for files beside a SKILL.md that cannot be copied, `unavailable` if nothing can be written
 */
export async function writeSessionSkills(dir: string, skills: readonly Skill[], folders: SkillFolders): Promise<void> {
  try {
    await rm(dir, { recursive: true, force: true });
    for (const [index, skill] of skills.entries()) {
      const target = join(dir, '.claude', 'skills', skill.name);
      await mkdir(target, { recursive: true, mode: 0o700 });
      const text = fillFolders(sessionText(skill, index === 0), folders);
      await writeFile(join(target, 'SKILL.md'), text, { mode: 0o600, flag: 'wx' });
      for (const path of filesBeside(skill.place)) {
        await mkdir(dirname(join(target, path)), { recursive: true, mode: 0o700 });
        await copyFile(join(skill.place.dir, path), join(target, path));
      }
    }
  } catch (thrown) {
    throw isAppError(thrown) ? thrown : cannotWriteState(dir, thrown);
  }
}

const markerLine = /^.*%%[A-Z][A-Z0-9_]*(?:::[0-9a-f]+)?%%.*(?:\r?\n|$)/gm;

function sessionText({ file: { head, body } }: Skill, isCalled: boolean): string {
  const invocable = head.replace(/^(["']?)disable-model-invocation\1[ \t]*:.*(?:\r?\n|$)/m, '');
  return `${invocable}${isCalled ? body : body.replace(markerLine, '')}`;
}

const mostFiles = 200;
const largestMib = 8;

/** The files beside a SKILL.md, relative to its folder: scripts and pages that it names. */
function filesBeside({ dir }: SkillPlace): readonly string[] {
  const realDir = realPathOf(dir);
  const found: string[] = [];
  let sizeBytes = 0;
  const folders = [''];
  // What is found is added to what is looked into.
  for (const folder of folders)
    for (const name of namesIn(join(dir, folder))) {
      const path = join(folder, name);
      const real = realPathOf(join(dir, path));
      if (!isWithin(real, realDir))
        throw new AppError(
          'forbidden',
          `${join(dir, path)} is a link that leaves the skill's folder; replace it with a copy`,
        );
      const stats = statSync(real);
      if (stats.isDirectory()) folders.push(path);
      else if (stats.isFile() && path !== 'SKILL.md') {
        found.push(path);
        sizeBytes += stats.size;
      }
      if (found.length + folders.length > mostFiles || sizeBytes > largestMib * 1024 * 1024) {
        const limit = `${mostFiles} files or ${largestMib} MiB`;
        throw new AppError(
          'invalid_input',
          `the skill ${dir} has more than ${limit} beside its SKILL.md; move some of them elsewhere`,
        );
      }
    }
  return found;
}
