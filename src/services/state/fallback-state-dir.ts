import { accessSync, constants, existsSync, lstatSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { usualStateDir } from '../../domain/state-folder.ts';
import { errorCodeOf } from '../platform/error-code.ts';

/** What decides where a state folder can be. */
export interface StateSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDir: string;
  /** null or undefined where the system has no user numbers: there is no fallback then. */
  readonly uid: number | null | undefined;
  /** Not `$TMPDIR`: a client that starts the server does not pass it on, and the command line must find the same folder. */
  readonly tempDir?: string;
  /** The folder of the runtime folders of all users. */
  readonly runDir?: string;
}

/**
 * The state folder of a user whose usual one cannot be written: in the runtime folder, else in the temp folder. One that exists already is taken first, so
 * that programs with other variables find it too. The one in the temp folder is made here, so that nobody else can.
 * @returns null if the usual one can be written or made, and if there is no private folder
 */
export function fallbackStateDir(surroundings: StateSurroundings): string | null {
  const known = withDefaults(surroundings);
  const { uid } = known;
  if (typeof uid !== 'number' || flawOfUsual(known) === null) return null;
  const { inRuntime, inTemp } = fallbacksOf(known, uid);
  const usable = inRuntime.filter((dir) => isPrivate(dirname(dir), uid) && flawOf(dirname(dir)) === null);
  const safeInTemp = isProtected(known.tempDir) ? [inTemp] : [];
  const existing = [...usable, ...safeInTemp].find((dir) => isPrivate(dir, uid) && existsSync(`${dir}/format`));
  return existing ?? usable[0] ?? safeInTemp.find((dir) => makePrivate(dir, uid)) ?? null;
}

/** Why a state folder is not the usual one, and what to do. null: it is, or somebody chose it. */
export function whyFallback(stateDir: string, surroundings: StateSurroundings): string | null {
  const known = withDefaults(surroundings);
  const flaw = flawOfUsual(known);
  if (flaw === null || typeof known.uid !== 'number') return null;
  const { inRuntime, inTemp } = fallbacksOf(known, known.uid);
  if (![...inRuntime, inTemp].includes(stateDir)) return null;
  const usual = usualStateDir(known.env, known.homeDir);
  const fix = 'give this user access to it, or set MAITRED_STATE_DIR to a folder that stays';
  return `${usual} cannot be written (${flaw}), so ${stateDir} is used, which a restart of the machine may remove: ${fix}`;
}

const withDefaults = ({ tempDir = '/tmp', runDir = '/run/user', ...others }: StateSurroundings) => ({
  ...others,
  tempDir,
  runDir,
});

const flawOfUsual = ({ env, homeDir }: StateSurroundings) => flawOf(usualStateDir(env, homeDir));

/** The session of a user has the variable of its runtime folder; a server that a client starts often has not. */
const fallbacksOf = ({ env, tempDir, runDir }: ReturnType<typeof withDefaults>, uid: number) => ({
  inRuntime: [env.XDG_RUNTIME_DIR, `${runDir}/${uid}`].flatMap((dir) =>
    dir?.startsWith('/') ? [`${dir}/maitred`] : [],
  ),
  // Not `maitred-…`: of such folders in the temp folder, tools may empty what is in them.
  inTemp: `${tempDir}/.maitred-${uid}`,
});

/** Why a folder can neither be written nor made, as the system calls it; null: it can. */
function flawOf(path: string): string | null {
  try {
    accessSync(path, constants.W_OK);
    return null;
  } catch (thrown) {
    const errno = errorCodeOf(thrown);
    return errno === 'ENOENT' && path !== dirname(path) ? flawOf(dirname(path)) : errno;
  }
}

/** Whether it is a folder, not a link, that nobody else may read or write. */
function isPrivate(path: string, uid: number): boolean {
  try {
    const stats = lstatSync(path);
    return stats.isDirectory() && stats.uid === uid && (stats.mode & 0o077) === 0;
  } catch {
    return false;
  }
}

/** Whether nobody else can replace what this user makes in a folder. */
function isProtected(path: string): boolean {
  try {
    const { mode } = statSync(path);
    return (mode & 0o022) === 0 || (mode & 0o1000) !== 0;
  } catch {
    return false;
  }
}

/** Makes a private folder, unless one is there. @returns false for anything else that is there */
function makePrivate(path: string, uid: number): boolean {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch {
    // What is there is examined next.
  }
  return isPrivate(path, uid);
}
