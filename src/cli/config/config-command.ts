import type { Command } from 'commander';
import type { CliHost } from '../cli-host.ts';
import { examples } from '../help-text.ts';
import { addConfigPathCommand } from './config-path-command.ts';
import { addConfigSetCommand, addConfigUnsetCommand } from './config-set-command.ts';
import { addConfigShowCommand } from './config-show-command.ts';

/** `maitred config`: shows and changes settings. */
export function addConfigCommand(program: Command, host: CliHost): void {
  const config = program
    .command('config')
    .description('show settings and their origins, and change them')
    .addHelpText(...examples('maitred config show', 'maitred config set logging.level DEBUG'));
  addConfigShowCommand(config, host);
  addConfigSetCommand(config, host);
  addConfigUnsetCommand(config, host);
  addConfigPathCommand(config, host);
}
