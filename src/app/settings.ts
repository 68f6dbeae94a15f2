import {
  type ConfigSources,
  type EarlySettings,
  type EarlySettingsReading,
  moreVerbose,
} from '../domain/early-settings.ts';
import { readConfiguredEarlySettings } from '../services/config/read-early-settings.ts';

export { refuseServeFlag } from '../domain/refuse-serve-flag.ts';
export { describeUnknownOption } from '../domain/unknown-option.ts';
export { build } from './build.ts';

/** Reads the early settings from the configuration, when their cache does not hold. */
export function readEarlySettings(sources: ConfigSources): EarlySettingsReading {
  const reading = readConfiguredEarlySettings(sources);
  if (reading.fault !== null) return reading;
  return { ...reading, settings: withConfiguredVerbosity(reading.settings, sources) };
}

/** The more verbose of flag and configuration wins: a flag cannot hide what the configuration asks to see. */
export function withConfiguredVerbosity(settings: EarlySettings, sources: ConfigSources): EarlySettings {
  const { 'logging.level': flag, ...others } = sources.flags;
  if (flag === undefined) return settings;
  const configured = readConfiguredEarlySettings({ ...sources, flags: others }).settings;
  return { ...settings, logLevel: moreVerbose(settings.logLevel, configured.logLevel) };
}
