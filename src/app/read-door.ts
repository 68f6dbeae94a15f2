import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Fault, toFault } from '../domain/app-error.ts';
import {
  type ConfigSources,
  defaultEarlySettings,
  type EarlySettingsReading,
  type FlagValues,
} from '../domain/early-settings.ts';
import { earlyEnvValues } from '../domain/early-settings-env.ts';
import { hashText } from '../domain/hash-text.ts';
import { parseServeFlags } from '../domain/serve-flags.ts';
import { type StateFolder, stateDirFrom, stateFolderAt } from '../domain/state-folder.ts';
import { configSourcesOf, findProject } from '../services/config/config-sources.ts';
import { readOwnFile } from '../services/platform/read-own-file.ts';
import { build } from './build.ts';
import type { Host } from './host.ts';
import type { ProgramFiles } from './program-files.ts';
import { workingFolderOf } from './working-folder.ts';

/** Where this server works and what it was told on its command line. */
export interface Place {
  readonly projectDir: string;
  readonly homeDir: string;
  readonly stateFolder: StateFolder;
  readonly sources: ConfigSources;
  /** Where the door keeps what it has read for this project. */
  readonly earlySettingsFile: string;
  /** The charts are recorded from the greeting on. */
  readonly isInspected: boolean;
  /** What is wrong with the command line, or with the folder that the server was started in. */
  readonly fault: Fault | null;
}

/** What the door has read, kept for the next start of a server in the same project. */
export interface CachedEarlySettings extends EarlySettingsReading {
  /** Everything that the reading came from. */
  readonly identity: readonly string[];
}

export interface EarlySettingsRead extends EarlySettingsReading {
  readonly record: CachedEarlySettings | null;
  /** Where the record belongs; null when it is there already or not worth keeping. */
  readonly recordFile: string | null;
}

export function findPlace(host: Host, args: readonly string[], homeDir: string): Place {
  let flags: FlagValues = {};
  let projectDir: string | null = null;
  let isInspected = false;
  let cwd = '/';
  let fault: Fault | null = null;
  try {
    ({ flags, projectDir, isInspected } = parseServeFlags(args));
    cwd = workingFolderOf(host);
  } catch (problem) {
    fault = toFault(problem);
  }
  const project = projectDir === null ? findProject(cwd) : resolve(cwd, projectDir);
  const stateFolder = stateFolderAt(resolve(cwd, stateDirFrom(host.env, homeDir)));
  return {
    projectDir: project,
    homeDir,
    stateFolder,
    earlySettingsFile: `${stateFolder.earlySettingsDir}/${hashText(project)}.json`,
    isInspected,
    fault,
    sources: configSourcesOf({ projectDir: project, homeDir, env: host.env, flags }),
  };
}

/**
 * Reads the door settings: from the record of an earlier start if nothing that it came from has changed, else from the
 * configuration itself. Never throws: a fault comes with default settings.
 */
export function readDoor(
  { sources, earlySettingsFile, fault }: Place,
  files: ProgramFiles,
  ownUid: number | undefined,
): EarlySettingsRead {
  if (fault !== null) return { settings: defaultEarlySettings, fault, record: null, recordFile: null };
  const { flags } = sources;
  const env = earlyEnvValues(sources.env);
  const configFiles = [sources.userFile, sources.projectFile].map(identify);
  if (configFiles.every((file) => file === absent) && Object.keys(env).length === 0 && Object.keys(flags).length === 0)
    return { settings: defaultEarlySettings, fault: null, record: null, recordFile: null };
  const identity = [build.id, sources.projectDir, JSON.stringify(flags), JSON.stringify(env), ...configFiles];
  const kept = readRecord(earlySettingsFile, ownUid);
  if (kept !== null && kept.identity.join('\n') === identity.join('\n'))
    return { ...kept, record: kept, recordFile: null };
  const { readEarlySettings } = files.load('settings') as typeof import('./settings.ts');
  const reading = readEarlySettings(sources);
  return { ...reading, record: { ...reading, identity }, recordFile: earlySettingsFile };
}

const absent = '-';
const unreadable = '?';

function identify(path: string): string {
  try {
    const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (stat === undefined) return absent;
    return `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}`;
  } catch {
    // Whoever reads the file says what is wrong with it.
    return unreadable;
  }
}

function readRecord(path: string, ownUid: number | undefined): CachedEarlySettings | null {
  try {
    const record: unknown = JSON.parse(readOwnFile(path, ownUid)?.toString() ?? 'null');
    return isCachedEarlySettings(record) ? record : null;
  } catch {
    // Absent or torn: the configuration itself is read instead.
    return null;
  }
}

/** Only the build that wrote a record reads it: the identity, which begins with the build id, is compared next. */
function isCachedEarlySettings(value: unknown): value is CachedEarlySettings {
  return typeof value === 'object' && value !== null && Array.isArray((value as CachedEarlySettings).identity);
}
