import { rm } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { AppError } from '../../domain/app-error.ts';
import type { Placeholders } from '../../domain/scenario/placeholders.ts';
import { isPlainPath, type KeptContent, type WrittenFile } from '../../domain/scenario/scenario.ts';
import { cannotWrite } from '../platform/cannot-write.ts';
import { entryKindAt } from '../platform/entry-kind.ts';
import { writeFileAtomically } from '../platform/files.ts';
import { realPathOf } from '../platform/real-path.ts';

export interface PlayedFiles {
  /** As in the folder of the scenario, for people: `0003-run_skill/1`. */
  readonly step: string;
  readonly files: readonly WrittenFile[];
  /** With the values of this run, and the folder of the logs if there is one. */
  readonly placeholders: Pick<Placeholders, 'expand'>;
  contentOf(content: KeptContent): Promise<Buffer>;
}

/**
 * Writes and removes the files that a program did, below the same places of this run. A file whose content is not kept is left out; only a regular file is
 * removed. Follows no link and writes nothing into a `.git`.
 * @throws AppError `conflict`, before anything is written, where a path leaves its place or leads through a link; `unavailable` where a file cannot be
 * written: those before it in the list are
 */
export async function playFiles({ step, files, placeholders, contentOf }: PlayedFiles): Promise<void> {
  const played = files.map((file) => ({ file, path: safePathOf(file.path, step, placeholders) }));
  for (const { file, path } of played) if (file.removed) await removeFile(path);
  for (const { file, path } of played) {
    if (file.removed || file.why_not !== undefined) continue;
    const bytes = await expandedContent(file, placeholders, contentOf);
    await writeFileAtomically(path, bytes, Number.parseInt(file.mode ?? usualMode, 8) & permissions);
  }
}

/** A content with the values of this run; byte by byte where it is not text. */
export async function expandedContent(
  content: KeptContent,
  placeholders: Pick<Placeholders, 'expand'>,
  contentOf: PlayedFiles['contentOf'],
): Promise<Buffer> {
  const bytes = await contentOf(content);
  return content.binary ? bytes : Buffer.from(placeholders.expand(bytes.toString()));
}

const usualMode = '600';
const permissions = 0o777;

async function removeFile(path: string): Promise<void> {
  try {
    if (entryKindAt(path) === 'file') await rm(path, { force: true });
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
}

/** The path in this run. @throws AppError `conflict` where it is not safe to write there */
function safePathOf(recorded: string, step: string, { expand }: Pick<Placeholders, 'expand'>): string {
  const refuse = (why: string) =>
    new AppError(
      'conflict',
      `The step ${step} wrote ${recorded}, ${why}. None of its files was written. Correct the path in the scenario, or record the step again.`,
    );
  const [, place = '', rest = ''] = /^(<<(?:project|worktrees|log|temp\.\d+)>>)\/(.+)$/s.exec(recorded) ?? [];
  if (place === '') throw refuse('which is not below <<project>>, <<worktrees>>, <<log>> or <<temp.1>>');
  const folder = expand(place);
  if (!isAbsolute(folder)) throw refuse(`and this run has no ${place}`);
  const below = expand(rest);
  if (!isPlainPath(below)) throw refuse(`which leads out of ${place}`);
  if (below.split('/').some((part) => part.toLowerCase() === '.git'))
    throw refuse('and nothing is written into a .git');
  const path = join(folder, below);
  // A folder with a name of its own was chosen by this run; one for temporary files only by what the scenario says.
  const isOwn = !place.startsWith('<<temp.');
  const realFolder = isOwn ? realPathOf(folder) : join(realPathOf(dirname(folder)), basename(folder));
  const isLink = realPathOf(dirname(path)) !== dirname(join(realFolder, below)) || entryKindAt(path) === 'other';
  if (isLink) throw refuse('and in this run a link or a special file is there');
  return path;
}
