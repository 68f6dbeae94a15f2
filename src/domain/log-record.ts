import { isLogged, type LogLevel } from './early-settings.ts';

export type LogFields = Readonly<Record<string, unknown>>;

/** One line of the log, before it is redacted and written. */
export interface LogRecord {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly level: LogLevel;
  /** Name of the event in snake_case, such as `server_started`. */
  readonly event: string;
  readonly fields: LogFields;
}

/** Writes to the log. Never throws, never blocks on a slow reader, never touches stdout. */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warning(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  /** Whether a line of this level would be written, for lines that are expensive to make. */
  isLogged(level: LogLevel): boolean;
  /** A log that adds these fields to every line. */
  with(fields: LogFields): Log;
}

/** A log that passes its records on. @param bound fields of every record @param threshold the lowest level that is written */
export function logThrough(
  write: (record: LogRecord) => void,
  bound: LogFields = {},
  threshold: () => LogLevel = () => 'DEBUG',
): Log {
  const at = (level: LogLevel) => (event: string, fields?: LogFields) =>
    write({ atMs: Date.now(), level, event, fields: { ...bound, ...fields } });
  return {
    debug: at('DEBUG'),
    info: at('INFO'),
    warning: at('WARNING'),
    error: at('ERROR'),
    isLogged: (level) => isLogged(level, threshold()),
    with: (fields) => logThrough(write, { ...bound, ...fields }, threshold),
  };
}
