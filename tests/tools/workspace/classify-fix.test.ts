import { describe, expect, it } from 'vitest';
import { AppError, type ErrorCode } from '../../../src/domain/app-error.ts';
import { configSchema } from '../../../src/domain/config.schema.ts';
import { createRedactor } from '../../../src/domain/redact.ts';
import { classifyFix } from '../../../src/tools/workspace/classify-fix.ts';
import { aScope, aWorkspace, callTool } from '../../doubles/tool-calls.ts';

const args = { worktree_path: '/fix', base_branch: 'main' };

/** Services where git answers with these changed files, or fails; the fetch succeeds unless it has an error. */
function aRepository(
  changes: readonly string[] | Error,
  prefixes: readonly string[] = ['src/', 'package.json'],
  fetchError: Error | null = null,
) {
  const asked: string[] = [];
  const services = {
    git: {
      fetchBranch: async (folder: string, branch: string, { timeLimitMs }: { timeLimitMs: number }) => {
        asked.push(`fetch ${branch} in ${folder} within ${timeLimitMs} ms`);
        if (fetchError !== null) throw fetchError;
      },
      changedFiles: async (folder: string, branch: string) => {
        asked.push(`diff ${branch} in ${folder}`);
        if (changes instanceof Error) throw changes;
        return changes;
      },
    },
    redact: createRedactor([]),
    settings: configSchema.parse({ classify_fix: { path_prefixes: [...prefixes] } }),
    workspace: aWorkspace,
  };
  return { services, asked };
}

describe('classify_fix', () => {
  const reasons = { none: 'No file has changed.', critical: 'Critical files have changed: src/a.c.' };
  it.each([
    ['nothing', [], 'partial_restart', [], reasons.none],
    ['a critical file', ['docs/a.md', 'src/a.c'], 'full_restart', ['src/a.c'], reasons.critical],
    [
      'other files, such as one that only contains a prefix',
      ['docs/src/a.c'],
      'partial_restart',
      [],
      'None of the changed files (1) is under src/, package.json.',
    ],
  ] as const)('classifies changes: %s', async (_, changes, scope, critical, reason) => {
    const { services, asked } = aRepository(changes);
    expect(await callTool(classifyFix, args, services)).toEqual({
      restart_scope: scope,
      reason,
      critical_files: critical,
      all_changed_files: changes,
      critical_count: critical.length,
      changed_count: changes.length,
      base_state: 'fetched',
      note: null,
      next_offset: null,
      left_out: null,
    });
    expect(asked).toEqual(['fetch main in /real/fix within 30000 ms', 'diff main in /real/fix']);
  });

  it('says that it fetches from the network, and for how long at most', () => {
    expect(classifyFix).toMatchObject({
      openWorld: true,
      description: expect.stringMatching(/Fetches .* from the network \(at most 30 s;.*last known state/),
    });
  });

  it('reports that it fetches, and that it compares', async () => {
    const scope = aScope();
    await callTool(classifyFix, args, aRepository([]).services, scope);
    expect(scope.reports).toEqual(['fetching origin/main, for at most 30 s', 'comparing HEAD with origin/main']);
  });

  it.each<ErrorCode>(['process_failed', 'timed_out', 'unavailable'])(
    'compares with the last known state if the fetch ends with %s, and says so',
    async (code) => {
      const failed = new AppError(code, 'git fetch failed.', {
        details: { output: 'fatal: no ghp_0123456789abcdefghij0123456789abcdef\n' },
      });
      const { services } = aRepository(['docs/a.md'], ['src/'], failed);
      expect(await callTool(classifyFix, args, services)).toMatchObject({
        restart_scope: 'partial_restart',
        all_changed_files: ['docs/a.md'],
        base_state: 'last_known',
        note: 'HEAD was compared with origin/main as it was at the last fetch, because it could not be fetched now: git fetch failed. fatal: no [redacted]',
      });
    },
  );

  it('gives the error of the fetch if there is no last known state', async () => {
    const unknown = new AppError('process_failed', 'git diff failed.');
    const { services } = aRepository(unknown, ['src/'], new AppError('timed_out', 'git fetch took longer than 30 s.'));
    expect(await callTool(classifyFix, args, services)).toMatchObject({
      restart_scope: 'full_restart',
      reason: 'The changes since origin/main are unknown, so everything runs again: git fetch took longer than 30 s.',
      base_state: null,
    });
  });

  it('does not compare once it is cancelled in the fetch', async () => {
    const calling = new AbortController();
    const { services, asked } = aRepository([]);
    const fetchBranch = async () => {
      calling.abort(new Error('cancelled'));
      throw new AppError('process_failed', 'git was ended');
    };
    const git = { ...services.git, fetchBranch };
    await expect(callTool(classifyFix, args, { ...services, git }, aScope(calling.signal))).rejects.toThrow(
      'cancelled',
    );
    expect(asked).toEqual([]);
  });

  it('says that no file is critical if no prefix is configured', async () => {
    const { services } = aRepository(['src/a.c'], []);
    expect(await callTool(classifyFix, args, services)).toMatchObject({
      restart_scope: 'partial_restart',
      reason: expect.stringContaining('path_prefixes in the configuration is empty'),
    });
  });

  it('names 5 critical files, lists 500 and then the rest, counts all, and escapes what would steer a terminal', async () => {
    const { services } = aRepository(['src/\u001b[2J', ...Array.from({ length: 600 }, (_, at) => `src/${at}`)]);
    const result = await callTool(classifyFix, args, services);
    expect(result.reason).toBe('Critical files have changed: src/\\u001b[2J, src/0, src/1, src/2, src/3 and 596 more.');
    expect(result).toMatchObject({ critical_count: 601, changed_count: 601 });
    expect([result.critical_files.length, result.all_changed_files.length]).toEqual([500, 500]);
    const rest = await callTool(classifyFix, { ...args, offset: result.next_offset ?? 0 }, services);
    expect([rest.critical_files.length, rest.all_changed_files.at(-1), rest.next_offset]).toEqual([
      101,
      'src/599',
      null,
    ]);
  });

  it.each<ErrorCode>(['process_failed', 'timed_out', 'not_found', 'unavailable'])(
    'asks for a full restart if git fails with %s',
    async (code) => {
      const { services } = aRepository(new AppError(code, 'git failed.', { details: { output: 'fatal: no\n' } }));
      expect(await callTool(classifyFix, args, services)).toMatchObject({
        restart_scope: 'full_restart',
        reason: 'The changes since origin/main are unknown, so everything runs again: git failed. fatal: no',
        changed_count: 0,
        base_state: null,
        note: null,
      });
    },
  );

  it.each([
    new AppError('forbidden', 'outside of the roots'),
    new AppError('invalid_input', 'relative'),
    new TypeError('a defect'),
  ])('does not take other errors for unknown changes: $message', async (thrown) => {
    await expect(callTool(classifyFix, args, aRepository(thrown).services)).rejects.toBe(thrown);
  });

  it('gives the end of what git wrote, redacted before it is truncated', async () => {
    const output = `${'x'.repeat(500)} ghp_${'0123456789'.repeat(20)}\n`;
    const { services } = aRepository(new AppError('process_failed', 'git failed.', { details: { output } }));
    const { reason } = await callTool(classifyFix, args, services);
    expect(reason).toMatch(/x \[redacted\]$/);
    expect(reason.length).toBeLessThan(300);
  });

  it('has no result once it is cancelled', async () => {
    const { services } = aRepository(new AppError('process_failed', 'git was ended'));
    const scope = aScope(AbortSignal.abort(new Error('cancelled')));
    await expect(callTool(classifyFix, args, services, scope)).rejects.toThrow('cancelled');
  });

  it.each(['--upload-pack=touch', 'main..fix', 'a:b', 'HEAD'])(
    'rejects %s as a branch, and asks git nothing',
    async (base) => {
      const { services, asked } = aRepository([]);
      await expect(callTool(classifyFix, { ...args, base_branch: base }, services)).rejects.toMatchObject({
        code: 'invalid_input',
      });
      expect(asked).toEqual([]);
    },
  );
});
