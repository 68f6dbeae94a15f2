import * as z from 'zod';
import { stepName } from '../step-name.ts';
import { defineWorkspaceTool } from './family.ts';
import { resetFolder, resetFolderFields } from './reset-folder.ts';

export const resetTestDir = defineWorkspaceTool({
  name: 'reset_test_dir',
  title: 'Empty a test folder',
  description:
    'Deletes everything in a folder that is marked as one that may be emptied; the folder and its marker stay. Roots, homes and repositories are never emptied.',
  tags: ['kitchen'],
  needs: [],
  effect: 'destroys',
  input: z.object({
    test_dir: z.string().min(1).describe('The folder to empty: an absolute path in one of workspace.roots.'),
    force: z.boolean().default(false).describe('Empty it without a marker too, and keep nothing.'),
    step_name: stepName,
  }),
  output: z.object({ ...resetFolderFields, forced: z.boolean() }),
  async handler({ test_dir: path, force }, { workspace, emptyFolder, settings }, scope) {
    const folder = workspace.disposableFolder(path, 'test_dir', force ? 'any' : 'marked');
    const keep = force ? [] : [settings.safety.reset_guard_marker];
    return { ...(await resetFolder(emptyFolder, folder, keep, scope)), forced: force };
  },
});
