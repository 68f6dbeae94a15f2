import { encodeJson } from '../../domain/encode-json.ts';
import { printable } from '../../domain/printable-text.ts';
import { showCommand } from '../../domain/show-command.ts';
import type { DetectedProject } from '../../services/workspace/project-setup/detect-project.ts';
import type { WrittenFile } from '../../services/workspace/project-setup/write-project-files.ts';
import type { GivenAnswers, InitAnswers } from './init-answers.ts';

/** What `maitred init` has done. */
export interface InitOutcome {
  readonly projectDir: string;
  readonly nodeFile: string;
  /** `maitred.js`. */
  readonly programFile: string;
  readonly pluginDir: string;
  readonly files: readonly WrittenFile[];
  readonly given: GivenAnswers;
  readonly answers: InitAnswers;
  /** The faults and warnings of the configuration, one line each. */
  readonly problems: readonly string[];
  /** Whether a shell finds the program by its name. */
  readonly isOnPath: boolean;
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
export function initText({ projectDir, files, nodeFile, programFile, pluginDir }: InitOutcome): string {
  const absolute = (path: string) => (path.startsWith('/') ? path : `${projectDir}/${path}`);
  const server = { command: nodeFile, args: [programFile, 'serve'] };
  return lines([
    ...files.map(({ path, outcome }) => `${outcome.padEnd(9)}${absolute(path)}`),
    '',
    'Next, add maitred to your client. For Claude Code, with the skills that open and close the kitchen:',
    `  ${showCommand(['claude', 'plugin', 'marketplace', 'add', pluginDir])}`,
    '  claude plugin install maitred@maitred',
    'or for Claude Code, the server alone:',
    `  ${showCommand(['claude', 'mcp', 'add', 'maitred', '--', nodeFile, programFile, 'serve'])}`,
    'or for any client that reads a .mcp.json:',
    `  ${encodeJson({ mcpServers: { maitred: server } })}`,
    'Then start the client in the project, and ask it to open the kitchen.',
  ]);
}

/** What a person should know besides what was written. */
export function remarksOn(outcome: InitOutcome): readonly string[] {
  const remarks = [remarkOnConfig(outcome), ...outcome.problems, remarkOnProgram(outcome)];
  return remarks.filter((remark) => remark !== null);
}

function remarkOnConfig({ projectDir, files, given, answers }: InitOutcome): string | null {
  const configFile = `${projectDir}/.maitred/config.yaml`;
  if (!files.some(({ path, outcome }) => path === '.maitred/config.yaml' && outcome === 'kept'))
    return answers.testCommand === null ? `no test command was found: set test_check.command in ${configFile}` : null;
  const changes = [
    given.testCommand === undefined ? [] : ['test_check.command', showCommand(answers.testCommand ?? [])],
    given.repository === undefined ? [] : ['github.default_repo', answers.repository ?? ''],
  ];
  const commands = changes
    .filter((change) => change.length > 0)
    .map((change) => showCommand(['maitred', 'config', 'set', ...change]));
  return commands.length === 0
    ? null
    : `${configFile} was kept, without the given values; to set them, run: ${commands.join(' && ')}`;
}

function remarkOnProgram({ nodeFile, programFile, isOnPath }: InitOutcome): string | null {
  if (programFile.includes('/_npx/'))
    return `${programFile} is in the cache of npx, which may be emptied: install maitred, and run maitred init again`;
  if (isOnPath) return null;
  const alias = `maitred=${showCommand([nodeFile, programFile])}`;
  return `your shell does not find maitred by its name; to define it, run: ${showCommand(['alias', alias])}`;
}

const lines = (texts: readonly string[]) => texts.map((text) => `${printable(text)}\n`).join('');
