import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentEvent } from '../../domain/agent-session/agent-event.ts';
import { AppError } from '../../domain/app-error.ts';
import { encodeJson } from '../../domain/encode-json.ts';
import { parseJsonObject } from '../../domain/json-object.ts';
import { cannotWrite } from '../platform/cannot-write.ts';
import { makeFolderSync } from '../platform/make-folder.ts';
import { unlessMissingSync } from '../platform/unless-missing.ts';

/** The scripted agent's own log of a session: `<dir>/<session id>.jsonl`, with the prompts, and all events but results. */
export interface ScriptLog {
  /** The prompts of the session so far, the oldest first. */
  readonly prompts: readonly string[];
  /** @throws AppError `unavailable`, naming the path */
  prompt(prompt: string): void;
  /** @throws AppError `unavailable`, naming the path */
  event(event: AgentEvent): void;
}

/** @param dir null: nothing is written */
export function openScriptLog(dir: string | null, sessionId: string): ScriptLog {
  if (dir === null) return { prompts: [], prompt: () => undefined, event: () => undefined };
  const path = join(dir, `${sessionId}.jsonl`);
  const append = (record: object) => {
    try {
      makeFolderSync(dir);
      appendFileSync(path, `${encodeJson(record)}\n`);
    } catch (cause) {
      throw cannotWrite(path, cause);
    }
  };
  return {
    prompts: readPrompts(path),
    prompt: (prompt) => append({ type: 'other', kind: 'prompt', prompt }),
    event(event) {
      if (event.type !== 'result') append(event);
    },
  };
}

/** @throws AppError `invalid_input` where the log has no such session */
export function openLoggedSession(dir: string | null, sessionId: string): ScriptLog {
  const log = /^[\w-]+$/.test(sessionId) ? openScriptLog(dir, sessionId) : null;
  if (log !== null && log.prompts.length > 0) return log;
  const where = dir === null ? '--log-dir is missing' : `${dir} does not have it`;
  throw new AppError('invalid_input', `no session ${encodeJson(sessionId)} to resume: ${where}`);
}

function readPrompts(path: string): readonly string[] {
  const text = unlessMissingSync(() => readFileSync(path, 'utf8')) ?? '';
  return text.split('\n').flatMap((line) => {
    const record = parseJsonObject(line);
    return record?.kind === 'prompt' && typeof record.prompt === 'string' ? [record.prompt] : [];
  });
}
