import { lstat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isAppError } from '../../domain/app-error.ts';
import { countText, digitsText } from '../../domain/count-text.ts';
import type { Git } from '../git/git.ts';
import { entryKindAt } from '../platform/entry-kind.ts';
import { errorCodeOf } from '../platform/error-code.ts';
import { type OpenFolder, openFolder } from './open-folder.ts';
import { type FoundRepository, whyRepositoryIsUnsaved } from './unsaved-repository.ts';

/** Something that would be lost with the contents of a folder. What cannot be read or decided is one too. */
export interface Loss {
  /** The folder, or a repository or folder in it: absolute. */
  readonly path: string;
  /** A sentence without its subject, which is `path`. */
  readonly why: string;
}

export interface LossQuestion {
  /** Names of entries of the folder that stay, with everything in them. */
  readonly keep: readonly string[];
  /** `all`: every repository counts; `unsaved`: only one with something that exists nowhere else. */
  readonly repositories: 'all' | 'unsaved';
  /** Remotes in this folder do not count, because they may be deleted too. Default: the folder itself. */
  readonly doomedDir?: string;
  readonly signal?: AbortSignal;
}

/**
 * Everything that deletes a folder, or what is in it, asks this first: what would be lost? Files that the repository around the folder tracks,
 * and repositories in it, at every depth and also where git ignores them. Other files are not a loss. Stop iterating to stop looking.
 * @param folder absolute, without links
 * @throws the signal's reason if it is aborted
 */
export type FindLosses = (folder: string, question: LossQuestion) => AsyncIterable<Loss>;

const mostEntries = 2_000_000;
const mostRepositories = 200;
/** Each level holds an open descriptor. */
const deepest = 500;

export const createFindLosses = (git: LossGit): FindLosses =>
  async function* findLosses(folder, question) {
    const { keep, repositories, doomedDir = folder, signal } = question;
    const parents = parentsOf(folder);
    yield* await orUndecided(folder, signal, async () => storeAround(folder, parents));
    for (const parent of parents)
      yield* await orUndecided(folder, signal, () => trackedFilesIn(git, folder, parent, question));
    let found = 0;
    for await (const one of searchFolder(folder, keep, signal)) {
      if ('why' in one) yield one;
      else if (repositories === 'all') yield { path: one.path, why: 'is a git repository or a worktree' };
      else if (++found > mostRepositories) {
        yield { path: folder, why: `holds more than ${mostRepositories} git repositories, which are not all checked` };
        return;
      } else
        yield* await orUndecided(one.path, signal, async () => {
          const why = await whyRepositoryIsUnsaved(git, one, { folder, doomedDir });
          return why === null ? [] : [{ path: one.path, why }];
        });
    }
  };

type LossGit = Parameters<typeof whyRepositoryIsUnsaved>[0] & Pick<Git, 'trackedFiles'>;

/** A sentence on a loss, for a reader who knows the folder. */
export const lossText = ({ path, why }: Loss, folder: string): string =>
  `${path === folder ? 'it' : path.slice(folder.length + 1)} ${why}`;

async function orUndecided(
  path: string,
  signal: AbortSignal | undefined,
  decide: () => Promise<readonly Loss[]>,
): Promise<readonly Loss[]> {
  signal?.throwIfAborted();
  try {
    return await decide();
  } catch (thrown) {
    signal?.throwIfAborted();
    return [
      {
        path,
        why: `cannot be checked: ${isAppError(thrown) ? thrown.message.replace(/\.$/, '') : errorCodeOf(thrown)}`,
      },
    ];
  }
}

const parentsOf = (path: string): string[] => {
  const parent = dirname(path);
  return parent === path ? [] : [parent, ...parentsOf(parent)];
};

const hasGit = (folder: string) => entryKindAt(`${folder}/.git`) !== null;

/** What every folder has in which git keeps a repository. */
const storeParts = ['HEAD', 'objects', 'refs'];
const isStore = (folder: string) => storeParts.every((name) => entryKindAt(`${folder}/${name}`) !== null);

/** A folder in a bare repository may be a part of it, unless it is in a worktree there. */
function storeAround(folder: string, parents: readonly string[]): readonly Loss[] {
  const nearest = [folder, ...parents].find((one) => hasGit(one) || isStore(one));
  if (nearest === undefined || nearest === folder || hasGit(nearest)) return [];
  return [{ path: folder, why: `belongs to the git repository ${nearest}` }];
}

/** @param parent a folder that contains `folder`, and may be the top of a repository */
async function trackedFilesIn(
  git: LossGit,
  folder: string,
  parent: string,
  { keep, signal }: LossQuestion,
): Promise<readonly Loss[]> {
  if (!hasGit(parent)) return [];
  const inFolder = `${folder.slice(parent === '/' ? 1 : parent.length + 1)}/`;
  const lost = (await git.trackedFiles(parent, folder, signal))
    .filter((path) => !keep.includes(path.slice(inFolder.length).split('/', 1)[0] ?? ''))
    // A name that is not UTF-8 cannot be looked up.
    .filter((path) => path.includes('\ufffd') || entryKindAt(`${parent}/${path}`) !== null);
  if (lost.length === 0) return [];
  const files = countText(lost.length, 'tracked file');
  return [{ path: folder, why: `holds ${files} (such as ${lost[0]}) of the git repository ${parent}` }];
}

/** Every repository in a folder that may be deleted, and every folder that cannot be searched. Links are not followed. */
async function* searchFolder(
  top: string,
  keep: readonly string[],
  signal: AbortSignal | undefined,
): AsyncGenerator<FoundRepository | Loss> {
  const kept = new Set(keep.map((name) => Buffer.from(name).toString('latin1')));
  let entries = 0;

  async function* search(handle: Buffer, path: string, depth: number): AsyncGenerator<FoundRepository | Loss> {
    signal?.throwIfAborted();
    if (depth > deepest) return yield { path, why: `is more than ${deepest} folders deep, and is not checked` };
    let folder: OpenFolder | null = null;
    try {
      folder = await openFolder(handle);
      const { parts, folders } = await readFolder(folder, depth === 0 ? kept : none);
      if (parts.has('.git')) yield { path, kind: 'files' };
      if (storeParts.every((name) => parts.has(name)) && !path.endsWith('/.git')) yield { path, kind: 'store' };
      for (const name of folders) {
        if (entries > mostEntries) return;
        yield* search(folder.entry(name), `${path}/${Buffer.from(name, 'latin1').toString()}`, depth + 1);
      }
    } catch (thrown) {
      signal?.throwIfAborted();
      const errno = errorCodeOf(thrown);
      if (errno !== 'ENOENT') yield { path, why: `cannot be read (${errno})` };
    } finally {
      await folder?.close();
    }
  }

  const readFolder = async (folder: OpenFolder, staying: ReadonlySet<string>) => {
    const parts = new Set<string>();
    const folders: string[] = [];
    for await (const names of folder.names()) {
      signal?.throwIfAborted();
      entries += names.length;
      if (entries > mostEntries) break;
      const doomed = names.filter((name) => !staying.has(name));
      for (const name of names) if (name === '.git' || storeParts.includes(name)) parts.add(name);
      const areFolders = await Promise.all(doomed.map((name) => isFolder(folder.entry(name))));
      folders.push(...doomed.filter((_, at) => areFolders[at]));
    }
    return { parts, folders };
  };

  yield* search(Buffer.from(top), top, 0);
  if (entries > mostEntries)
    yield { path: top, why: `holds more than ${digitsText(mostEntries)} files and folders, which are not all checked` };
}

const none: ReadonlySet<string> = new Set();

const isFolder = async (path: Buffer): Promise<boolean> => {
  try {
    return (await lstat(path)).isDirectory();
  } catch (thrown) {
    if (errorCodeOf(thrown) === 'ENOENT') return false;
    throw thrown;
  }
};
