import { showCommand } from '../../domain/show-command.ts';
import type { WrittenFile } from '../../services/workspace/project-setup/write-project-files.ts';
import type { GivenAnswers, InitAnswers } from './init-answers.ts';

export interface InitOutcome {
  readonly projectDir: string;
  readonly nodeFile: string;
  readonly programFile: string;
  readonly files: readonly WrittenFile[];
  readonly given: GivenAnswers;
  readonly answers: InitAnswers;
  /** What is wrong with the configuration, a line for each place. */
  readonly faults: readonly string[];
  /** Whether a shell knows the program by its name. */
  readonly isOnPath: boolean;
}

/** What a person should know beside what was written. */
export function remarksOn(outcome: InitOutcome): readonly string[] {
  const remarks = [remarkOnConfig(outcome), ...outcome.faults, remarkOnProgram(outcome)];
  return remarks.filter((remark) => remark !== null);
}

function remarkOnConfig({ projectDir, files, given, answers }: InitOutcome): string | null {
  const configFile = `${projectDir}/.maitred/config.yaml`;
  if (!isKept(files, '.maitred/config.yaml'))
    return answers.testCommand === null
      ? `no test command is known: put it into test_check.command in ${configFile}`
      : null;
  const changes = [
    given.testCommand === undefined ? [] : ['test_check.command', showCommand(answers.testCommand ?? [])],
    given.repository === undefined ? [] : ['github.default_repo', answers.repository ?? ''],
  ];
  const commands = changes
    .filter((change) => change.length > 0)
    .map((change) => showCommand(['maitred', 'config', 'set', ...change]));
  return commands.length === 0
    ? null
    : `${configFile} stays as it was, without what was given; to change it: ${commands.join(' && ')}`;
}

function remarkOnProgram({ nodeFile, programFile, isOnPath }: InitOutcome): string | null {
  if (programFile.includes('/_npx/'))
    return `${programFile} lies in npx's cache, which may be emptied: install maitred, and run maitred init again`;
  if (isOnPath) return null;
  const alias = `maitred=${showCommand([nodeFile, programFile])}`;
  return `your shell does not know maitred by its name; this line makes it known: ${showCommand(['alias', alias])}`;
}

const isKept = (files: readonly WrittenFile[], path: string) =>
  files.some((file) => file.path === path && file.outcome === 'kept');
