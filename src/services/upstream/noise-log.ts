import type { Log } from '../../domain/log-record.ts';
import type { UpstreamConnectionOptions } from './upstream-connection.ts';

const mostShownCharacters = 500;
const mostLinesAPeriod = 20;
const periodMs = 1_000;

/**
 * Logs lines of a server that are not messages, at most 20 a second: a server that prints thousands would keep the front from its calls.
 */
export function createNoiseLog(log: Log, redact: (text: string) => string): UpstreamConnectionOptions['onNoise'] {
  let lines = 0;
  let startedAtMs = 0;
  return ({ sizeBytes, reason, readText }) => {
    const nowMs = performance.now();
    if (nowMs - startedAtMs >= periodMs) {
      startedAtMs = nowMs;
      lines = 0;
    }
    lines += 1;
    if (lines <= mostLinesAPeriod)
      log.warning('upstream_noise', {
        reason,
        bytes: sizeBytes,
        text: redact(readText()).slice(0, mostShownCharacters),
      });
    if (lines === mostLinesAPeriod)
      log.warning('upstream_noise_left_out', { hint: 'more lines of this second are not logged' });
  };
}
