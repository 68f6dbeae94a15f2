import type { Command } from 'commander';
import type { CliHost } from '../cli-host.ts';
import { projectOption } from '../project-config.ts';
import type { InitOptions } from './run-init.ts';

/** `maitred init`: makes a project's `.maitred` folder and the plugin for Claude Code. */
export function addInitCommand(program: Command, host: CliHost): void {
  program
    .command('init')
    .description("make a project's .maitred folder, and the plugin that makes maitred known to Claude Code")
    .helpOption('-h, --help', 'print help')
    .option(...projectOption)
    .option('--test-command <COMMAND>', 'how its tests are run; else what its files tell')
    .option('--repository <OWNER/NAME>', 'where its issues are, at GitHub; else what its git remotes tell')
    .option('--yes', 'take what was given or detected, and ask nothing')
    .addHelpText(
      'after',
      '\nFiles that are there stay as they are; what is missing is added. Nothing is written before all questions are answered.\n' +
        '\nExample:\n  $ maitred init\n  $ maitred init --yes --test-command "npm run test:unit"',
    )
    .action(async (options: InitOptions) => {
      // What it takes to ask git is loaded for this command alone.
      const { runInit } = await import('./run-init.ts');
      await runInit(host, options);
    });
}
