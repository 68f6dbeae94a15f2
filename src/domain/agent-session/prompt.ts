import { isAbsolute } from 'node:path';

/** The prompt of a session: the command, and how a session without a person works and ends. */
export function composePrompt({
  skillCommand,
  marker,
  cwd,
}: {
  readonly skillCommand: string;
  /** null: the session ends without one. */
  readonly marker: string | null;
  readonly cwd: string;
}): string {
  return paragraphs([
    // First: Claude Code looks for the skill only there.
    skillCommand,
    marker === null ? null : completion(marker),
    isAbsolute(cwd)
      ? `Your working directory is ${cwd}. Relative paths start there, also those below .maitred/. Write files only there. Paths that a code index or another tool names are for reading.`
      : null,
    'Nobody reads along. A message without a tool call ends the session, so call a tool in every message but the last, and write no text between the calls. Only your last message is text alone.',
  ]);
}

/** Asks a session that has ended only for its missing output lines. @param missingOutputs as an outcome names them */
export const nudgePrompt = (missingOutputs: readonly string[], marker: string | null): string =>
  paragraphs([
    'Your work is done, but your last message lacks output lines. Do no more work and call no tool. Print these lines with their values, as plain text without Markdown:',
    missingOutputs.join('\n'),
    marker === null ? null : `Then print this line, and nothing after it:\n${marker}`,
  ]);

/** Lets a session that was interrupted go on. */
export const resumePrompt = (marker: string | null): string =>
  paragraphs([
    'The session was interrupted. Look at what is already done, go on from there, and finish the task.',
    marker === null ? null : completion(marker),
  ]);

const completion = (marker: string): string =>
  `When all of the task is done, end your last message with this line, below your answer in the same message:\n${marker}\nPrint it nowhere else, and not as a message of its own.`;

const paragraphs = (texts: readonly (string | null)[]): string => texts.filter((text) => text !== null).join('\n\n');
