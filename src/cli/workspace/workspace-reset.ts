import { resolve } from 'node:path';
import { countText } from '../../domain/count-text.ts';
import { keptWhenEmptied } from '../../domain/kept-when-emptied.ts';
import { createGit } from '../../services/git/git.ts';
import { entryKindAt } from '../../services/platform/entry-kind.ts';
import { runShortCommand } from '../../services/platform/process/run-short-command.ts';
import { namesIn } from '../../services/platform/unless-missing.ts';
import { disposableFolderAt } from '../../services/workspace/disposable-folder.ts';
import { emptyFolder } from '../../services/workspace/empty-folder.ts';
import { createFindLosses, type Loss, lossText } from '../../services/workspace/find-losses.ts';
import { realPathOfKind } from '../../services/workspace/workspace.ts';
import type { CliHost } from '../cli-host.ts';
import { readProjectConfig } from '../project-config.ts';
import { paintFor, reportRemovals, titledBlock } from '../report.ts';
import { requirePerson } from '../require-person.ts';
import { disposalRulesOf } from './disposal-rules-of.ts';

export interface WorkspaceResetOptions {
  readonly yes?: boolean;
  readonly json?: boolean;
}

/**
 * `maitred workspace reset`: shows what is in a folder and what would be lost with it, and with `--yes` empties it, marked or not.
 * @throws AppError `forbidden` for a folder that nobody may empty, and for `--yes` without a person; `unavailable` if something could not be
 * deleted, and then the rest is deleted
 */
export async function runWorkspaceReset(host: CliHost, named: string, options: WorkspaceResetOptions): Promise<void> {
  const { yes: isDone = false, json: asJson = false } = options;
  if (isDone) requirePerson(host, 'maitred workspace reset --yes');
  const project = readProjectConfig(host);
  const rules = disposalRulesOf(host, project);
  const folder = disposableFolderAt(realPathOfKind(resolve(host.cwd(), named), 'DIR', 'folder'), 'DIR', rules);
  const marker = project.config.safety.reset_guard_marker;
  const keep = keptWhenEmptied(marker);
  const isMarked = entryKindAt(`${folder.path}/${marker}`) === 'file';
  const entries = namesIn(folder.path)
    .filter((name) => !keep.includes(name))
    .toSorted();
  const losses = entries.length === 0 ? [] : await lossesIn(folder.path, keep);
  const failed = isDone ? (await emptyFolder(folder, { keep })).failed.first : [];

  const paint = paintFor(host);
  const thing = 'item';
  const title = `in ${folder.path}${isMarked ? '' : ` (not marked: no ${marker})`}`;
  const summary = `${countText(entries.length, thing)} ${isDone ? 'removed' : 'would be removed'}`;
  const lost = losses.map((loss) => lossText(loss, folder.path));
  reportRemovals(host, asJson, {
    thing,
    isDone,
    count: entries.length,
    json: {
      folder: folder.path,
      is_marked: isMarked,
      [isDone ? 'removed' : 'would_remove']: entries,
      lost: losses,
      failed,
    },
    blocks: [
      titledBlock(paint, title, summary, entries),
      titledBlock(paint, 'lost with them', countText(lost.length, 'finding'), lost),
    ],
    failures: failed.map(({ path, error }) => `${folder.path}/${path} ${error}`),
  });
}

const mostLosses = 100;

async function lossesIn(folder: string, keep: readonly string[]): Promise<readonly Loss[]> {
  const losses: Loss[] = [];
  for await (const loss of createFindLosses(createGit(runShortCommand))(folder, { keep, repositories: 'unsaved' }))
    if (losses.push(loss) === mostLosses) break;
  return losses;
}
