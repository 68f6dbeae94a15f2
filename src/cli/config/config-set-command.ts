import { type Command, Option } from 'commander';
import type { ConfigSources } from '../../domain/early-settings.ts';
import { printable } from '../../domain/printable-text.ts';
import { type ChangedSetting, changeSetting } from '../../services/config/change-setting.ts';
import { findConfigKey } from '../../services/config/find-config-key.ts';
import { isSecretKey } from '../../services/config/validate-placement.ts';
import type { CliHost } from '../cli-host.ts';
import { projectDirToChange, projectSourcesOf } from '../project-config.ts';
import { secretMask } from './config-report.ts';
import { settingText } from './config-text.ts';
import { readValue } from './read-value.ts';

interface ChangeOptions {
  readonly user?: boolean;
  readonly project?: string | true;
}

/** `maitred config set`: one setting in one file; the rest of the file stays as it is. */
export function addConfigSetCommand(config: Command, host: CliHost): void {
  const command = config
    .command('set')
    .description('set a key in the configuration of the project, or of the user')
    .argument('<KEY>', 'such as logging.level; maitred config show lists them')
    .argument('<VALUE>', 'as a flag takes it: 5, DEBUG, [a, b]; - reads it from stdin, as is wise for a secret')
    .usage('KEY VALUE [--user | --project [DIR]]')
    .addHelpText(
      'after',
      '\nExample:\n  $ maitred config set logging.level DEBUG --user\n  $ maitred config set test_check.command "npm test"\n  $ gh auth token | maitred config set github.token -',
    )
    .action(async (key: string, value: string, options: ChangeOptions) => {
      findConfigKey(key);
      const text = await readValue(host, key, value);
      const changed = await changeSetting(sourcesFor(host, options), { key, text, layer: layerOf(options) });
      host.stderr.write(`maitred: ${printable(setText(changed))}\n`);
      if (isSecretKey(key) && value !== '-' && value !== '') host.stderr.write(`maitred: ${openSecretText(key)}\n`);
    });
  addPlaceOptions(command, 2);
}

/** `maitred config unset`: takes a setting out of one file. */
export function addConfigUnsetCommand(config: Command, host: CliHost): void {
  const command = config
    .command('unset')
    .description('take a key out of the configuration of the project, or of the user')
    .argument('<KEY>', 'such as logging.level')
    .usage('KEY [--user | --project [DIR]]')
    .addHelpText('after', '\nExample:\n  $ maitred config unset logging.level --user')
    .action(async (key: string, options: ChangeOptions) => {
      const changed = await changeSetting(sourcesFor(host, options), { key, text: null, layer: layerOf(options) });
      host.stderr.write(`maitred: ${printable(unsetText(changed))}\n`);
    });
  addPlaceOptions(command, 1);
}

/** @param wordCount how many arguments the command needs */
function addPlaceOptions(command: Command, wordCount: number): void {
  const parseOptions = command.parseOptions.bind(command);
  command.parseOptions = (args) => parseOptions(withoutFolder(args, wordCount));
  command
    .helpOption('-h, --help', 'print help')
    .addOption(new Option('--user', 'in the configuration of the user').conflicts('project'))
    .addOption(new Option('--project [DIR]', 'in that of the project (default), or of the project in DIR'));
}

const optionShape = /^(--|-h|--help|--user|--project(=.*)?)$/s;

/** Where every word is needed, none of them is the folder of `--project`, wherever that stands. */
function withoutFolder(args: readonly string[], wordCount: number): string[] {
  const words = args.filter((arg) => !optionShape.test(arg));
  return words.length > wordCount ? [...args] : args.map((arg) => (arg === '--project' ? '--project=' : arg));
}

const layerOf = ({ user }: ChangeOptions) => (user ? 'user' : 'project');

function sourcesFor(host: CliHost, { user, project }: ChangeOptions): ConfigSources {
  const named = typeof project === 'string' && project !== '' ? project : undefined;
  return projectSourcesOf(host, user ? undefined : projectDirToChange(host, named));
}

function setText({ key, value, place, isChanged, overriddenBy }: ChangedSetting): string {
  const shown = isSecretKey(key) && value ? secretMask : settingText(value);
  const wins = overriddenBy === null ? '' : `, but ${overriddenBy} wins`;
  return `${key} is ${shown}${isChanged ? '' : ' already'} in ${place}${wins}`;
}

const openSecretText = (key: string) =>
  `${key} stood among the arguments, where ps and the history of the shell show it; maitred config set ${key} - reads it from stdin`;

function unsetText({ key, file, isChanged, overriddenBy }: ChangedSetting): string {
  const sets = overriddenBy === null ? '' : `, but ${overriddenBy} sets it`;
  return `${key} is not set${isChanged ? ' any more' : ''} in ${file}${sets}`;
}
