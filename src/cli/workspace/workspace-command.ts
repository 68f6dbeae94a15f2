import type { Command } from 'commander';
import type { CliHost } from '../cli-host.ts';
import { paintFor } from '../paint.ts';
import type { WorkspaceCleanOptions } from './workspace-clean.ts';
import { runWorkspaceInit } from './workspace-init.ts';

/** `maitred workspace`: folders for tests, and what work has left behind. */
export function addWorkspaceCommand(program: Command, host: CliHost): void {
  const workspace = program
    .command('workspace')
    .description('make folders that tests may empty, and remove what work has left behind')
    .helpOption('-h, --help', 'print help')
    .addHelpText('after', '\nExample:\n  $ maitred workspace init tests/tmp\n  $ maitred workspace clean');
  workspace
    .command('init')
    .description('make a folder that reset_test_dir and reset_workspace may empty')
    .argument('<PATH>', 'a folder that is new or empty')
    .helpOption('-h, --help', 'print help')
    .addHelpText('after', '\nExample:\n  $ maitred workspace init tests/tmp')
    .action((path: string) => runWorkspaceInit(host, path));
  workspace
    .command('clean')
    .description(
      'say which runs and worktrees nobody has touched for five hours, and which of them hold nothing of worth',
    )
    .helpOption('-h, --help', 'print help')
    .option('--dry-run', 'remove nothing; so it is without --yes too')
    .option('--yes', 'remove those that hold nothing of worth')
    .option('--json', 'print JSON, for programs')
    .addHelpText('after', '\nExample:\n  $ maitred workspace clean\n  $ maitred workspace clean --yes')
    .action(async (options: WorkspaceCleanOptions) => {
      // What starts git is as large as the rest of the command line.
      const { runWorkspaceClean } = await import('./workspace-clean.ts');
      await runWorkspaceClean(host, options, paintFor(host));
    });
}
