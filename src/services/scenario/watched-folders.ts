import { join, relative, sep } from 'node:path';
import { isWithin, realPathOf } from '../platform/real-path.ts';

/** Absolute paths. They need not exist. */
export interface WrittenFilesPlaces {
  readonly projectDir: string;
  readonly worktreesDir: string;
  readonly tempDir: string;
  readonly homeDir: string;
  readonly stateDir: string;
  /** The folder of the scenario itself. */
  readonly scenarioDir: string;
}

/** A folder below which files are looked for. */
export interface WatchedFolder {
  /** As the places name it. */
  readonly path: string;
  /** The same without links. */
  readonly realPath: string;
}

export interface WatchedFolders {
  readonly folders: readonly WatchedFolder[];
  /** Paths without links that are not looked into. Of two folders, one in the other, only the inner one sees what is in it. */
  readonly excluded: ReadonlySet<string>;
  /** Why files of the program are missing, as sentences. */
  readonly leftOut: readonly string[];
}

/**
 * Finds the folders in which a program is expected to write: the place of its working directory, the worktrees and its logs. Never one that holds the files of many
 * programs, such as the home folder. The links in the paths of the places are followed once, for all programs.
 */
export function createWatchedFolders(
  places: WrittenFilesPlaces,
): (cwd: string, logDir: string | null) => WatchedFolders {
  const project = withRealPath(places.projectDir);
  const worktrees = withRealPath(places.worktreesDir);
  const temp = withRealPath(places.tempDir);
  const shared = [realPathOf(places.homeDir), temp.realPath];
  const own = [places.stateDir, places.scenarioDir].map((dir) => realPathOf(dir));
  const isShared = ({ realPath }: WatchedFolder) => shared.some((one) => isWithin(one, realPath));

  /** The project, one worktree, an entry of the folder for temporary files, else the working directory itself; null: none of them. */
  const placeOf = (cwd: WatchedFolder): WatchedFolder | null => {
    if (isWithin(cwd.realPath, project.realPath)) return project;
    const worktree = childTowards(cwd, worktrees);
    if (worktree !== null) return worktree;
    if (own.some((dir) => isWithin(cwd.realPath, dir))) return null;
    const temporary = childTowards(cwd, temp);
    return temporary === null || isShared(temporary) ? cwd : temporary;
  };

  return (cwd, logDir) => {
    const place = placeOf(withRealPath(cwd));
    const isPlaceShared = place !== null && isShared(place);
    const byRealPath = new Map<string, WatchedFolder>();
    for (const folder of [place, worktrees, logDir === null ? null : withRealPath(logDir)])
      if (folder !== null && !isShared(folder) && !byRealPath.has(folder.realPath))
        byRealPath.set(folder.realPath, folder);
    return {
      folders: [...byRealPath.values()],
      excluded: new Set([...own, ...byRealPath.keys()]),
      leftOut: isPlaceShared ? [`${place.path}: many programs write there; what this one writes is not recorded.`] : [],
    };
  };
}

const withRealPath = (path: string): WatchedFolder => ({ path, realPath: realPathOf(path) });

/** The entry of a folder that a path is or is in; null: the path is not below the folder. */
function childTowards(path: WatchedFolder, folder: WatchedFolder): WatchedFolder | null {
  if (path.realPath === folder.realPath || !isWithin(path.realPath, folder.realPath)) return null;
  const [name = ''] = relative(folder.realPath, path.realPath).split(sep);
  return { path: join(folder.path, name), realPath: join(folder.realPath, name) };
}
