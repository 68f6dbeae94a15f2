import {
  isQuotaRecord,
  type QuotaEvent,
  type QuotaRecord,
  quotaRecordOf,
} from '../../domain/agent-session/quota-event.ts';
import { isAppError, toFault } from '../../domain/app-error.ts';
import { encodeJson } from '../../domain/encode-json.ts';
import { parseJsonObject } from '../../domain/json-object.ts';
import type { Log } from '../../domain/log-record.ts';
import type { Redactor } from '../../domain/redact.ts';
import { shortenTexts } from '../../domain/shorten-texts.ts';
import { writeFileAtomically } from '../platform/files.ts';
import { withFileLock } from '../platform/folder-lock.ts';
import { splitLines } from '../platform/read-lines.ts';
import { auditFiles, readChunks } from './audit/audit-files.ts';

/** What agent sessions were told about limits on the rate of their requests: on disk, by all servers on the state folder. */
export interface QuotaEvents {
  /**
   * Adds an event of now, without secrets, long texts truncated. The file is replaced as a whole, and keeps the last 500 lines. Several servers may
   * append at once. Never throws: what cannot be written is reported to the log.
   */
  append(event: QuotaEvent): Promise<void>;
  /**
   * The events, newest first; lines that are not events are left out. Without a file there are none.
   * @throws AppError `unavailable`, naming the file, if it exists but cannot be read; the signal's reason
   */
  read(signal: AbortSignal): Promise<readonly QuotaRecord[]>;
}

export interface QuotaEventsDeps {
  readonly path: string;
  readonly redact: Redactor;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

const mostLines = 500;
const chunkBytes = 64 * 1_024;
const maxLineBytes = 16 * 1_024;
const mostCharacters = 200;

export function createQuotaEvents({ path, redact, log, now = Date.now }: QuotaEventsDeps): QuotaEvents {
  return {
    async append(event) {
      const line = encodeJson(shortenTexts(redact.value(quotaRecordOf(event, now())), mostCharacters));
      try {
        await withFileLock(path, async () => {
          const lines = await readLastLines(path, new AbortController().signal);
          await writeFileAtomically(path, `${[...lines, line].slice(-mostLines).join('\n')}\n`);
        });
      } catch (problem) {
        log.warning('quota_event_lost', { path, error: toFault(problem).message });
      }
    },
    async read(signal) {
      const lines = await readLastLines(path, signal);
      return lines
        .map((line): unknown => parseJsonObject(line))
        .filter(isQuotaRecord)
        .reverse();
    },
  };
}

async function readLastLines(path: string, signal: AbortSignal): Promise<readonly string[]> {
  const chunks = readChunks({ files: auditFiles, signal, buffer: Buffer.allocUnsafe(chunkBytes) }, path);
  let last: string[] = [];
  try {
    for await (const lines of splitLines(chunks, maxLineBytes))
      last = [...last, ...lines.flatMap((line) => line?.toString().trim() || [])].slice(-mostLines);
  } catch (error) {
    if (!(isAppError(error) && error.code === 'not_found')) throw error;
  }
  return last;
}
