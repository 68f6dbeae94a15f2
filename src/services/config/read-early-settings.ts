import { toFault } from '../../domain/app-error.ts';
import type { Config } from '../../domain/config.schema.ts';
import {
  type ConfigSources,
  defaultEarlySettings,
  type EarlySettings,
  type EarlySettingsReading,
  earlyEnvValues,
} from '../../domain/early-settings.ts';
import type { FileAccess } from '../yaml/read-text-file.ts';
import { readOpenConfig } from './read-config.ts';

/**
 * Reads the early settings. Does not open the secrets file, and validates only the early settings' own environment variables: `readConfig`
 * validates the rest. Never throws: a fault comes with the default settings.
 */
export function readConfiguredEarlySettings(sources: ConfigSources, files?: FileAccess): EarlySettingsReading {
  try {
    const { config } = readOpenConfig({ ...sources, env: earlyEnvValues(sources.env) }, files);
    return { settings: earlySettingsOf(config), fault: null };
  } catch (error) {
    return { settings: defaultEarlySettings, fault: toFault(error) };
  }
}

/** The early settings in a whole configuration. */
export function earlySettingsOf(config: Config): EarlySettings {
  const { logging, kitchen, subsets, readiness, shutdown, wire } = config;
  return {
    logLevel: logging.level,
    logJsonOutput: logging.json_output === 'auto' ? null : logging.json_output,
    logFile: logging.file,
    visibility: kitchen.visibility,
    disabledSubsets: subsets.disabled,
    readinessWaitSeconds: readiness.wait_seconds,
    drainMs: shutdown.drain_ms,
    maxMessageMib: wire.max_message_mib,
    maxInFlight: wire.max_in_flight,
    maxWaiting: wire.max_waiting,
  };
}
