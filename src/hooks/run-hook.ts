import { homedir } from 'node:os';
import { type StateFolder, stateDirFrom, stateFolderAt } from '../domain/state-folder.ts';
import { type ClientEvent, readEvent } from './read-event.ts';

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
    const stateFolder = stateFolderAt(argv[2] || stateDirFrom(env, env.HOME || homedir()));
    const answer = answerTo({ event, isHeadless: env.MAITRED_HEADLESS === '1', stateFolder });
    if (answer !== null) stdout.write(JSON.stringify(toClientFormat(answer)));
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
