import * as z from 'zod';
import { stepName } from '../arguments.ts';
import { defineTool } from '../define-tool.ts';
import type { ToolServices } from '../tool-services.ts';
import { resetFolder, resetFolderFields } from './reset-folder.ts';

export const resetTestDir = defineTool({
  name: 'reset_test_dir',
  title: 'Empty a test folder',
  description: `Deletes everything in a folder except its marker file (safety.reset_guard_marker). Cannot be undone. Use it to start tests in an empty folder; \`maitred workspace init <dir>\` makes a folder with the marker. A folder without the marker is refused unless force is true; workspace roots, home folders and git repositories are always refused. To run the project's reset command first, or to keep some folders, use reset_workspace.
Example: {"test_dir": "/home/ann/shop/tests/tmp"}`,
  category: 'Testing & Workspace',
  tags: ['kitchen'],
  needs: [],
  effect: 'destroys',
  openWorld: false,
  input: z.object({
    test_dir: z.string().min(1).describe('Folder to empty: an absolute path within workspace.roots.'),
    force: z.boolean().default(false).describe('Also accept a folder without the marker, and delete the marker too.'),
    step_name: stepName,
  }),
  output: z.object({ ...resetFolderFields, forced: z.boolean().describe('The value of force.') }),
  async handler(
    { test_dir: path, force },
    { emptyFolder, settings, workspace }: Pick<ToolServices, 'emptyFolder' | 'settings' | 'workspace'>,
    scope,
  ) {
    const folder = workspace.disposableFolder(path, 'test_dir', force ? 'any' : 'marked');
    const keep = force ? [] : [settings.safety.reset_guard_marker];
    return { ...(await resetFolder(emptyFolder, folder, keep, scope)), forced: force };
  },
});
