import type { Redactor } from '../domain/redact.ts';
import { createLogger } from '../services/logging/logger.ts';
import type { Door } from './door.ts';
import { stderrOf } from './stderr.ts';

const logFileBytes = 10 * 1_048_576;
const logFilesKept = 3;

/** Opens the log on stderr and in the file, and writes down what was kept until now. */
export function openLog({ host, session, earlyLog, tell }: Door, redact: Redactor, path: string | null): void {
  if (earlyLog.isHandedOver) return;
  const { logLevel, logJsonOutput } = session.settings;
  const stderr = stderrOf(host);
  const isTerminal = stderr.isTTY === true;
  const logger = createLogger({
    level: logLevel,
    format: (logJsonOutput ?? !isTerminal) ? 'json' : 'pretty',
    colour: isTerminal && !host.env.NO_COLOR && host.env.TERM !== 'dumb',
    writeToTerminal: (line) => stderr.write(line),
    file: path === null ? null : { path, maxBytes: logFileBytes, keep: logFilesKept },
    redact,
    degraded: ({ what, cause }) => tell({ type: 'DEGRADED', what, cause }),
  });
  earlyLog.handOver(logger.write);
}
