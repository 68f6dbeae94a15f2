import { toFault } from '../../domain/app-error.ts';
import { doorEnvValues } from '../../domain/door-env.ts';
import { type ConfigSources, type DoorReading, defaultDoorSettings } from '../../domain/door-settings.ts';
import { type ConfigFiles, nodeConfigFiles } from './config-files.ts';
import { doorSettingsOf } from './door-settings-of.ts';
import { readOpenConfig } from './read-config.ts';

/**
 * Reads the door settings. The secrets file is not looked at, and of the environment only the door keys' own variables:
 * the rest is judged by `readConfig`. Never throws: a fault comes with the default settings.
 */
export function readDoorConfig(sources: ConfigSources, files: ConfigFiles = nodeConfigFiles): DoorReading {
  try {
    const { config } = readOpenConfig({ ...sources, env: doorEnvValues(sources.env) }, files);
    return { settings: doorSettingsOf(config), fault: null };
  } catch (error) {
    return { settings: defaultDoorSettings, fault: toFault(error) };
  }
}
