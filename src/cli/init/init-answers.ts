import { AppError, isAppError } from '../../domain/app-error.ts';
import { encodeJson } from '../../domain/encode-json.ts';
import { repositoryName } from '../../domain/github-repository.ts';
import { printable } from '../../domain/printable-text.ts';
import { showCommand } from '../../domain/show-command.ts';
import { splitCommand } from '../../domain/split-command.ts';
import type { DetectedProject } from '../../services/workspace/project-setup/detect-project.ts';
import type { CliHost } from '../cli-host.ts';
import type { Prompt } from './prompt.ts';

/** The person's answers, or what was detected; null if unknown. */
export interface InitAnswers {
  readonly testCommand: readonly string[] | null;
  /** `owner/name`. */
  readonly repository: string | null;
}

export interface GivenAnswers {
  readonly testCommand?: string;
  readonly repository?: string;
}

/** The answer that means "I have none". */
const none = 'none';

/**
 * The answers without asking: what was given, else what was detected.
 * @throws AppError `invalid_input` for an invalid given answer
 */
export function answersFrom(given: GivenAnswers, detected: DetectedProject): InitAnswers {
  return {
    testCommand:
      given.testCommand === undefined ? (detected.testCommand?.command ?? null) : splitCommand(given.testCommand),
    repository: given.repository === undefined ? (detected.repository?.name ?? null) : readRepository(given.repository),
  };
}

/** Asks for what was not given; what was detected is the default. */
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
  if (repositoryName.test(text)) return text;
  throw new AppError('invalid_input', `${encodeJson(text)} is not a GitHub repository: give it as owner/name`);
}
