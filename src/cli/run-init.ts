import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError } from '../domain/app-error.ts';
import { printable } from '../domain/printable-text.ts';
import { stateDirFrom, stateFolderAt } from '../domain/state-folder.ts';
import { findProject } from '../services/config/config-sources.ts';
import { configTemplate } from '../services/config/config-template.ts';
import { ignoreSecrets } from '../services/config/ignore-secrets.ts';
import { configSchemaFileName, keepSchemaBeside } from '../services/config/new-config-file.ts';
import { secretsTemplate } from '../services/config/secrets-template.ts';
import { hooksFileText } from '../services/hooks/hooks-file.ts';
import { runShortCommand } from '../services/platform/process/run-short-command.ts';
import { planPlugin } from '../services/plugin/plan-plugin.ts';
import { writePlugin } from '../services/plugin/write-plugin.ts';
import { type DetectedProject, detectProject } from '../services/project-setup/detect-project.ts';
import {
  checkProjectFolder,
  type WrittenFile,
  writeProjectFiles,
} from '../services/project-setup/write-project-files.ts';
import { checkStateFormat, compareStateFormat } from '../services/state-folder/state-format.ts';
import type { CliHost } from './cli-host.ts';
import { answersFrom, askForAnswers, type GivenAnswers, type InitAnswers } from './init-answers.ts';
import { remarksOn } from './init-remarks.ts';
import { initText, projectText } from './init-text.ts';
import { canPrompt, createPrompt } from './prompt.ts';

export interface InitOptions extends GivenAnswers {
  readonly project?: string;
  readonly yes?: boolean;
}

const nothingWritten = 'nothing has been written';

/**
 * Detects, asks, writes, and says what comes next. Twice is safe, also at the same time.
 * @throws AppError `invalid_input` for options that cannot be used, and where there is nobody to ask; `cancelled` when the person leaves;
 * `conflict` or `unavailable` for what stands in the way of a file. Only with the last may something have been written.
 */
export async function runInit(host: CliHost, options: InitOptions): Promise<void> {
  checkForPerson(host, options);
  const projectDir = projectFrom(host, options.project);
  const stateFolder = stateFolderAt(resolve(host.cwd(), stateDirFrom(host.env, host.homeDir)));
  checkProjectFolder(projectDir);
  compareStateFormat(stateFolder);
  const hasConfig = existsSync(`${projectDir}/.maitred/config.yaml`);
  const detected = await detectProject(projectDir, runShortCommand);
  const known = answersFrom(options, detected);
  const conversation = { projectDir, pluginDir: stateFolder.pluginDir, hasConfig, options, detected, known };
  const isAsking = canPrompt(host) && !options.yes;
  const answers = isAsking ? await ask(host, conversation) : known;

  checkStateFormat(stateFolder);
  const files = await writeFiles(projectDir, answers);
  const registration = {
    nodeFile: host.nodeFile,
    programFile: resolve(host.programDir, 'maitred.js'),
    pluginDir: stateFolder.pluginDir,
  };
  const hooksText = hooksFileText({ ...registration, programDir: resolve(host.programDir), stateDir: stateFolder.dir });
  const plan = planPlugin({ ...registration, stateDir: stateFolder.dir, version: host.version, hooksText });
  const stale = await writePlugin(plan);
  const plugin = { path: stateFolder.pluginDir, outcome: stale.length === 0 ? 'kept' : 'written' } as const;

  if (!isAsking && !hasConfig) host.stderr.write(projectText(projectDir, detected, answers));
  host.stdout.write(initText({ ...registration, projectDir, files: [...files, plugin] }));
  for (const remark of remarksOn({ ...registration, projectDir, files, given: options, answers }))
    host.stderr.write(`maitred: ${printable(remark)}\n`);
}

/** Where nobody can be asked, everything must have been said. */
function checkForPerson(host: CliHost, { yes = false, testCommand, repository }: InitOptions): void {
  if (yes || canPrompt(host) || (testCommand !== undefined && repository !== undefined)) return;
  throw new AppError(
    'invalid_input',
    'there is no terminal to ask on: add --yes, which takes what is detected, or give both --test-command and --repository',
  );
}

function projectFrom({ cwd, homeDir }: CliHost, named: string | undefined): string {
  if (named === undefined) {
    const found = findProject(cwd());
    // Its settings would hold for everything in it that is no project of its own.
    if (found !== homeDir && found !== '/') return found;
    throw new AppError('invalid_input', `${found} is hardly a project: go to one, or name it with --project`);
  }
  const dir = resolve(cwd(), named);
  if (!existsSync(dir)) throw new AppError('not_found', `${dir} is not there: make it, or name another folder`);
  if (!statSync(dir).isDirectory())
    throw new AppError('invalid_input', `${dir} is no folder: name the project's folder`);
  return dir;
}

interface Conversation {
  readonly projectDir: string;
  readonly pluginDir: string;
  readonly hasConfig: boolean;
  readonly options: InitOptions;
  readonly detected: DetectedProject;
  readonly known: InitAnswers;
}

/** A configuration that is there stays, so nothing is asked that would go into it. */
async function ask(host: CliHost, conversation: Conversation): Promise<InitAnswers> {
  const { projectDir, pluginDir, hasConfig, options, detected, known } = conversation;
  const prompt = createPrompt(host, nothingWritten);
  try {
    const answers = hasConfig ? known : await askForAnswers(prompt, options, known, host.stderr);
    if (!hasConfig) host.stderr.write(`\n${projectText(projectDir, detected, answers)}`);
    const what = hasConfig ? 'Add what is missing in' : 'Write';
    const question = `${what} ${projectDir}/.maitred, and the plugin in ${pluginDir}?`;
    if (!(await prompt.confirm(question, true))) throw new AppError('cancelled', nothingWritten);
    return answers;
  } finally {
    prompt.close();
  }
}

/** Git is told of the secrets before there are any. */
async function writeFiles(projectDir: string, answers: InitAnswers): Promise<readonly WrittenFile[]> {
  const folder = `${projectDir}/.maitred`;
  const configText = configFor(answers);
  const isIgnoreWritten = await ignoreSecrets(folder);
  const files = await writeProjectFiles({ projectDir, configText, secretsText: secretsTemplate() });
  const isConfigWritten = files.some(({ path, outcome }) => path === '.maitred/config.yaml' && outcome === 'written');
  if (isConfigWritten) await keepSchemaBeside(folder, configText);
  const schema = { path: `.maitred/${configSchemaFileName}`, outcome: 'written' } as const;
  const ignore = { path: '.maitred/.gitignore', outcome: isIgnoreWritten ? 'written' : 'kept' } as const;
  return [ignore, ...files, ...(isConfigWritten ? [schema] : [])];
}

const configFor = ({ testCommand, repository }: InitAnswers) =>
  configTemplate({
    settings: { 'test_check.command': testCommand, 'github.default_repo': repository },
  });
