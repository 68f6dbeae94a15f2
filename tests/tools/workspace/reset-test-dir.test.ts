import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/domain/app-error.ts';
import { configSchema } from '../../../src/domain/config.schema.ts';
import { resetTestDir } from '../../../src/tools/workspace/reset-test-dir.ts';
import { aScope, aWorkspace, callTool, folderThatIsEmptied } from '../../doubles/tool-calls.ts';

const settings = configSchema.parse({ safety: { reset_guard_marker: '.may-go' } });

describe('reset_test_dir', () => {
  it.each([false, true])('with force %j empties the same folder, keeps the same files, and says so', async (force) => {
    const { emptyFolder, orders } = folderThatIsEmptied();
    const services = { emptyFolder, settings, workspace: aWorkspace };
    expect(await callTool(resetTestDir, { test_dir: '/tmp/t', force }, services)).toEqual({
      success: true,
      deleted: ['out'],
      deleted_count: 1,
      failed: [],
      failed_count: 0,
      skipped: ['.may-go', '.gitignore'],
      entries_deleted: 12,
      left_out: null,
      forced: false,
      ...(force ? { note: expect.stringMatching(/^force had no effect/) } : {}),
    });
    const keep = ['.may-go', '.gitignore'];
    expect(orders).toEqual([{ path: '/real/tmp/t', identity: keep.join(), keep }]);
  });

  it.each([false, true])('with force %j deletes nothing in a folder that must not be emptied', async (force) => {
    const { emptyFolder, orders } = folderThatIsEmptied();
    const disposableFolder = () => Promise.reject(new AppError('forbidden', 'No marker.', { details: { a: 1 } }));
    const services = { emptyFolder, settings, workspace: { ...aWorkspace, disposableFolder } };
    await expect(callTool(resetTestDir, { test_dir: '/tmp/t', force }, services)).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringMatching(force ? /^No marker\. force had no effect/ : /^No marker\.$/),
      details: { a: 1 },
    });
    expect(orders).toEqual([]);
  });

  it('reports progress, and what could not be deleted', async () => {
    const scope = aScope();
    const failed = [{ path: 'out/file', error: 'EACCES' }];
    const services = { ...folderThatIsEmptied(failed), settings, workspace: aWorkspace };
    expect(await callTool(resetTestDir, { test_dir: '/tmp/t' }, services, scope)).toMatchObject({
      success: false,
      failed,
      failed_count: 1,
    });
    expect(scope.reports).toEqual(['12 files and folders deleted']);
  });
});
