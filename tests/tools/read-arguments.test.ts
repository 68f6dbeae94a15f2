import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { addedArguments } from '../../src/domain/added-arguments.ts';
import { AppError } from '../../src/domain/app-error.ts';
import { defineTool } from '../../src/tools/define-tool.ts';
import { runCmd } from '../../src/tools/execution/run-cmd.ts';
import { tools } from '../../src/tools/index.ts';
import { openKitchen } from '../../src/tools/kitchen/open-kitchen.ts';
import { readArguments } from '../../src/tools/read-arguments.ts';
import { startRun } from '../../src/tools/recipes/start-run.ts';
import { getPipelineReport } from '../../src/tools/telemetry/get-pipeline-report.ts';
import { getTimingSummary } from '../../src/tools/telemetry/get-timing-summary.ts';
import { resetTestDir } from '../../src/tools/workspace/reset-test-dir.ts';
import { testCheck } from '../../src/tools/workspace/test-check.ts';

type AnyInput = Parameters<typeof readArguments>[0];

function refusalOf(tool: AnyInput, args: unknown) {
  try {
    readArguments(tool, args);
  } catch (thrown) {
    if (thrown instanceof AppError) return thrown;
  }
  throw new Error('it was not refused');
}

const cwd = '/shop';

describe.each(tools)('$name', (tool) => {
  const [, text = ''] = tool.description.split('\nExample: ');
  const example = JSON.parse(text);
  const valid = readArguments(tool, example);

  it('refuses an argument that it does not have', () => {
    expect(refusalOf(tool, { ...example, dry_run: true })).toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining(`\`dry_run\` is not an argument of ${tool.name}. `),
      details: { arguments: [{ argument: 'dry_run' }] },
    });
  });

  it('ignores what clients are known to add', () => {
    const added = Object.fromEntries([...addedArguments].map((name) => [name, 'x']));
    expect(readArguments(tool, { ...example, ...added })).toEqual(valid);
  });

  it('takes null for each argument that may be left out', () => {
    for (const [name, schema] of Object.entries(tool.input.shape)) {
      if (!(schema as z.ZodType).safeParse(undefined).success) continue;
      const { [name]: _, ...without } = example;
      expect(readArguments(tool, { ...without, [name]: null })).toEqual(readArguments(tool, without));
    }
  });

  it('takes an empty name and "null" for no name', () => {
    if (tool.input.shape.name?.safeParse(null).success !== true) return;
    for (const none of ['', 'null', null]) expect(readArguments(tool, { ...example, name: none })).toEqual(valid);
  });
});

it('names a key that an object among the arguments does not have', () => {
  const { message } = refusalOf(startRun, { recipe: 'demo', budgets: { time: '1h' } });
  expect(message).toBe('`budgets` of start_run has no `time`: give the keys that its schema lists.');
});

it('takes a name that is one', () => {
  expect(readArguments(openKitchen, { name: 'release' })).toMatchObject({ name: 'release' });
});

describe('The arguments of a call are refused with the fix:', () => {
  it.each<[string, AnyInput, unknown, string]>([
    [
      'a misspelled argument',
      runCmd,
      { cmd: 'true', cwd, timout: 1 },
      '`timout` is not an argument of run_cmd. Did you mean `timeout`?',
    ],
    [
      'an argument that resembles none',
      resetTestDir,
      { test_dir: '/shop/tmp', dry_run: true },
      '`dry_run` is not an argument of reset_test_dir. It takes `test_dir`, `force`, `step_name`.',
    ],
    [
      'a required argument under a name like its own',
      runCmd,
      { comand: 'true', cwd },
      'run_cmd needs `cmd`; `comand` looks like it.',
    ],
    [
      'a required argument under a part of its name',
      testCheck,
      { path: '/shop' },
      'test_check needs `worktree_path`; `path` looks like it.',
    ],
    ['a required argument in capitals', runCmd, { cmd: 'true', CWD: cwd }, 'run_cmd needs `cwd`; `CWD` looks like it.'],
    ['a missing argument', runCmd, { cmd: 'true' }, 'run_cmd needs `cwd`.'],
    [
      'a missing and an unknown argument that are not alike',
      testCheck,
      { zzz: 1 },
      'test_check needs `worktree_path`. `zzz` is not an argument of test_check. It takes `worktree_path`, `step_name`.',
    ],
    ['null for a required argument', runCmd, { cmd: null, cwd }, '`cmd` of run_cmd must be a string.'],
    [
      'a limit that is too large',
      runCmd,
      { cmd: 'true', cwd, timeout: 3_000_000 },
      '`timeout` of run_cmd must be at most 86400.',
    ],
    [
      'a name that every object has',
      openKitchen,
      JSON.parse('{"__proto__": {"name": "x"}}'),
      '`__proto__` is not an argument of open_kitchen. It takes `name`, `overrides`.',
    ],
    [
      'a limit that is too small',
      runCmd,
      { cmd: 'true', cwd, timeout: 0 },
      '`timeout` of run_cmd must be at least 0.001.',
    ],
    ['an empty text', runCmd, { cmd: '', cwd }, '`cmd` of run_cmd must not be empty.'],
    ['a NUL', runCmd, { cmd: 'a\0', cwd }, '`cmd` of run_cmd must not contain a NUL character.'],
    ['half an entry', getPipelineReport, { limit: 1.5 }, '`limit` of get_pipeline_report must be a whole number.'],
    ['yes for true', getPipelineReport, { clear: 'yes' }, '`clear` of get_pipeline_report must be true or false.'],
    [
      'a format that does not exist',
      getTimingSummary,
      { format: 'csv' },
      '`format` of get_timing_summary must be "json" or "table".',
    ],
    ['a list', runCmd, [], 'The arguments of run_cmd must be an object.'],
  ])('%s', (_, tool, args, message) => {
    expect(refusalOf(tool, args).message).toBe(message);
  });

  it('many and long names, in a message of bounded length on one line', () => {
    const args = Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`${at}\n${'x'.repeat(50)}`, 1]));
    const { message, details } = refusalOf(runCmd, { cmd: 'true', cwd, ...args });
    expect(message).toMatch(/^`0\\n.* … and 990 more\.$/);
    expect(message.length).toBeLessThan(2_000);
    expect(details?.arguments).toHaveLength(10);
  });

  it('a long name by its length, since a part of it can be half of a secret', () => {
    const { message, details } = refusalOf(runCmd, {
      cmd: 'true',
      cwd,
      [`${'x'.repeat(50)}ghp_${'A1b2C3d4E5'.repeat(4)}`]: 1,
    });
    expect(message).toMatch(/^`\(94 characters\)` is not an argument of run_cmd\. /);
    expect(details).toMatchObject({ arguments: [{ argument: '(94 characters)' }] });
  });
});

it('An argument that a tool declares counts, although clients add one of that name to other tools', () => {
  const { adopt: _, ...rest } = runCmd;
  const tool = defineTool({
    ...rest,
    input: z.object({ sessionId: z.string() }),
    handler: () => Promise.reject(new Error('not called')),
  });
  expect(readArguments(tool, { sessionId: 'a' })).toEqual({ sessionId: 'a' });
});

it('An argument that declares null gets it', () => {
  const input = z.object({ limit: z.number().nullable().default(10) });
  expect(readArguments({ name: 'list', input }, { limit: null })).toEqual({ limit: null });
});
