import { statSync } from 'node:fs';
import {
  defaultEarlySettings,
  type EarlySettings,
  type EarlySettingsReading,
  earlyEnvValues,
} from '../domain/early-settings.ts';
import { encodeJson } from '../domain/encode-json.ts';
import { readOwnFile } from '../services/platform/read-regular-file.ts';
import { build } from './build.ts';
import type { Place } from './place.ts';
import type { ProgramFiles } from './program-files.ts';

/** The early settings as of now. */
export interface EarlySettingsStore {
  readonly current: EarlySettings;
  /**
   * Reads them: from the cache of an earlier start if none of its sources has changed, else from the configuration itself. Never throws: a
   * fault comes with default settings.
   */
  read(): EarlySettingsReading;
  /** The whole configuration has been read, and these are in force from now on. */
  replace(settings: EarlySettings): void;
  /** What the cache file should hold for the next start; null where it does already, or where reading costs nothing. */
  cacheText(): string | null;
}

/** What was read, with the identity of everything that it came from. */
interface CachedEarlySettings extends EarlySettingsReading {
  readonly identity: readonly string[];
}

export function createEarlySettings(
  { sources, earlySettingsFile, fault }: Pick<Place, 'sources' | 'earlySettingsFile' | 'fault'>,
  files: Pick<ProgramFiles, 'load'>,
  ownUid: number | undefined,
): EarlySettingsStore {
  let current = defaultEarlySettings;
  /** null: there is nothing to cache. */
  let read: CachedEarlySettings | null = null;
  let cached: CachedEarlySettings | null = null;

  const readAnew = (): EarlySettingsReading => {
    if (fault !== null) return { settings: defaultEarlySettings, fault };
    const env = earlyEnvValues(sources.env);
    const inputs = [encodeJson(sources.flags), encodeJson(env)];
    const configFiles = [sources.userFile, sources.projectFile].map(identify);
    if (configFiles.every((file) => file === absent) && inputs.every((values) => values === '{}'))
      return { settings: defaultEarlySettings, fault: null };
    const identity = [build.id, sources.projectDir, ...inputs, ...configFiles];
    cached = readCache(earlySettingsFile, ownUid);
    if (cached?.identity.join('\n') !== identity.join('\n')) cached = null;
    read = cached ?? {
      ...files.load<typeof import('./settings.ts')>('settings').readEarlySettings(sources),
      identity,
    };
    return read;
  };

  return {
    get current() {
      return current;
    },
    read() {
      const reading = readAnew();
      current = reading.settings;
      return reading;
    },
    replace(settings) {
      current = settings;
    },
    cacheText() {
      if (read === null || (read === cached && read.settings === current)) return null;
      return `${encodeJson({ ...read, settings: current })}\n`;
    },
  };
}

/** For a host that reads no configuration. */
export const fixedEarlySettings = (settings: EarlySettings): EarlySettingsStore => ({
  current: settings,
  read: () => ({ settings, fault: null }),
  replace: () => undefined,
  cacheText: () => null,
});

const absent = '-';
const unreadable = '?';

function identify(path: string): string {
  try {
    const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (stat === undefined) return absent;
    return `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}`;
  } catch {
    // Reading the file itself reports what is wrong with it.
    return unreadable;
  }
}

function readCache(path: string, ownUid: number | undefined): CachedEarlySettings | null {
  try {
    const cached: unknown = JSON.parse(readOwnFile(path, ownUid)?.toString() ?? 'null');
    return isCachedEarlySettings(cached) ? cached : null;
  } catch {
    // Absent or torn: the configuration itself is read instead.
    return null;
  }
}

/** Only the build that wrote a cache uses it: the identity, which begins with the build id, is compared next. */
function isCachedEarlySettings(value: unknown): value is CachedEarlySettings {
  return typeof value === 'object' && value !== null && Array.isArray((value as CachedEarlySettings).identity);
}
