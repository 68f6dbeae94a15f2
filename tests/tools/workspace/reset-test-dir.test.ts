import { describe, expect, it } from 'vitest';
import { configSchema } from '../../../src/domain/config.schema.ts';
import { resetTestDir } from '../../../src/tools/workspace/reset-test-dir.ts';
import { aScope, aWorkspace, callTool, folderThatIsEmptied } from '../../doubles/tool-calls.ts';

const settings = configSchema.parse({ safety: { reset_guard_marker: '.may-go' } });

describe('reset_test_dir', () => {
  it.each([
    [false, { identity: 'marked', keep: ['.may-go'] }],
    [true, { identity: 'any', keep: [] }],
  ])('with force %j asks for the right folder and keeps the marker or not', async (force, wanted) => {
    const { emptyFolder, orders } = folderThatIsEmptied();
    const services = { emptyFolder, settings, workspace: aWorkspace };
    expect(await callTool(resetTestDir, { test_dir: '/tmp/t', force }, services)).toEqual({
      success: true,
      deleted: ['out'],
      deleted_count: 1,
      failed: [],
      failed_count: 0,
      skipped: wanted.keep,
      entries_deleted: 12,
      forced: force,
    });
    expect(orders).toEqual([{ path: '/real/tmp/t', ...wanted }]);
  });

  it('needs the marker by default', async () => {
    const { emptyFolder, orders } = folderThatIsEmptied();
    await callTool(resetTestDir, { test_dir: '/tmp/t' }, { emptyFolder, settings, workspace: aWorkspace });
    expect(orders).toMatchObject([{ identity: 'marked' }]);
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
