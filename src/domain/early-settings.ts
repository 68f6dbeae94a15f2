import type { Fault } from './app-error.ts';

/** From the least to the most severe. */
export const logLevels = ['DEBUG', 'INFO', 'WARNING', 'ERROR'] as const;
export type LogLevel = (typeof logLevels)[number];

/** How errors name the values of a setting. */
export const logLevelValues = 'DEBUG, INFO, WARNING or ERROR';
export const visibilityValues = 'auto, gated or always';
export type Visibility = 'auto' | 'gated' | 'always';

/** The part of the configuration that the first answers, limits and log lines depend on. It contains no secrets. */
export interface EarlySettings {
  readonly logLevel: LogLevel;
  /** null: JSON unless stderr is a terminal. */
  readonly logJsonOutput: boolean | null;
  readonly logFile: boolean;
  readonly visibility: Visibility;
  readonly disabledSubsets: readonly string[];
  readonly readinessWaitSeconds: number;
  readonly drainMs: number;
  readonly maxMessageMib: number;
  readonly maxInFlight: number;
  readonly maxWaiting: number;
}

export const defaultEarlySettings: EarlySettings = {
  logLevel: 'INFO',
  logJsonOutput: null,
  logFile: true,
  visibility: 'auto',
  disabledSubsets: [],
  readinessWaitSeconds: 30,
  drainMs: 1_000,
  maxMessageMib: 10,
  maxInFlight: 64,
  maxWaiting: 256,
};

/** The configuration keys of the early settings, each with its field. */
export const earlySettingKeys = {
  'logging.level': 'logLevel',
  'logging.json_output': 'logJsonOutput',
  'logging.file': 'logFile',
  'kitchen.visibility': 'visibility',
  'subsets.disabled': 'disabledSubsets',
  'readiness.wait_seconds': 'readinessWaitSeconds',
  'shutdown.drain_ms': 'drainMs',
  'wire.max_message_mib': 'maxMessageMib',
  'wire.max_in_flight': 'maxInFlight',
  'wire.max_waiting': 'maxWaiting',
} as const satisfies Readonly<Record<string, keyof EarlySettings>>;

export type EarlySettingKey = keyof typeof earlySettingKeys;

/** The environment variable that sets a configuration key: `logging.level` is `MAITRED_LOGGING__LEVEL`. */
export function configEnvName(key: string): string {
  return `MAITRED_${key.replaceAll('.', '__').toUpperCase()}`;
}

/** The variables of the early settings, in the order of the keys. */
const earlyEnvNames: readonly string[] = Object.keys(earlySettingKeys).map(configEnvName);

/** The variables of the early settings that are set, even to an empty text, by name. */
export function earlyEnvValues(env: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(earlyEnvNames.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

/** The early settings, or the defaults and what is wrong with the configuration. */
export interface EarlySettingsReading {
  readonly settings: EarlySettings;
  readonly fault: Fault | null;
}

/** Values given on the command line, by configuration key. They override every other layer. */
export type FlagValues = Readonly<Record<string, string>>;

/** Where the configuration of a project comes from. */
export interface ConfigSources {
  readonly projectDir: string;
  /** `$XDG_CONFIG_HOME/maitred/config.yaml`, else `~/.config/maitred/config.yaml`. */
  readonly userFile: string;
  /** `<project>/.maitred/config.yaml`. */
  readonly projectFile: string;
  /** `<project>/.maitred/.secrets.yaml`. It may not set early settings. */
  readonly secretsFile: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags: FlagValues;
}

/** Whether a line of this level is written where `threshold` is the lowest level that is. */
export function isLogged(level: LogLevel, threshold: LogLevel): boolean {
  return logLevels.indexOf(level) >= logLevels.indexOf(threshold);
}

/** A flag can make the log more verbose than the configuration, never less. */
export function moreVerbose(one: LogLevel, other: LogLevel): LogLevel {
  return isLogged(one, other) ? other : one;
}
