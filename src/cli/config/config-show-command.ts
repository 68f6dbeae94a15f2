import type { Command } from 'commander';
import { AppError } from '../../domain/app-error.ts';
import type { FlagValues } from '../../domain/early-settings.ts';
import { quote } from '../../services/yaml/describe-value.ts';
import type { CliHost } from '../cli-host.ts';
import { paintFor } from '../paint.ts';
import { projectOption, projectSourcesOf } from '../project-config.ts';
import { configFilesOf } from './config-files-report.ts';
import { reportConfig } from './config-report.ts';
import { configText } from './config-text.ts';

interface ShowOptions {
  readonly project?: string;
  readonly set?: FlagValues;
  readonly json?: boolean;
}

/** `maitred config show`: every setting that a server of the project would have, and where it comes from. Writes no file. */
export function addConfigShowCommand(config: Command, host: CliHost): void {
  config
    .command('show')
    .description('say for each setting what it is and where that comes from; secrets are not shown')
    .argument('[KEY]', 'one key or section only')
    .helpOption('-h, --help', 'print help')
    .option(...projectOption)
    .option('--set <KEY=VALUE>', 'as if the server were started with it; may be given many times', addAssignment)
    .option('--json', 'print JSON, for programs')
    .addHelpText(
      'after',
      '\nExample:\n  $ maitred config show\n  $ maitred config show logging.level --json | jq -r ".settings[].origin"',
    )
    .action((key: string | undefined, { project, set = {}, json: asJson = false }: ShowOptions) => {
      const sources = projectSourcesOf(host, project, set);
      const settings = reportConfig(sources, key);
      if (!asJson) {
        host.stdout.write(configText(settings, paintFor(host)));
        return;
      }
      const byKey = Object.fromEntries(settings.map(({ key: name, value, origin }) => [name, { value, origin }]));
      host.stdout.write(`${JSON.stringify({ ...configFilesOf(sources), settings: byKey }, null, 2)}\n`);
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
