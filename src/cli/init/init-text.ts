import { printable } from '../../domain/printable-text.ts';
import { showCommand } from '../../domain/show-command.ts';
import type { DetectedProject } from '../../services/workspace/project-setup/detect-project.ts';
import type { WrittenFile } from '../../services/workspace/project-setup/write-project-files.ts';
import type { InitAnswers } from './init-answers.ts';

export interface Registration {
  readonly nodeFile: string;
  /** `maitred.js`. */
  readonly programFile: string;
  readonly pluginDir: string;
}

export interface InitReport extends Registration {
  readonly projectDir: string;
  readonly files: readonly WrittenFile[];
}

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

/** What was written, and what to do next. */
export function initText({ projectDir, files, ...registration }: InitReport): string {
  const outcomes = files.map(
    ({ path, outcome }) => `${outcome.padEnd(9)}${path.startsWith('/') ? path : `${projectDir}/${path}`}`,
  );
  return `${lines(outcomes)}\n${nextSteps(registration)}`;
}

function nextSteps({ nodeFile, programFile, pluginDir }: Registration): string {
  const server = { command: nodeFile, args: [programFile, 'serve'] };
  return lines([
    'Next, add maitred to your client. For Claude Code, with the skills that open and close the kitchen:',
    `  ${showCommand(['claude', 'plugin', 'marketplace', 'add', pluginDir])}`,
    '  claude plugin install maitred@maitred',
    'or for Claude Code, the server alone:',
    `  ${showCommand(['claude', 'mcp', 'add', 'maitred', '--', nodeFile, programFile, 'serve'])}`,
    'or for any client that reads a .mcp.json:',
    `  ${JSON.stringify({ mcpServers: { maitred: server } })}`,
    'Then start the client in the project, and ask it to open the kitchen.',
  ]);
}

const lines = (texts: readonly string[]) => texts.map((text) => `${printable(text)}\n`).join('');
