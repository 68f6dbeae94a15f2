import { showCommand } from '../domain/show-command.ts';
import type { WrittenFile } from '../services/project-setup/write-project-files.ts';
import type { GivenAnswers, InitAnswers } from './init-answers.ts';

export interface InitOutcome {
  readonly projectDir: string;
  readonly programFile: string;
  readonly files: readonly WrittenFile[];
  readonly given: GivenAnswers;
  readonly answers: InitAnswers;
}

/** What a person should know beside what was written. */
export function remarksOn(outcome: InitOutcome): readonly string[] {
  const remarks = [remarkOnConfig(outcome), remarkOnProgram(outcome)];
  return remarks.filter((remark) => remark !== null);
}

function remarkOnConfig({ projectDir, files, given, answers }: InitOutcome): string | null {
  const configFile = `${projectDir}/.maitred/config.yaml`;
  if (!isKept(files, '.maitred/config.yaml'))
    return answers.testCommand === null
      ? `no test command is known: put it into test_check.command in ${configFile}`
      : null;
  const changes = [
    given.testCommand === undefined ? [] : ['test_check.command', JSON.stringify(answers.testCommand)],
    given.repository === undefined ? [] : ['github.default_repo', answers.repository ?? ''],
  ];
  const commands = changes
    .filter((change) => change.length > 0)
    .map((change) => showCommand(['maitred', 'config', 'set', ...change]));
  return commands.length === 0
    ? null
    : `${configFile} stays as it was, without what was given; to change it: ${commands.join(' && ')}`;
}

function remarkOnProgram({ programFile }: InitOutcome): string | null {
  if (!programFile.includes('/_npx/')) return null;
  return `${programFile} lies in npx's cache, which may be emptied: install maitred, and run maitred init again`;
}

const isKept = (files: readonly WrittenFile[], path: string) =>
  files.some((file) => file.path === path && file.outcome === 'kept');
