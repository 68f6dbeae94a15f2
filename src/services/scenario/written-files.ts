import { countText, digitsText } from '../../domain/count-text.ts';
import { wait } from '../../domain/timers.ts';
import { errorCodeOf } from '../platform/error-code.ts';
import { createPace, type Pace } from '../platform/pace.ts';
import { readRegularFile } from '../platform/read-regular-file.ts';
import { type EntryStamp, type FolderSnapshot, isGone, isSameEntry, takeFolderSnapshot } from './folder-snapshot.ts';
import type { CapturedFile } from './scenario-recorder.ts';
import { createWatchedFolders, type WatchedFolder, type WrittenFilesPlaces } from './watched-folders.ts';

/**
 * Which files a program has written, changed or removed: the difference between two looks at the places in which it is expected to write. Where two programs run at
 * once, each is said to have written what has changed in its time.
 */
export interface WrittenFiles {
  /** Takes the first look. Never rejects: what cannot be seen is said in `leftOut`. @param logDir where the program keeps logs of its own; null: nowhere */
  watch(cwd: string, logDir: string | null): Promise<WrittenFilesWatch>;
}

export interface WrittenFilesWatch {
  /** Takes the second look, and reads what has changed. Never rejects. */
  end(): Promise<FilesWritten>;
}

export interface FilesWritten {
  /** In the order of their paths. */
  readonly files: readonly CapturedFile[];
  /** Why files are missing, as sentences. */
  readonly leftOut: readonly string[];
}

export interface WrittenFilesLimits {
  /** Below one place. */
  readonly mostEntries: number;
  readonly mostFiles: number;
  readonly mostFileBytes: number;
  /** Of all files of a program. */
  readonly mostBytes: number;
}

const usualLimits: WrittenFilesLimits = {
  mostEntries: 20_000,
  mostFiles: 1_000,
  mostFileBytes: 4 * 1_024 ** 2,
  mostBytes: 32 * 1_024 ** 2,
};

/** The longest time in which two changes of a file have the same time, so that the second one is not seen: the tick of older kernels. */
const longestTickMs = 10;

export function createWrittenFiles({
  places,
  limits = usualLimits,
}: {
  readonly places: WrittenFilesPlaces;
  readonly limits?: WrittenFilesLimits;
}): WrittenFiles {
  const watchedFolders = createWatchedFolders(places);
  return {
    async watch(cwd, logDir) {
      const { folders, excluded, leftOut } = watchedFolders(cwd, logDir);
      const look = async (looked: readonly WatchedFolder[]) => {
        const pace = createPace(() => performance.now());
        const snapshots = new Map<WatchedFolder, FolderSnapshot | null>();
        for (const folder of looked)
          snapshots.set(folder, await takeFolderSnapshot(folder, excluded, limits.mostEntries, pace));
        return snapshots;
      };
      const before = await look(folders);
      const changedAtMs = Math.max(0, ...[...before.values()].map((snapshot) => snapshot?.changedAtMs ?? 0));
      const tickMs = Math.min(changedAtMs + longestTickMs - Date.now(), longestTickMs);
      if (tickMs > 0) await wait(tickMs);
      return {
        async end() {
          const after = await look(folders.filter((folder) => before.get(folder) !== null));
          const changes: Change[] = [];
          const sentences = [...leftOut];
          for (const folder of folders) {
            const [old, now] = [before.get(folder) ?? null, after.get(folder) ?? null];
            if (old === null || now === null) {
              sentences.push(
                `${folder.path}: more than ${digitsText(limits.mostEntries)} entries; what is written there is not recorded.`,
              );
              continue;
            }
            changes.push(...changesIn(folder, old, now));
            for (const [path, errno] of now.unreadable)
              sentences.push(`${join(folder.path, path)}: the folder cannot be read (${errno}).`);
          }
          const read = await readChanges(changes, limits);
          return { files: read.files, leftOut: [...sentences, ...read.leftOut] };
        },
      };
    },
  };
}

interface Change {
  /** As the places name it. */
  readonly path: string;
  readonly realPath: string;
  /** null: it is gone. */
  readonly now: EntryStamp | null;
  readonly isLink: boolean;
}

const join = (folder: string, path: string): string => (path === '' ? folder : `${folder}/${path}`);

function changesIn(folder: WatchedFolder, before: FolderSnapshot, after: FolderSnapshot): readonly Change[] {
  const changeOf = (path: string, now: EntryStamp | null, { isLink }: EntryStamp): Change => ({
    path: join(folder.path, path),
    realPath: join(folder.realPath, path),
    now,
    isLink,
  });
  const changes: Change[] = [];
  for (const [path, now] of after.stamps) {
    const old = before.stamps.get(path);
    if (old === undefined || !isSameEntry(old, now)) changes.push(changeOf(path, now, now));
  }
  const isUnseen = (path: string) =>
    [...after.unreadable.keys()].some((dir) => dir === '' || path.startsWith(`${dir}/`));
  for (const [path, old] of before.stamps)
    if (!after.stamps.has(path) && !isUnseen(path)) changes.push(changeOf(path, null, old));
  return changes;
}

async function readChanges(
  changes: readonly Change[],
  { mostFiles, mostFileBytes, mostBytes }: WrittenFilesLimits,
): Promise<FilesWritten> {
  const pace: Pace = createPace(() => performance.now());
  const files: CapturedFile[] = [];
  const leftOut: string[] = [];
  let leftBytes = mostBytes;
  let more = 0;
  for (const change of [...changes].sort((one, other) => (one.path < other.path ? -1 : 1))) {
    const { path, now } = change;
    if (change.isLink)
      leftOut.push(`${path}: a link that was ${now === null ? 'removed' : 'written'} is not recorded.`);
    else if (files.length >= mostFiles) more += 1;
    else if (now === null) files.push({ path, content: 'removed', sizeBytes: 0, mode: 0 });
    else {
      const file = readFile(change, Math.min(mostFileBytes, leftBytes), mostFileBytes);
      if (file !== null) files.push(file);
      if (file !== null && file.content !== 'removed' && 'head' in file.content) leftBytes -= file.sizeBytes;
    }
    if (pace.isDue) await pace.yieldOnce();
  }
  if (more > 0) leftOut.push(`${countText(more, 'more file')} changed; only ${digitsText(mostFiles)} are recorded.`);
  return { files, leftOut };
}

const permissionBits = 0o7777;

/** null: it is gone, or no longer a file. */
function readFile({ path, realPath, now }: Change, leftBytes: number, mostFileBytes: number): CapturedFile | null {
  let [sizeBytes, mode] = [now?.size ?? 0, 0];
  const file = (content: CapturedFile['content']): CapturedFile => ({ path, content, sizeBytes, mode });
  let isRegular = false;
  try {
    const bytes = readRegularFile(realPath, 'refused', (stats) => {
      isRegular = true;
      sizeBytes = stats.size;
      mode = stats.mode & permissionBits;
      return stats.size <= leftBytes;
    });
    if (bytes !== null) {
      sizeBytes = bytes.length;
      return file({ head: bytes, tail: new Uint8Array(0), leftOutBytes: 0 });
    }
    if (!isRegular) return null;
    return file({ whyNot: sizeBytes > mostFileBytes ? tooLarge(mostFileBytes) : tooMuch });
  } catch (thrown) {
    const errno = errorCodeOf(thrown);
    // A link has taken its place.
    return isGone(errno) || errno === 'ELOOP' ? null : file({ whyNot: `It cannot be read (${errno}).` });
  }
}

const tooLarge = (mostBytes: number): string => `It is larger than ${digitsText(mostBytes)} bytes.`;

const tooMuch = 'The files of this program together are larger than is recorded.';
