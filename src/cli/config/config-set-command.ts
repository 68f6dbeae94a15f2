import { type Command, Option } from 'commander';
import type { ConfigSources } from '../../domain/early-settings.ts';
import { type ChangedSetting, changeSetting } from '../../services/config/change-setting.ts';
import { findConfigKey } from '../../services/config/config-keys.ts';
import { isSecretKey } from '../../services/config/validate-placement.ts';
import type { CliHost } from '../cli-host.ts';
import { examples } from '../help-text.ts';
import { projectDirToChange, projectSourcesOf } from '../project-config.ts';
import { writeRemark } from '../report.ts';
import { readValue } from './read-value.ts';
import { secretMask, settingText } from './setting-text.ts';

interface ChangeOptions {
  readonly user?: boolean;
  readonly project?: string | true;
}

/** `maitred config set`: sets one key in one file; the rest of the file stays as it is. */
export function addConfigSetCommand(config: Command, host: CliHost): void {
  const command = config
    .command('set')
    .description("set a key in the project's configuration, or in the user's")
    .argument('<KEY>', 'such as logging.level; maitred config show lists the keys')
    .argument(
      '<VALUE>',
      'such as 5, DEBUG or [a, b]; - reads it from stdin, which keeps a secret out of the shell history',
    )
    .usage('KEY VALUE [--user | --project [DIR]]')
    .addHelpText(
      ...examples(
        'maitred config set logging.level DEBUG --user',
        'maitred config set test_check.command "npm test"',
        'gh auth token | maitred config set github.token -',
      ),
    )
    .action(async (key: string, value: string, options: ChangeOptions) => {
      findConfigKey(key);
      const text = await readValue(host, key, value);
      const changed = await changeSetting(sourcesFor(host, options), { key, text, layer: layerOf(options) });
      writeRemark(host, setText(changed));
      if (isSecretKey(key) && value !== '-' && value !== '') writeRemark(host, exposedSecretText(key));
    });
  addPlaceOptions(command, 2);
}

/** `maitred config unset`: removes one key from one file. */
export function addConfigUnsetCommand(config: Command, host: CliHost): void {
  const command = config
    .command('unset')
    .description("remove a key from the project's configuration, or from the user's")
    .argument('<KEY>', 'such as logging.level')
    .usage('KEY [--user | --project [DIR]]')
    .addHelpText(...examples('maitred config unset logging.level --user'))
    .action(async (key: string, options: ChangeOptions) => {
      const changed = await changeSetting(sourcesFor(host, options), { key, text: null, layer: layerOf(options) });
      writeRemark(host, unsetText(changed));
    });
  addPlaceOptions(command, 1);
}

/** @param wordCount how many arguments the command needs */
function addPlaceOptions(command: Command, wordCount: number): void {
  const parseOptions = command.parseOptions.bind(command);
  command.parseOptions = (args) => parseOptions(withoutFolder(args, wordCount));
  command
    .addOption(new Option('--user', "change the user's configuration").conflicts('project'))
    .addOption(
      new Option('--project [DIR]', "change the project's configuration (default); DIR: that of another project"),
    );
}

const optionShape = /^(--|-h|--help|--user|--project(=.*)?)$/s;

/** If every word is an argument, none of them is the folder of `--project`, wherever the option is. */
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
  const override = overriddenBy === null ? '' : `, but ${overriddenBy} overrides it`;
  return `${key} is ${isChanged ? '' : 'already '}${shown} in ${place}${override}`;
}

const exposedSecretText = (key: string) =>
  `${key} was an argument, which ps and the shell history show; maitred config set ${key} - reads it from stdin`;

function unsetText({ key, file, isChanged, overriddenBy }: ChangedSetting): string {
  const override = overriddenBy === null ? '' : `, but ${overriddenBy} still sets it`;
  return `${key} is ${isChanged ? 'no longer' : 'not'} set in ${file}${override}`;
}
