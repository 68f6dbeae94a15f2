import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError, toFault } from '../../domain/app-error.ts';
import type { ConfigSources } from '../../domain/early-settings.ts';
import { placedText } from '../../domain/placed-fault.ts';
import { hooksFileText } from '../../services/client-plugin/hooks-file.ts';
import { hasPluginHooks, planPlugin, writePlugin } from '../../services/client-plugin/plugin.ts';
import { configSchemaFileName, ignoreSecrets, keepSchemaBeside } from '../../services/config/config-folder.ts';
import { configTemplate, secretsTemplate } from '../../services/config/config-template.ts';
import { readConfig } from '../../services/config/read-config.ts';
import { createGit } from '../../services/git/git.ts';
import { isOnPath } from '../../services/platform/is-on-path.ts';
import { runShortCommand } from '../../services/platform/process/run-short-command.ts';
import { checkStateFormat, compareStateFormat } from '../../services/state/state-format.ts';
import { detectProject } from '../../services/workspace/project-setup/detect-project.ts';
import { type WrittenFile, writeProjectFiles } from '../../services/workspace/project-setup/write-project-files.ts';
import { readTextFile } from '../../services/yaml/read-text-file.ts';
import type { CliHost } from '../cli-host.ts';
import { projectDirToChange, projectSourcesOf } from '../project-config.ts';
import { jsonText, writeRemark } from '../report.ts';
import { stateFolderOf } from '../state-folder-of.ts';
import { answersFrom, askForAnswers, type GivenAnswers, type InitAnswers } from './init-answers.ts';
import { initJson } from './init-json.ts';
import type { InitOutcome } from './init-outcome.ts';
import { remarksOn } from './init-remarks.ts';
import { hooksText, initText, projectText } from './init-text.ts';
import { maitredEntriesIn } from './maitred-entries.ts';
import { canPrompt, createPrompt, type Prompt } from './prompt.ts';

export interface InitOptions extends GivenAnswers {
  readonly project?: string;
  readonly yes?: boolean;
  readonly hooks?: boolean;
  readonly json?: boolean;
}

const nothingWritten = 'nothing has been written';

/**
 * Detects, asks, writes, and prints the next steps. Twice is safe, also at the same time.
 * @throws AppError `invalid_input` for invalid options, and if there is nobody to ask; `cancelled` if the person leaves; `conflict` or
 * `unavailable` for an obstacle to a file. Only with `unavailable` may something have been written.
 */
export async function runInit(host: CliHost, options: InitOptions): Promise<void> {
  validateOptions(host, options);
  const projectDir = projectDirToChange(host, options.project);
  const stateFolder = stateFolderOf(host);
  compareStateFormat(stateFolder);
  const { pluginDir } = stateFolder;
  const hasConfig = existsSync(`${projectDir}/.maitred/config.yaml`);
  const detected = await detectProject(projectDir, createGit(runShortCommand));
  const known = answersFrom(options, detected);

  /** null: there is no plugin yet, and the person has not said. Hooks that were left out are never added silently. */
  const knownHooks = options.hooks ?? hasPluginHooks(pluginDir);

  /** An existing configuration is kept, so there are no questions for it. */
  const ask = async (prompt: Prompt) => {
    const answers = hasConfig ? known : await askForAnswers(prompt, options, known, host.stderr);
    if (knownHooks !== false) host.stderr.write(`\n${hooksText()}`);
    const hasHooks = knownHooks ?? (await prompt.confirm('Write the plugin with these hooks?', true));
    if (!hasConfig) host.stderr.write(`\n${projectText(projectDir, detected, answers)}`);
    const what = hasConfig ? 'Add what is missing in' : 'Write';
    const question = `${what} ${projectDir}/.maitred, and the plugin in ${pluginDir}?`;
    if (!(await prompt.confirm(question, true))) throw new AppError('cancelled', nothingWritten);
    return { answers, hasHooks };
  };
  const prompt = canPrompt(host) && !options.yes ? createPrompt(host, nothingWritten) : null;
  const { answers, hasHooks } =
    prompt === null
      ? { answers: known, hasHooks: knownHooks ?? true }
      : await ask(prompt).finally(() => prompt.close());

  if (prompt === null && !hasConfig) host.stderr.write(projectText(projectDir, detected, answers));
  if (prompt === null && hasHooks && !options.json) host.stdout.write(`${hooksText()}\n`);
  checkStateFormat(stateFolder);
  const files = await writeFiles(projectDir, answers);
  const program = { nodeFile: host.nodeFile, programFile: resolve(host.programDir, 'maitred.js') };
  const places = { ...program, programDir: resolve(host.programDir), stateDir: stateFolder.dir };
  const plan = planPlugin({ ...places, version: host.version, hooksText: hasHooks ? hooksFileText(places) : null });
  const stale = await writePlugin(plan);
  const plugin = { path: pluginDir, outcome: stale.length === 0 ? 'kept' : 'written' } as const;

  const outcome: InitOutcome = {
    ...program,
    projectDir,
    pluginDir,
    hasHooks,
    files: [...files.map((file) => ({ ...file, path: `${projectDir}/${file.path}` })), plugin],
    given: options,
    answers,
    problems: problemsOf(projectSourcesOf(host, projectDir)),
    isOnPath: isOnPath('maitred', host.env.PATH),
    isInstalled: ({ program }) => isOnPath(program, host.env.PATH),
    projectEntries: maitredEntriesIn(projectDir),
  };
  host.stdout.write(options.json ? jsonText(initJson(outcome)) : initText(outcome));
  for (const remark of remarksOn(outcome)) writeRemark(host, remark);
}

/** Without a terminal, every answer must be given. */
function validateOptions(host: CliHost, { yes = false, testCommand, repository }: InitOptions): void {
  if (yes || canPrompt(host) || (testCommand !== undefined && repository !== undefined)) return;
  const fix = 'add --yes to accept what is detected, or give both --test-command and --repository';
  throw new AppError('invalid_input', `there is no terminal for questions: ${fix}`);
}

/** .gitignore is written before the secrets file. */
async function writeFiles(projectDir: string, answers: InitAnswers): Promise<readonly WrittenFile[]> {
  const folder = `${projectDir}/.maitred`;
  const isIgnoreWritten = await ignoreSecrets(folder);
  const configText = configTemplate({
    'test_check.command': answers.testCommand,
    'github.default_repo': answers.repository,
  });
  const files = await writeProjectFiles(projectDir, { configText, secretsText: secretsTemplate() });
  const reading = readTextFile(`${folder}/config.yaml`);
  const schemaOutcome = await keepSchemaBeside(folder, 'text' in reading ? (reading.text ?? '') : '');
  const ignore = { path: '.maitred/.gitignore', outcome: isIgnoreWritten ? 'written' : 'kept' } as const;
  const schema = { path: `.maitred/${configSchemaFileName}`, outcome: schemaOutcome ?? 'kept' };
  return [ignore, ...files, ...(schemaOutcome === null ? [] : [schema])];
}

/** What a server will find wrong in the configuration, one line each. */
function problemsOf(sources: ConfigSources): readonly string[] {
  try {
    return readConfig(sources).warnings.map(placedText);
  } catch (thrown) {
    return toFault(thrown).message.split('\n');
  }
}
