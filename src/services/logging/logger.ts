import { isLogged, type LogLevel } from '../../domain/early-settings.ts';
import type { LogRecord } from '../../domain/log-record.ts';
import type { Redactor } from '../../domain/redact.ts';
import type { Degradation } from '../../domain/server-record.ts';
import { type LogFileOptions, openLogFile } from './log-file.ts';
import { jsonLine, prettyLine } from './log-line.ts';

export interface LoggerOptions {
  readonly level: LogLevel;
  /** The format on the terminal; the file always holds JSON lines. */
  readonly format: 'pretty' | 'json';
  /** Colours in pretty lines; off by default. */
  readonly colour?: boolean;
  /** Writes one line with its newline. Its errors are ignored. */
  writeToTerminal(line: string): void;
  /** null: no file. */
  readonly file: LogFileOptions | null;
  readonly redact: Pick<Redactor, 'text' | 'value'>;
  /** Gets each record that is written, redacted. Its errors are ignored. */
  watch?(record: LogRecord): void;
  /** Called once, when the file cannot be written and is no longer used. */
  degraded?(degradation: Degradation): void;
}

/**
 * Makes the function that writes a record to every sink as one line of at most 8 KiB, redacted, if its level is logged. It never throws,
 * whatever is logged and whatever the disk does. The file and its folder are made with the first line.
 */
export function createLogger(options: LoggerOptions): (record: LogRecord) => void {
  const { redact } = options;
  let file = options.file === null ? null : openLogFile(options.file);

  const show = (record: LogRecord): void => {
    // A closed terminal must not make the server fail.
    quietly(() =>
      options.writeToTerminal(
        options.format === 'json' ? jsonLine(record) : prettyLine(record, { colour: options.colour ?? false }),
      ),
    );
    quietly(() => options.watch?.(record));
  };

  const giveUpFile = (path: string, thrown: unknown): void => {
    file?.close();
    file = null;
    const cause = redact.text(thrown instanceof Error ? thrown.message : String(thrown));
    const fix = 'make room there, let this user write there, or set logging.file to false';
    show({ atMs: Date.now(), level: 'WARNING', event: 'log_file_given_up', fields: { path, cause, fix } });
    quietly(() => options.degraded?.({ what: 'log file', cause: `${path}: ${cause}` }));
  };

  return (record) => {
    if (!isLogged(record.level, options.level)) return;
    const fields = redact.value(record.fields) as LogRecord['fields'];
    const redacted = { ...record, event: redact.text(record.event), fields };
    show(redacted);
    if (file === null) return;
    try {
      file.append(jsonLine(redacted));
    } catch (thrown) {
      giveUpFile(file.path, thrown);
    }
  };
}

/** An error of what gets the lines must not reach the log's caller. */
function quietly(run: () => void): void {
  try {
    run();
  } catch {
    // There is nowhere to report it.
  }
}
