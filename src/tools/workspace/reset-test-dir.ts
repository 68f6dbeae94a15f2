import * as z from 'zod';
import { AppError, isAppError } from '../../domain/app-error.ts';
import { keptWhenEmptied } from '../../domain/kept-when-emptied.ts';
import { stepName } from '../arguments.ts';
import { defineTool } from '../define-tool.ts';
import type { ToolServices } from '../tool-services.ts';
import { resetFolder, resetFolderFields } from './reset-folder.ts';

export const resetTestDir = defineTool({
  name: 'reset_test_dir',
  title: 'Empty a test folder',
  description: `Deletes everything in a folder except its marker file (safety.reset_guard_marker) and .gitignore. Cannot be undone. Use it to start tests in an empty folder; \`maitred workspace init <dir>\` makes a folder with the marker. Refused, whatever the arguments: a folder without the marker, with files that git tracks, or with a git repository in it; workspace roots and home folders. To run the project's reset command first, or to keep some folders, use reset_workspace.
Example: {"test_dir": "/home/ann/shop/tests/tmp"}`,
  category: 'Testing & Workspace',
  tags: ['kitchen'],
  needs: [],
  effect: 'destroys',
  openWorld: false,
  input: z.object({
    test_dir: z.string().min(1).describe('Folder to empty: an absolute path within workspace.roots.'),
    force: z
      .boolean()
      .default(false)
      .describe('Has no effect: no argument makes an unmarked folder or tracked files deletable.'),
    step_name: stepName,
  }),
  output: () =>
    z.object({
      ...resetFolderFields(),
      forced: z.boolean().describe('Always false: force has no effect.'),
      note: z.string().optional().describe('Only with force: that it had no effect.'),
    }),
  async handler(
    { test_dir: path, force },
    { emptyFolder, settings, workspace }: Pick<ToolServices, 'emptyFolder' | 'settings' | 'workspace'>,
    scope,
  ) {
    const keep = keptWhenEmptied(settings.safety.reset_guard_marker);
    try {
      const emptied = await resetFolder(path, keep, { emptyFolder, workspace }, scope);
      return { ...emptied, forced: false, ...(force ? { note: forceNote } : {}) };
    } catch (thrown) {
      if (!force || !isAppError(thrown) || thrown.code !== 'forbidden') throw thrown;
      throw new AppError('forbidden', `${thrown.message} ${forceNote}`, {
        details: thrown.details ?? {},
        cause: thrown,
      });
    }
  },
  // To empty a folder twice is to empty it.
  adopt: () => ({ state: 'again' }),
});

const forceNote = 'force had no effect: the same folders are refused with it as without it.';
