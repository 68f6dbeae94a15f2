import {
  type ConfigSources,
  type EarlySettings,
  type EarlySettingsReading,
  moreVerbose,
} from '../domain/early-settings.ts';
import { readConfiguredEarlySettings } from '../services/config/read-early-settings.ts';

/** Reads the configuration for the door, which has not read it since it changed. */
export function readEarlySettings(sources: ConfigSources): EarlySettingsReading {
  const reading = readConfiguredEarlySettings(sources);
  if (reading.fault !== null) return reading;
  return { ...reading, settings: withConfiguredVerbosity(reading.settings, sources) };
}

/** The more verbose of flag and configuration wins: a flag that asks for less does not hide what the configuration wants to see. */
export function withConfiguredVerbosity(settings: EarlySettings, sources: ConfigSources): EarlySettings {
  const { 'logging.level': flag, ...others } = sources.flags;
  if (flag === undefined) return settings;
  const configured = readConfiguredEarlySettings({ ...sources, flags: others }).settings;
  return { ...settings, logLevel: moreVerbose(settings.logLevel, configured.logLevel) };
}
