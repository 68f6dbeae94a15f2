import type { Log } from '../domain/log-record.ts';
import { createLogger } from '../services/logging/logger.ts';
import type { Door } from './door.ts';
import { redactorFor } from './secrets.ts';

const logFileBytes = 10 * 1_048_576;
const logFilesKept = 3;

/** Opens the log on stderr and in the state folder, and writes down what was kept until now. */
export function openLog(door: Door): Log {
  const { host, session, earlyLog } = door;
  const { logLevel, logJsonOutput } = session.settings;
  const isTerminal = host.stderr.isTTY === true;
  const path = door.logFile();
  const logger = createLogger({
    level: logLevel,
    format: (logJsonOutput ?? !isTerminal) ? 'json' : 'pretty',
    colour: isTerminal && !host.env.NO_COLOR && host.env.TERM !== 'dumb',
    writeToTerminal: (line) => host.stderr.write(line),
    file: path === null ? null : { path, maxBytes: logFileBytes, keep: logFilesKept },
    redact: redactorFor(host),
    degraded: ({ what, cause }) => door.tell({ type: 'DEGRADED', what, cause }),
  });
  earlyLog.handOver(logger.write);
  return earlyLog.log;
}
