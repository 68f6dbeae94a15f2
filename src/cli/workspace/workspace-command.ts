import { resolve } from 'node:path';
import type { Command } from 'commander';
import { toFault } from '../../domain/app-error.ts';
import { printable } from '../../domain/printable-text.ts';
import { realPathOf } from '../../services/platform/real-path.ts';
import { type DisposalRules, disposableFolderAt } from '../../services/workspace/disposable-folder.ts';
import { markFolder } from '../../services/workspace/mark-folder.ts';
import type { CliHost } from '../cli-host.ts';
import { examples } from '../help-text.ts';
import { readProjectConfig } from '../project-config.ts';
import { writeRemark } from '../report.ts';
import { disposalRulesOf } from './disposal-rules-of.ts';
import type { WorkspaceCleanOptions } from './workspace-clean.ts';
import type { WorkspaceResetOptions } from './workspace-reset.ts';

/** `maitred workspace`: folders for tests, and the removal of finished runs and worktrees. */
export function addWorkspaceCommand(program: Command, host: CliHost): void {
  const workspace = program
    .command('workspace')
    .description('make and empty folders for tests, and remove finished runs and worktrees')
    .addHelpText(...examples('maitred workspace init tests/tmp', 'maitred workspace clean'));
  workspace
    .command('init')
    .description('make a folder that reset_test_dir and reset_workspace may empty')
    .argument('<PATH>', 'a new or empty folder')
    .addHelpText(...examples('maitred workspace init tests/tmp'))
    .action((path: string) => initFolder(host, path));
  workspace
    .command('reset')
    .description('show what is in a folder and what would be lost with it, and empty it, marked or not')
    .argument('<DIR>', 'a folder in workspace.roots; its marker and .gitignore stay')
    .option('--yes', 'empty it; needs a person on a terminal')
    .option('--json', 'print JSON, for programs')
    .addHelpText(...examples('maitred workspace reset tests/tmp', 'maitred workspace reset tests/tmp --yes'))
    .action(async (path: string, options: WorkspaceResetOptions) => {
      const { runWorkspaceReset } = await import('./workspace-reset.ts');
      await runWorkspaceReset(host, path, options);
    });
  workspace
    .command('clean')
    .description('list runs and worktrees, and show which can be removed without losing work')
    .option('--dry-run', 'remove nothing (default)')
    .option('--yes', 'remove those that can go')
    .option('--json', 'print JSON, for programs')
    .addHelpText(...examples('maitred workspace clean', 'maitred workspace clean --yes'))
    .action(async (options: WorkspaceCleanOptions) => {
      // Its code and git's are as large as the rest of the command line.
      const { runWorkspaceClean } = await import('./workspace-clean.ts');
      await runWorkspaceClean(host, options);
    });
}

/**
 * `maitred workspace init`: makes a folder that tools may empty, and prints its path. Warns if they will refuse it all the same.
 * @throws AppError `conflict` for a folder that is not empty, `unavailable` if it cannot be made
 */
function initFolder(host: CliHost, path: string): void {
  const folder = resolve(host.cwd(), path);
  const project = readProjectConfig(host);
  const rules = disposalRulesOf(host, project);
  const marker = project.config.safety.reset_guard_marker;
  const outcome = markFolder(folder, marker, host.version);
  host.stdout.write(`${printable(folder)}\n`);
  const refusal = refusalOf(folder, rules);
  if (outcome === 'already') writeRemark(host, `the folder is already marked (${marker})`);
  else if (refusal === null)
    writeRemark(host, `reset_test_dir and reset_workspace may empty the folder, because it holds ${marker}`);
  if (refusal !== null) writeRemark(host, `reset_test_dir and reset_workspace will refuse the folder: ${refusal}`);
}

/** Why tools will not empty a folder although it is marked; null: they will. */
function refusalOf(folder: string, rules: DisposalRules): string | null {
  try {
    disposableFolderAt(realPathOf(folder), 'PATH', rules);
    return null;
  } catch (thrown) {
    return toFault(thrown).message;
  }
}
