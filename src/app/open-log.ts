import type { Redactor } from '../domain/redact.ts';
import type { LogFileOptions } from '../services/logging/log-file.ts';
import { createLogger } from '../services/logging/logger.ts';
import type { Host } from './host.ts';
import { stderrOf } from './stderr.ts';

/** Of every file that is logged to. */
export const logRotation: Pick<LogFileOptions, 'maxBytes' | 'keep'> = { maxBytes: 10 * 1_048_576, keep: 3 };

/** Opens the log on stderr and in the file, and writes the lines that were kept until now. */
export function openLog({ context, inspection, send }: Host, redact: Redactor, path: string | null): void {
  const { nodeProcess, settings, earlyLog } = context;
  if (earlyLog.isHandedOver) return;
  const { logLevel, logJsonOutput } = settings.current;
  const stderr = stderrOf(nodeProcess);
  const isTerminal = stderr.isTTY === true;
  const writeRecord = createLogger({
    level: logLevel,
    format: (logJsonOutput ?? !isTerminal) ? 'json' : 'pretty',
    colour: isTerminal && !nodeProcess.env.NO_COLOR && nodeProcess.env.TERM !== 'dumb',
    writeToTerminal: (line) => stderr.write(line),
    file: path === null ? null : { path, ...logRotation },
    redact,
    watch: inspection.log,
    degraded: ({ what, cause }) => send({ type: 'DEGRADED', what, cause }),
  });
  earlyLog.handOver(writeRecord);
}
