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
  /** The faults of the configuration, one line each. */
  readonly faults: readonly string[];
  /** Whether a shell finds the program by its name. */
  readonly isOnPath: boolean;
}

/** What a person should know besides what was written. */
export function remarksOn(outcome: InitOutcome): readonly string[] {
  const remarks = [remarkOnConfig(outcome), ...outcome.faults, remarkOnProgram(outcome)];
  return remarks.filter((remark) => remark !== null);
}

function remarkOnConfig({ projectDir, files, given, answers }: InitOutcome): string | null {
  const configFile = `${projectDir}/.maitred/config.yaml`;
  if (!isKept(files, '.maitred/config.yaml'))
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

const isKept = (files: readonly WrittenFile[], path: string) =>
  files.some((file) => file.path === path && file.outcome === 'kept');
