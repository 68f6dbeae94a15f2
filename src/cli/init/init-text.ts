import { type HookRow, hookRegistry } from '../../domain/hook-registry.ts';
import { printable } from '../../domain/printable-text.ts';
import { showCommand } from '../../domain/show-command.ts';
import type { DetectedProject } from '../../services/workspace/project-setup/detect-project.ts';
import type { InitAnswers } from './init-answers.ts';
import type { InitOutcome } from './init-outcome.ts';
import { nextSteps } from './next-steps.ts';

/** What is known about the project. */
export function projectText(projectDir: string, detected: DetectedProject, answers: InitAnswers): string {
  const { packageManager, testCommand, repository } = detected;
  const command = answers.testCommand === null ? null : showCommand(answers.testCommand);
  const isDetected = testCommand !== null && command === showCommand(testCommand.command);
  return lines([
    row('project', projectDir),
    ...(packageManager === null ? [] : [row('package manager', packageManager.name, packageManager.file)]),
    row('test command', command ?? 'none', isDetected ? testCommand.file : null),
    row(
      'repository',
      answers.repository ?? 'none',
      repository !== null && repository.name === answers.repository ? `git remote ${repository.remote}` : null,
    ),
  ]);
}

const row = (name: string, value: string, source: string | null = null) =>
  `${`${name}:`.padEnd(17)}${value}${source === null ? '' : ` (${source})`}`;

const hooksIntroduction =
  'The plugin has hooks, small programs that Claude Code starts. They send nothing anywhere, and use of an event only what is named here:';

/** What each hook of the plugin uses and does: shown before anything is written. */
export const hooksText = (): string => lines([hooksIntroduction, ...hookRegistry.rows.map(hookText)]);

const hookText = ({ disclosure: { when, uses, does } }: HookRow) => `  ${when}: uses ${uses}; ${does}`;

/** What was written, and what to do next. */
export function initText(outcome: InitOutcome): string {
  const { files, hasHooks } = outcome;
  return [
    lines(files.map(({ path, outcome: done }) => `${done.padEnd(9)}${path}`)),
    hasHooks
      ? 'The plugin has the hooks above. To leave them out: maitred init --no-hooks\n'
      : 'The plugin has no hooks. To add them: maitred init --hooks\n',
    lines(nextSteps(outcome)),
  ].join('\n');
}

const lines = (texts: readonly string[]) => texts.map((text) => `${printable(text)}\n`).join('');
