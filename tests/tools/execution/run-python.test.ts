import { describe, expect, it } from 'vitest';
import { toFault } from '../../../src/domain/app-error.ts';
import { runPython } from '../../../src/tools/execution/run-python.ts';
import { tools } from '../../../src/tools/index.ts';
import { aStatus, callTool } from '../../doubles/tool-calls.ts';

const ask = (args: Parameters<typeof runPython.input.parse>[0]) =>
  callTool(runPython, runPython.input.parse(args), { listedTools: () => tools, status: aStatus() }).catch(toFault);

describe('run_python', () => {
  it('runs nothing, and names the call that does the same, with its time limit', async () => {
    const args = { pr_number: 7, cwd: '/shop', output_dir: '/out' };
    expect(await ask({ callable: 'smoke_utils.annotate_pr_diff', args, timeout: 60 })).toEqual({
      code: 'not_found',
      message: expect.stringMatching(
        /^This server runs no Python functions\. Call run_cmd instead, with the arguments in details\.arguments\. .*\.$/,
      ),
      details: {
        tool: 'run_cmd',
        arguments: { cmd: 'gh pr diff 7 > /out/annotated_diff_7.txt', cwd: '/shop', timeout: 60 },
      },
    });
  });

  it('names a call that the other tool accepts', async () => {
    const { details } = (await ask({ callable: 'a.b', args: null })) as { details: Record<string, unknown> };
    const tool = tools.find(({ name }) => name === details.tool);
    expect(tool?.input.safeParse(details.arguments)).toMatchObject({ success: true });
  });

  it('names another tool without a time limit', async () => {
    expect(await ask({ callable: 'server.test_check', args: { worktree_path: '/w' } })).toMatchObject({
      message:
        'This server runs no Python functions. Call test_check instead, with the arguments in details.arguments.',
      details: { tool: 'test_check', arguments: { worktree_path: '/w' } },
    });
  });

  it('says what a callable is, if it is none', async () => {
    expect(await ask({ callable: 'rm -rf' })).toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('dotted name'),
    });
  });
});
