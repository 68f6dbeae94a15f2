import { resolve } from 'node:path';
import { countText } from '../count-text.ts';
import { findOutputPaths } from './contract-outputs.ts';
import type { SkillContract } from './skill-contract.ts';
import type { StreamDigest } from './stream-digest.ts';

/** Where a session may write. */
export interface SessionFolders {
  /** Absolute. */
  readonly cwd: string;
  /** The worktree that it made, as its skill promises; null: none. */
  readonly worktree: string | null;
}

const mostWarnings = 50;
/** Shorter paths are rarely files. */
const leastPathCharacters = 5;
const devices = new Set(['null', 'zero', 'stdin', 'stdout', 'stderr', 'tty', 'random', 'urandom']);

/** A path in a command: at its beginning, after a blank, a quote, `=` of an option or variable, a redirection or a bracket. Not in a URL. */
const pathInCommand = /(?<=^|[\s'"`=<>|&;(,])\/(?!\/)[^\s'"`<>|&;(),\\]+/g;

/** Paths outside these folders that the session wrote, or that its shell commands name, as sentences. They do not change an outcome. */
export function writePathWarnings(
  { writtenPaths, commands }: Pick<StreamDigest, 'writtenPaths' | 'commands'>,
  folders: SessionFolders,
): readonly string[] {
  const named = new Set(commands.flatMap((command) => command.match(pathInCommand) ?? []));
  const written = writtenPaths.filter((path) => isOutside(path, folders));
  const warnings = [
    ...written.map((path) => `${path} was written, outside ${folders.cwd}.`),
    ...[...named]
      .filter((path) => path.length >= leastPathCharacters && !isDevice(path) && isOutside(path, folders))
      .map((path) => `A shell command names ${path}, outside ${folders.cwd}.`),
  ];
  const others = warnings.length - mostWarnings;
  if (others <= 0) return warnings;
  return [...warnings.slice(0, mostWarnings), `${countText(others, 'more path')} outside ${folders.cwd}.`];
}

/** Whether the result names a file outside these folders as its output: it is another session's, or lost to the next step. */
export const isContaminated = (contract: SkillContract, text: string, folders: SessionFolders): boolean =>
  findOutputPaths(contract, text).some((path) => isOutside(path, folders));

/** A path that is not in the working directory and not in the worktree. A worktree that holds the working directory does not count. */
function isOutside(path: string, { cwd, worktree }: SessionFolders): boolean {
  const isInWorktree = worktree !== null && !isInside(worktree, cwd) && isInside(worktree, resolve(cwd, path));
  return !isInWorktree && !isInside(cwd, path);
}

const isDevice = (path: string): boolean => path.startsWith('/dev/') && devices.has(path.slice('/dev/'.length));

function isInside(cwd: string, path: string): boolean {
  const folder = withoutPrivate(resolve(cwd));
  const place = withoutPrivate(resolve(cwd, path));
  return place === folder || place.startsWith(folder === '/' ? folder : `${folder}/`);
}

/** macOS: `/tmp` is a link to `/private/tmp`, and programs name a file either way. */
const withoutPrivate = (path: string): string => path.replace(/^\/private(?=\/(?:tmp|var|etc)(?:\/|$))/, '');
