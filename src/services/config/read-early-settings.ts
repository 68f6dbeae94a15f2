import { toFault } from '../../domain/app-error.ts';
import { type ConfigSources, defaultEarlySettings, type EarlySettingsReading } from '../../domain/early-settings.ts';
import { earlyEnvValues } from '../../domain/early-settings-env.ts';
import { type ConfigFiles, nodeConfigFiles } from './config-files.ts';
import { earlySettingsOf } from './early-settings-of.ts';
import { readOpenConfig } from './read-config.ts';

/**
 * Reads the door settings. The secrets file is not looked at, and of the environment only the door keys' own variables:
 * the rest is judged by `readConfig`. Never throws: a fault comes with the default settings.
 */
export function readConfiguredEarlySettings(
  sources: ConfigSources,
  files: ConfigFiles = nodeConfigFiles,
): EarlySettingsReading {
  try {
    const { config } = readOpenConfig({ ...sources, env: earlyEnvValues(sources.env) }, files);
    return { settings: earlySettingsOf(config), fault: null };
  } catch (error) {
    return { settings: defaultEarlySettings, fault: toFault(error) };
  }
}
