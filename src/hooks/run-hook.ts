import { homedir } from 'node:os';
import type { Readable } from 'node:stream';
import { encodeJson } from '../domain/encode-json.ts';
import { isJsonObject, type JsonObject, parseJsonObject } from '../domain/json-object.ts';
import { type StateFolder, stateDirFrom, stateFolderAt } from '../domain/state-folder.ts';
import { startTimer } from '../domain/timers.ts';

/** The fields of a client's event that the scripts use. A missing or invalid field is null or empty. */
export interface ClientEvent {
  readonly sessionId: string | null;
  readonly cwd: string | null;
  readonly transcriptPath: string | null;
  /** Why a session starts: `startup`, `resume`, `clear`, `compact`. */
  readonly source: string | null;
  readonly toolInput: JsonObject;
}

export interface HookInput {
  readonly event: ClientEvent;
  /** Whether the session is a worker that another session started. */
  readonly isHeadless: boolean;
  readonly stateFolder: StateFolder;
}

/** The answer to the client. */
export type HookAnswer =
  /** To the model: why the tool is not called, and what to do instead. */
  | { readonly deny: string }
  /** To the person. */
  | { readonly warn: string }
  /** To the model, at the start of a session. */
  | { readonly remind: string };

/**
 * Reads the event from stdin and writes the answer to stdout; null writes nothing, and the client continues. The client also continues if
 * the script fails: the error is on stderr, and the exit code is 0.
 */
export async function runHook(answerTo: (input: HookInput) => HookAnswer | null): Promise<void> {
  const { argv, env, stdin, stdout, stderr } = process;
  // The client may be gone.
  for (const output of [stdout, stderr]) output.on('error', () => undefined);
  const event = await readEvent(stdin);
  try {
    const answer = answerTo({
      event,
      isHeadless: env.MAITRED_HEADLESS === '1',
      // Found only where it is used: a guard that does not need it denies also where the variable is wrong.
      get stateFolder() {
        return stateFolderAt(argv[2] || stateDirFrom(env, env.HOME || homedir()));
      },
    });
    if (answer !== null) stdout.write(encodeJson(toClientFormat(answer)));
  } catch (problem) {
    stderr.write(`maitred: ${problem instanceof Error ? problem.message : problem}\n`);
  }
}

function toClientFormat(answer: HookAnswer): object {
  if ('warn' in answer) return { systemMessage: answer.warn };
  if ('remind' in answer)
    return { hookSpecificOutput: { hookEventName: 'SessionStart', additionalContext: answer.remind } };
  return {
    hookSpecificOutput: {
      hookEventName: 'PreToolUse',
      permissionDecision: 'deny',
      permissionDecisionReason: answer.deny,
    },
  };
}

const maxBytes = 10 * 1_024 * 1_024;
/** Well below the client's time limit for a script. */
const readLimitMs = 2_000;

/**
 * Reads to the end, so that the client can finish writing, but at most 2 s; more than 10 MiB is not kept. Never rejects: an unreadable
 * event has no fields.
 */
async function readEvent(stdin: Readable): Promise<ClientEvent> {
  const event = parseJsonObject(await readText(stdin)) ?? {};
  return {
    sessionId: textFrom(event.session_id),
    cwd: textFrom(event.cwd),
    transcriptPath: textFrom(event.transcript_path),
    source: textFrom(event.source),
    toolInput: isJsonObject(event.tool_input) ? event.tool_input : {},
  };
}

function readText(stdin: Readable): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    const settle = () => {
      clearTimeout(timer);
      stdin.destroy();
      resolve(Buffer.concat(chunks).toString());
    };
    const timer = startTimer(settle, readLimitMs).ref();
    stdin
      .on('data', (chunk: Buffer) => {
        sizeBytes += chunk.length;
        if (sizeBytes <= maxBytes) chunks.push(chunk);
      })
      .on('end', settle)
      .on('error', settle);
  });
}

export const textFrom = (value: unknown): string | null => (typeof value === 'string' ? value : null);
