import * as z from 'zod';
import { AppError } from '../../domain/app-error.ts';
import { keptWhenEmptied } from '../../domain/kept-when-emptied.ts';
import type { FinishedProcess } from '../../services/platform/process/child-processes.ts';
import { commandAnswer, whyEndedEarly } from '../command-answer.ts';
import { defineTool } from '../define-tool.ts';
import type { ToolServices } from '../tool-services.ts';
import { resetFolder, resetFolderFields } from './reset-folder.ts';
import { runConfigured } from './run-configured.ts';

type Services = Pick<ToolServices, 'emptyFolder' | 'processes' | 'settings' | 'workspace'>;

const limitSeconds = 60;

export const resetWorkspace = defineTool({
  name: 'reset_workspace',
  title: 'Reset a test workspace',
  description: `Runs the project's reset command (reset_workspace.command in the configuration) in a marked folder, then deletes everything in it except the marker file, .gitignore and reset_workspace.preserve_dirs. Refused: a folder without the marker, with files that git tracks, or with a git repository in it. Cannot be undone. Use it between test runs that need more than an empty folder, such as a fresh database. If the command fails or takes longer than 60 s, nothing is deleted. Without a configured command, use reset_test_dir, which only empties a folder.
Example: {"test_dir": "/home/ann/shop/tests/tmp"}`,
  category: 'Testing & Workspace',
  tags: ['kitchen'],
  needs: [],
  effect: 'destroys',
  openWorld: true,
  input: z.object({
    test_dir: z
      .string()
      .min(1)
      .describe('Folder to reset: an absolute path within workspace.roots. It must contain the marker file.'),
  }),
  output: () => z.object(resetFolderFields()),
  async handler({ test_dir: path }, { emptyFolder, processes, settings, workspace }: Services, scope) {
    const { command, preserve_dirs: preserved } = settings.reset_workspace;
    const keep = [...keptWhenEmptied(settings.safety.reset_guard_marker), ...preserved];
    const folder = await workspace.disposableFolder(path, 'test_dir', { keep, signal: scope.signal });
    const finished = await runConfigured(
      {
        key: 'reset_workspace.command',
        command,
        whenEmpty:
          "reset_workspace is turned off: this project has no reset command. Set one with `maitred config set reset_workspace.command '[make, reset]'`, or call reset_test_dir.",
        cwd: folder.path,
        timeLimitMs: limitSeconds * 1_000,
      },
      { processes, settings },
      scope,
    );
    rejectFailed(finished);
    // Validated again: the command may have changed or replaced the folder.
    return resetFolder(path, keep, { emptyFolder, workspace }, scope);
  },
  // The command makes a workspace anew, whatever is in it.
  adopt: () => ({ state: 'again' }),
});

/** @throws AppError `timed_out` or `process_failed` unless the command exited with code 0 */
function rejectFailed(finished: FinishedProcess): void {
  const { reason, exit } = finished;
  if (reason === 'exited' && exit.code === 0) return;
  const why =
    whyEndedEarly(finished, limitSeconds, 'Make it do less.') ??
    `It ended with ${exit.signal === null ? `exit code ${exit.code}` : exit.signal}; see details.output.`;
  const { stderr, stderr_cut: cut } = commandAnswer(finished);
  throw new AppError(
    reason === 'timedOut' ? 'timed_out' : 'process_failed',
    `The reset command failed, and nothing was deleted. ${why}`,
    { details: { exit_code: exit.code, signal: exit.signal, output: stderr, ...(cut && { output_file: cut.file }) } },
  );
}
