import { type ConfigSources, type DoorReading, type DoorSettings, moreVerbose } from '../domain/door-settings.ts';
import { readDoorConfig } from '../services/config/read-door-config.ts';

/** Reads the configuration for the door, which has not read it since it changed. */
export function readDoorSettings(sources: ConfigSources): DoorReading {
  const reading = readDoorConfig(sources);
  if (reading.fault !== null) return reading;
  return { ...reading, settings: withConfiguredVerbosity(reading.settings, sources) };
}

/** The more verbose of flag and configuration wins: a flag that asks for less does not hide what the configuration wants to see. */
export function withConfiguredVerbosity(settings: DoorSettings, sources: ConfigSources): DoorSettings {
  const { 'logging.level': flag, ...others } = sources.flags;
  if (flag === undefined) return settings;
  const configured = readDoorConfig({ ...sources, flags: others }).settings;
  return { ...settings, logLevel: moreVerbose(settings.logLevel, configured.logLevel) };
}
