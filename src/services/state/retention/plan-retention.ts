import { isAppError } from '../../../domain/app-error.ts';
import { type Expiry, findExpired, isOfKind, retentionRules } from '../../../domain/retention.ts';
import type { StateFolder } from '../../../domain/state-folder.ts';
import { errorCodeOf } from '../../platform/error-code.ts';
import { listOwnFiles, type OwnFile } from './list-own-files.ts';
import { placesOf } from './retention-places.ts';

export interface RetentionOptions {
  readonly folder: StateFolder;
  /** A folder in memory where cleanup may lie; null: there is none. */
  readonly tmpfsDir: string | null;
  /** null where the system has no user numbers. */
  readonly ownUid: number | null;
  /** May throw: then nobody knows. Asked after the listing, so that a server that begins meanwhile is not taken for dead. */
  liveServerIds(): ReadonlySet<string>;
  nowMs?(): number;
}

export interface RetentionPlan {
  /** In the order of the rules; of one kind the newest first. */
  readonly items: readonly Expiry<OwnFile>[];
  /** Folders that were passed over, each with the system's name for the cause, or our words. */
  readonly unreadable: readonly { readonly path: string; readonly cause: string }[];
}

export function planRetention(options: RetentionOptions): RetentionPlan {
  const { folder, tmpfsDir, ownUid, liveServerIds } = options;
  const nowMs = options.nowMs?.() ?? Date.now();
  const unreadable: { path: string; cause: string }[] = [];
  const unlessUnreadable = <Result>(path: string, read: () => Result): Result | null => {
    try {
      return read();
    } catch (thrown) {
      unreadable.push({ path, cause: isAppError(thrown) ? thrown.message : errorCodeOf(thrown) });
      return null;
    }
  };

  const listings = placesOf(folder, tmpfsDir).map((at) => {
    const isOurs = (name: string) => retentionRules.some((rule) => isOfKind(rule, at.place, name));
    return { place: at.place, files: unlessUnreadable(at.dir, () => listOwnFiles(at, ownUid, isOurs)) ?? [] };
  });
  let live: ReadonlySet<string> | null | undefined;
  const askOnce = () => {
    live = live === undefined ? unlessUnreadable(folder.serversDir, liveServerIds) : live;
    return live;
  };
  const items = retentionRules.flatMap((rule) => {
    const files = listings.flatMap(({ place, files }) => files.filter(({ name }) => isOfKind(rule, place, name)));
    const mustAsk = rule.sparesLiveServers === true && files.length > 0;
    const spared = mustAsk ? askOnce() : nobody;
    return spared === null ? [] : findExpired(files, rule, { nowMs, liveServerIds: spared });
  });
  return { items, unreadable };
}

const nobody: ReadonlySet<string> = new Set();
