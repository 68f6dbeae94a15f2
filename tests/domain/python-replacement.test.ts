import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/domain/json-object.ts';
import { replacementOf } from '../../src/domain/python-replacement.ts';
import { splitCommand } from '../../src/domain/split-command.ts';

const place = { projectDir: '/shop', toolNames: ['run_cmd', 'test_check'] };
const replace = (callable: string, args: JsonObject = {}) => replacementOf(callable, args, place);

describe('A Python function is replaced', () => {
  it.each([
    ['autoskillit.smoke_utils.annotate_pr_diff', 'gh pr diff 7 > /out/annotated_diff_7.txt'],
    ['smoke_utils.fetch_merge_queue_data', /^gh api graphql .*-F branch=main .* > \/out\/merge_queue\.json$/],
    ['smoke_utils.compute_domain_partitions', /^git diff --name-only main\.\.\.next \| .* > \/out\/domain_partitions/],
    ['smoke_utils.check_bug_report_non_empty', /^find \. /],
    ['workspace.clone.clone_repo', "git clone '/my shop' run-1"],
  ])('%s by a command with its arguments, in its folder', (callable, cmd) => {
    const args = {
      pr_number: 7,
      base_branch: 'main',
      integration_branch: 'next',
      source_dir: '/my shop',
      run_name: 'run-1',
      output_dir: '/out',
      cwd: '/clone',
    };
    expect(replace(callable, args)).toEqual({
      tool: 'run_cmd',
      args: { cmd: typeof cmd === 'string' ? cmd : expect.stringMatching(cmd), cwd: '/clone' },
      note: expect.any(String),
    });
  });

  it('in the project, where its arguments name no folder, with a mark for each that is missing', () => {
    expect(replace('smoke_utils.annotate_pr_diff')?.args).toEqual({
      cmd: 'gh pr diff <pr_number> > <output_dir>/annotated_diff_<pr_number>.txt',
      cwd: '/shop',
    });
  });

  it('by the tool with its name, if there is one, with the same arguments', () => {
    const args = { worktree_path: '/w' };
    expect(replace('server.tools.test_check', args)).toEqual({ tool: 'test_check', args, note: null });
  });

  it('by Python itself, if it is unknown, with arguments that no shell reads', () => {
    const args = { text: "it's $HOME; `rm`" };
    const { cmd } = (replace('shop.prices.total', args)?.args ?? {}) as { cmd: string };
    expect(splitCommand(cmd)).toEqual([
      'python3',
      '-c',
      'import json, sys; from shop.prices import total; print(json.dumps(total(**json.loads(sys.argv[1])), default=str))',
      JSON.stringify(args),
    ]);
  });

  it.each(['', 'total', 'shop.', '.total', 'shop; rm -rf /', "shop.x'y", 'constructor'])(
    'not if it is "%s"',
    (name) => {
      expect(replace(name)).toBeNull();
    },
  );

  it('like an unknown one, if it has a name that every object has', () => {
    expect(replace('shop.constructor')?.args.cmd).toContain('import constructor;');
  });
});
