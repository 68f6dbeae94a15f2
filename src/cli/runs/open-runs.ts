import { createJournals, type Journals } from '../../services/journal/journals.ts';
import { readOwnUid } from '../../services/platform/own-uid.ts';
import { compareStateFormat } from '../../services/state/state-format.ts';
import type { CliHost } from '../cli-host.ts';
import { serverRecordsIn, stateFolderOf } from '../state-folder-of.ts';

export interface OpenRuns {
  readonly journals: Journals;
  readonly runsDir: string;
}

/** The runs of this user. @throws AppError as `stateDirFrom` does */
export function openRuns(host: Pick<CliHost, 'env' | 'homeDir'>): OpenRuns {
  const folder = stateFolderOf(host);
  compareStateFormat(folder);
  const { runsDir } = folder;
  const { liveServerIds } = serverRecordsIn(folder);
  const isOwnerAlive = (id: string) => liveServerIds().has(id);
  return { journals: createJournals({ runsDir, ownUid: readOwnUid(), isOwnerAlive }), runsDir };
}
