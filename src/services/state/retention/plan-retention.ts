import { closeSync, constants, lstatSync, openSync } from 'node:fs';
import { isAppError } from '../../../domain/app-error.ts';
import {
  type Expiry,
  findExpired,
  isOfKind,
  type RetentionPlace,
  retentionRules,
  type StoredFile,
} from '../../../domain/retention.ts';
import type { StateFolder } from '../../../domain/state-folder.ts';
import { errorCodeOf } from '../../platform/error-code.ts';
import { namesIn, unlessMissingSync } from '../../platform/unless-missing.ts';

export interface RetentionOptions {
  readonly folder: StateFolder;
  /** null where the system has no user numbers. */
  readonly ownUid: number | null;
  /** May throw: then it is unknown. Called after the listing, so that a server that starts meanwhile is not taken for dead. */
  liveServerIds(): ReadonlySet<string>;
  /** Whether a live server uses a file. With it, large files are offered too; without it, only what has expired is planned. */
  isInUse?(file: ListedFile): boolean;
  nowMs?(): number;
}

export interface ListedFile extends StoredFile {
  /** Distinguishes the file from a later one with the same name. */
  readonly inode: number;
}

export interface RetentionPlan {
  /** In the order of the rules; of one kind the newest first. */
  readonly items: readonly Expiry<ListedFile>[];
  /** Folders that were passed over, each with a message or the system's name for the cause. */
  readonly unreadable: readonly { readonly path: string; readonly cause: string }[];
}

export function planRetention(options: RetentionOptions): RetentionPlan {
  const { folder, ownUid, liveServerIds } = options;
  const nowMs = options.nowMs?.() ?? Date.now();
  const circumstances = { nowMs, ...(options.isInUse === undefined ? {} : { isInUse: options.isInUse }) };
  const unreadable: { path: string; cause: string }[] = [];
  const unlessUnreadable = <Result>(path: string, read: () => Result): Result | null => {
    try {
      return read();
    } catch (thrown) {
      unreadable.push({ path, cause: isAppError(thrown) ? thrown.message : errorCodeOf(thrown) });
      return null;
    }
  };

  const listings = placesOf(folder).map((at) => {
    const isOurs = (name: string) => retentionRules.some((rule) => isOfKind(rule, at.place, name));
    return { place: at.place, files: unlessUnreadable(at.dir, () => listOwnFiles(at, ownUid, isOurs)) ?? [] };
  });
  let live: ReadonlySet<string> | null | undefined;
  const askOnce = () => {
    if (live === undefined) live = unlessUnreadable(folder.serversDir, liveServerIds);
    return live;
  };
  const items = retentionRules.flatMap((rule) => {
    const files = listings.flatMap(({ place, files }) => files.filter(({ name }) => isOfKind(rule, place, name)));
    const mustAsk = rule.sparesLiveServers === true && files.length > 0;
    const spared = mustAsk ? askOnce() : new Set<string>();
    return spared === null ? [] : findExpired(files, rule, { ...circumstances, liveServerIds: spared });
  });
  return { items, unreadable };
}

interface ListedPlace {
  readonly place: RetentionPlace;
  readonly dir: string;
  readonly mayBeLink: boolean;
}

/** A person may keep the state folder elsewhere and link to it. Below it maitred makes no links. */
function placesOf(folder: StateFolder): ListedPlace[] {
  return [
    { place: 'state', dir: folder.dir, mayBeLink: true },
    { place: 'logs', dir: folder.logsDir, mayBeLink: false },
    { place: 'servers', dir: folder.serversDir, mayBeLink: false },
    { place: 'crashes', dir: folder.crashesDir, mayBeLink: false },
    { place: 'early', dir: folder.earlySettingsDir, mayBeLink: false },
    { place: 'handshakes', dir: folder.handshakesDir, mayBeLink: false },
    { place: 'code', dir: `${folder.dir}/code`, mayBeLink: false },
    { place: 'output', dir: folder.outputDir, mayBeLink: false },
  ];
}

/**
 * Lists the regular files of our own user in a folder that have a wanted name; links are not followed. A folder that does not exist
 * is empty. Throws what the system throws.
 */
function listOwnFiles(
  { dir, mayBeLink }: ListedPlace,
  ownUid: number | null,
  isWanted: (name: string) => boolean,
): ListedFile[] {
  // Opening can refuse a link; listing would follow it.
  const flags = constants.O_RDONLY | constants.O_DIRECTORY | (mayBeLink ? 0 : constants.O_NOFOLLOW);
  const folder = unlessMissingSync(() => openSync(dir, flags));
  if (folder === null) return [];
  closeSync(folder);
  return namesIn(dir)
    .filter(isWanted)
    .flatMap((name) => {
      const path = `${dir}/${name}`;
      const stats = lstatSync(path, { throwIfNoEntry: false });
      if (!stats?.isFile() || (ownUid !== null && stats.uid !== ownUid)) return [];
      return [{ path, name, sizeBytes: stats.size, modifiedAtMs: stats.mtimeMs, inode: stats.ino }];
    });
}
