import type { Command } from 'commander';
import { AppError } from '../../domain/app-error.ts';
import type { FlagValues } from '../../domain/early-settings.ts';
import { quote } from '../../services/yaml/describe-value.ts';
import type { CliHost } from '../cli-host.ts';
import { examples } from '../help-text.ts';
import { paintFor } from '../paint.ts';
import { projectOption, projectSourcesOf } from '../project-config.ts';
import { jsonText } from '../report.ts';
import { configFilesOf } from './config-path-command.ts';
import { reportConfig } from './config-report.ts';
import { configText } from './config-text.ts';

interface ShowOptions {
  readonly project?: string;
  readonly set?: FlagValues;
  readonly json?: boolean;
}

/** `maitred config show`: every setting of a server of the project, and its origin. Writes no file. */
export function addConfigShowCommand(config: Command, host: CliHost): void {
  config
    .command('show')
    .description('show each setting and its origin; secrets are masked')
    .argument('[KEY]', 'a key or a section (default: all)')
    .option(...projectOption)
    .option('--set <KEY=VALUE>', 'show the effect of maitred serve --set KEY=VALUE; repeatable', addAssignment)
    .option('--json', 'print JSON, for programs')
    .addHelpText(
      ...examples('maitred config show', 'maitred config show logging.level --json | jq -r ".settings[].origin"'),
    )
    .action((key: string | undefined, { project, set = {}, json: asJson = false }: ShowOptions) => {
      const sources = projectSourcesOf(host, project, set);
      const settings = reportConfig(sources, key);
      if (!asJson) {
        host.stdout.write(configText(settings, paintFor(host)));
        return;
      }
      const byKey = Object.fromEntries(settings.map(({ key: name, value, origin }) => [name, { value, origin }]));
      host.stdout.write(jsonText({ ...configFilesOf(sources), settings: byKey }));
    });
}

function addAssignment(text: string, earlier: FlagValues = {}): FlagValues {
  const equals = text.indexOf('=');
  if (equals < 1)
    throw new AppError(
      'invalid_input',
      `--set ${quote(text)} is not KEY=VALUE, such as --set readiness.wait_seconds=5`,
    );
  return { ...earlier, [text.slice(0, equals)]: text.slice(equals + 1) };
}
