import type { Command } from 'commander';
import type { CliHost } from '../cli-host.ts';
import { examples } from '../help-text.ts';
import { projectOption } from '../project-config.ts';
import type { InitOptions } from './run-init.ts';

/** `maitred init`: sets up a project's `.maitred` folder and the plugin for Claude Code, and prints how to add maitred to the clients that are installed. */
export function addInitCommand(program: Command, host: CliHost): void {
  program
    .command('init')
    .description("set up a project's .maitred folder, and the plugin for Claude Code")
    .option(...projectOption)
    .option('--test-command <COMMAND>', "the test command (default: detected from the project's files)")
    .option(
      '--repository <OWNER/NAME>',
      'the GitHub repository with its issues (default: detected from the git remotes)',
    )
    .option('--hooks', 'write the plugin with its hooks (default: as the plugin is now; with hooks if there is none)')
    .option('--no-hooks', 'write the plugin without its hooks, and remove them from one that has them')
    .option('--json', 'print JSON, for programs')
    .option('--yes', 'accept the given and detected values without asking')
    .addHelpText(
      'after',
      '\nExisting files are kept; missing ones are added. Nothing is written before you have answered all questions. Files of a client are never written: what adds maitred to it is printed.',
    )
    .addHelpText(...examples('maitred init', 'maitred init --yes --no-hooks --test-command "npm run test:unit"'))
    .action(async (options: InitOptions) => {
      // Only this command needs the code that runs git.
      const { runInit } = await import('./run-init.ts');
      await runInit(host, options);
    });
}
