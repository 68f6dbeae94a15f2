import type { Config } from '../../domain/config.schema.ts';
import type { EarlySettings } from '../../domain/early-settings.ts';

/** The slice of the configuration that the first bundle needs. */
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
