import { AppError, isAppError } from '../../domain/app-error.ts';
import { printable } from '../../domain/printable-text.ts';
import { showCommand } from '../../domain/show-command.ts';
import { splitCommand } from '../../domain/split-command.ts';
import type { DetectedProject } from '../../services/workspace/project-setup/detect-project.ts';
import type { CliHost } from '../cli-host.ts';
import type { Prompt } from './prompt.ts';

/** What the person, or the project for them, has said; null for what nobody has. */
export interface InitAnswers {
  readonly testCommand: readonly string[] | null;
  /** `owner/name`. */
  readonly repository: string | null;
}

export interface GivenAnswers {
  readonly testCommand?: string;
  readonly repository?: string;
}

/** What stands for "I have none" at a question. */
const none = 'none';

/**
 * The answers as far as they need no person: what was given, else what was detected.
 * @throws AppError `invalid_input` for a given answer that cannot be used
 */
export function answersFrom(given: GivenAnswers, detected: DetectedProject): InitAnswers {
  return {
    testCommand:
      given.testCommand === undefined ? (detected.testCommand?.command ?? null) : splitCommand(given.testCommand),
    repository: given.repository === undefined ? (detected.repository?.name ?? null) : readRepository(given.repository),
  };
}

/** Asks for what was not given, with what was detected as the default. */
export async function askForAnswers(
  prompt: Prompt,
  given: GivenAnswers,
  known: InitAnswers,
  stderr: CliHost['stderr'],
): Promise<InitAnswers> {
  const ask = async <Answer>(question: string, shownDefault: string | null, read: (text: string) => Answer) => {
    for (;;) {
      const text = await prompt.ask(`${question} [${shownDefault ?? none}]:`, shownDefault ?? none);
      try {
        return text === none ? null : read(text);
      } catch (thrown) {
        if (!isAppError(thrown)) throw thrown;
        stderr.write(`${printable(thrown.message)}; or answer ${none}.\n`);
      }
    }
  };
  const { testCommand, repository } = known;
  const shownCommand = testCommand === null ? null : showCommand(testCommand);
  return {
    testCommand: given.testCommand === undefined ? await ask('Test command', shownCommand, splitCommand) : testCommand,
    repository:
      given.repository === undefined ? await ask('GitHub repository', repository, readRepository) : repository,
  };
}

function readRepository(text: string): string {
  if (/^[\w.-]+\/[\w.-]+$/.test(text)) return text;
  throw new AppError('invalid_input', `${JSON.stringify(text)} is not a repository at GitHub: name it as owner/name`);
}
