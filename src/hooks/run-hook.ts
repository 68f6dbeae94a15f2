import { homedir } from 'node:os';
import { type StateFolder, stateDirFrom, stateFolderAt } from '../domain/state-folder.ts';
import { type ClientEvent, readEvent } from './read-event.ts';

export interface HookInput {
  readonly event: ClientEvent;
  /** Whether the client's session is a worker that somebody else's session has started. */
  readonly isHeadless: boolean;
  readonly stateFolder: StateFolder;
}

/** What is said to the client. */
export type HookAnswer =
  /** To the model: the tool is not called, and why, and what to do instead. */
  | { readonly deny: string }
  /** To the person. */
  | { readonly warn: string }
  /** To the model, at the begin of a session. */
  | { readonly remind: string };

/**
 * Reads the event from stdin and says the answer on stdout; null says nothing, and the client goes on. The client goes on too when the
 * script itself fails: what went wrong is on stderr, and the exit code is 0.
 */
export async function runHook(answerTo: (input: HookInput) => HookAnswer | null): Promise<void> {
  const { argv, env, stdin, stdout, stderr } = process;
  // A client that has gone is told nothing.
  for (const output of [stdout, stderr]) output.on('error', () => undefined);
  const event = await readEvent(stdin);
  try {
    const stateFolder = stateFolderAt(argv[2] || stateDirFrom(env, env.HOME || homedir()));
    const answer = answerTo({ event, isHeadless: env.MAITRED_HEADLESS === '1', stateFolder });
    if (answer !== null) stdout.write(JSON.stringify(inClientsWords(answer)));
  } catch (problem) {
    stderr.write(`maitred: ${problem instanceof Error ? problem.message : problem}\n`);
  }
}

function inClientsWords(answer: HookAnswer): object {
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
