import type { Command } from 'commander';
import type { CliHost } from '../cli-host.ts';
import { addConfigPathCommand } from './config-path-command.ts';
import { addConfigSetCommand, addConfigUnsetCommand } from './config-set-command.ts';
import { addConfigShowCommand } from './config-show-command.ts';

/** `maitred config`: what is set, where, and how to change it. */
export function addConfigCommand(program: Command, host: CliHost): void {
  const config = program
    .command('config')
    .description('show the settings with their origins, and change them')
    .helpOption('-h, --help', 'print help')
    .addHelpText('after', '\nExample:\n  $ maitred config show\n  $ maitred config set logging.level DEBUG');
  addConfigShowCommand(config, host);
  addConfigSetCommand(config, host);
  addConfigUnsetCommand(config, host);
  addConfigPathCommand(config, host);
}
