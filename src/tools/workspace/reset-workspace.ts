import * as z from 'zod';
import { AppError } from '../../domain/app-error.ts';
import type { FinishedProcess } from '../../services/platform/process/child-processes.ts';
import { commandAnswer, whyEndedEarly } from '../command-answer.ts';
import { defineWorkspaceTool } from './family.ts';
import { resetFolder, resetFolderFields } from './reset-folder.ts';
import { runConfigured } from './run-configured.ts';

const limitSeconds = 60;

export const resetWorkspace = defineWorkspaceTool({
  name: 'reset_workspace',
  title: 'Reset a test workspace',
  description:
    "Runs the project's reset command (reset_workspace.command in the configuration) in a folder that is marked as one that may be emptied, then deletes everything in it but the marker and reset_workspace.preserve_dirs.",
  tags: ['kitchen'],
  needs: [],
  effect: 'destroys',
  input: z.object({
    test_dir: z.string().min(1).describe('The folder to reset: an absolute path in one of workspace.roots.'),
  }),
  output: z.object(resetFolderFields),
  async handler({ test_dir: path }, { processes, workspace, emptyFolder, settings }, scope) {
    const { command, preserve_dirs: preserved } = settings.reset_workspace;
    const disposable = () => workspace.disposableFolder(path, 'test_dir', 'marked');
    const finished = await runConfigured(
      {
        key: 'reset_workspace.command',
        command,
        mend: "reset_workspace is turned off, since this project has no reset command: set one with `maitred config set reset_workspace.command '[make, reset]'`, or call reset_test_dir.",
        cwd: disposable().path,
        timeLimitMs: limitSeconds * 1_000,
      },
      processes,
      scope,
    );
    refuseFailed(finished);
    // The command may have done anything.
    return resetFolder(emptyFolder, disposable(), [settings.safety.reset_guard_marker, ...preserved], scope);
  },
});

function refuseFailed(finished: FinishedProcess): void {
  const { reason, exit } = finished;
  if (reason === 'exited' && exit.code === 0) return;
  const why =
    whyEndedEarly(finished, limitSeconds, 'let it do less') ??
    `It ended with ${exit.signal === null ? `exit code ${exit.code}` : exit.signal}; see details.output.`;
  throw new AppError(
    reason === 'timedOut' ? 'timed_out' : 'process_failed',
    `The reset command failed, and nothing was deleted. ${why}`,
    { details: { exit_code: exit.code, signal: exit.signal, output: commandAnswer(finished).stderr } },
  );
}
