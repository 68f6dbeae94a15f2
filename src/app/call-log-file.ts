import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { encodeJson } from '../domain/encode-json.ts';
import { printable } from '../domain/printable-text.ts';
import type { KeptCall } from '../front/call-log.ts';
import { createTextCopier, type TextCopier } from '../services/inspection/copy-text.ts';
import { openLogFile } from '../services/logging/log-file.ts';
import { cannotWrite } from '../services/platform/cannot-write.ts';
import { logRotation } from './open-log.ts';
import { readKeptText } from './read-kept-text.ts';
import { redactorFor } from './secrets.ts';
import type { ServerContext } from './server-context.ts';
import { workingFolderOf } from './working-folder.ts';

/** The file of `--log-calls`. */
export interface CallLogFile {
  /** Appends one line of JSON for each call, without secrets. @throws AppError `unavailable` */
  write(calls: readonly KeptCall[]): void;
}

/** Of the name of a tool or a method, and of an id, in characters. */
const longestName = 200;

/**
 * Makes the file where there is none, with mode 0600; rotated as the server log is.
 * @param file relative to the working folder
 * @throws AppError `unavailable` when it cannot be written, also because its folder is missing; `not_found` without a working folder
 */
export function openCallLogFile(
  context: Pick<ServerContext, 'nodeProcess' | 'secrets' | 'place'>,
  file: string,
  rotation = logRotation,
): CallLogFile {
  // No shell expands `~` in the entry of a client.
  const path = resolve(workingFolderOf(context.nodeProcess), file.replace(/^~(?=\/)/, context.place.homeDir));
  const texts = createTextCopier(redactorFor(context), context.secrets);
  const log = openLogFile({ path, ...rotation });
  const append = (lines: string) => {
    try {
      // The log would make it: here a folder that is missing is a mistake in the command line.
      statSync(dirname(path));
      log.append(lines);
    } catch (cause) {
      log.close();
      throw cannotWrite(path, cause, 'or give another file to --log-calls');
    }
  };
  append('');
  return {
    write(calls) {
      if (calls.length > 0) append(calls.map((call) => lineOf(call, texts)).join(''));
    },
  };
}

function lineOf(call: KeptCall, texts: TextCopier): string {
  const { id, arrivedAtMs, ranAtMs, answeredAtMs } = call;
  const name = (text: string) => texts.truncate(text, longestName).value;
  const request = readKeptText(call.request, texts);
  const answer = call.answer === null ? null : readKeptText(call.answer, texts);
  const endedAtMs = answeredAtMs ?? arrivedAtMs;
  const line = encodeJson({
    at: new Date(arrivedAtMs).toISOString(),
    tool: call.tool === null ? null : name(call.tool),
    method: name(call.method),
    id: typeof id === 'string' ? name(id) : id,
    waited_ms: (ranAtMs ?? endedAtMs) - arrivedAtMs,
    ran_ms: ranAtMs === null ? null : endedAtMs - ranAtMs,
    outcome: call.outcome,
    request: request.text,
    request_bytes: request.sizeBytes,
    answer: answer?.text ?? null,
    answer_bytes: answer?.sizeBytes ?? 0,
    truncated: request.isTruncated || answer?.isTruncated === true,
  });
  return `${printable(line)}\n`;
}
