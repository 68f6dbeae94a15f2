import { readFileSync } from 'node:fs';
import { expect, inject, it } from 'vitest';
import { addIndexLine } from '../fixtures/audit-state.ts';
import { outputOf, spawnServer } from '../support/spawned-server.ts';

it('The tools report sessions that other servers settled while this one runs, write them to files, and forget what they reported', async () => {
  const server = spawnServer({ script: inject('testProgram'), args: ['serve', '--open-kitchen'] });
  const { projectDir, stateFolder } = server.world;
  await server.initialize();
  const ask = async (tool: string, args: Readonly<Record<string, unknown>> = {}) =>
    outputOf(await server.callTool(tool, args));
  expect(await ask('get_token_summary')).toMatchObject({ steps: [] });
  await addIndexLine(stateFolder, {
    dir_name: 'a-session',
    timestamp: new Date().toISOString(),
    key: 'another-server.1',
    skill_command: '/make-plan add a box',
    step_name: 'plan',
    order_id: '',
    elapsed_seconds: 60,
    input_tokens: 1,
    output_tokens: 2_000,
    cache_creation_input_tokens: 3,
    cache_read_input_tokens: 4,
  });
  await server.callTool('run_cmd', { cmd: 'true', cwd: projectDir, step_name: 'build' });

  expect(await ask('get_token_summary')).toMatchObject({
    steps: [{ step_name: 'plan', output_tokens: 2_000, wall_clock_seconds: 60 }],
    mcp_responses: { total: { total_invocations: 2 } },
  });
  expect(await ask('get_timing_summary')).toMatchObject({ steps: [{ step_name: 'build' }, { step_name: 'plan' }] });
  expect(await ask('get_quota_events')).toMatchObject({ events: [], total_count: 0 });
  const files = (await ask('write_telemetry_files', { output_dir: `${projectDir}/out/telemetry` })) as object;
  const texts = Object.values(files).map((path) => readFileSync(path, 'utf8'));
  expect(texts).toEqual([
    expect.stringContaining('| plan | 1 | 2.0k | 4 | 3 | 1 | 1 min 0 s |'),
    expect.stringContaining('| plan | 1 min 0 s | 1 |'),
    expect.stringContaining('"tool_name": "run_cmd"'),
  ]);
  expect(await ask('run_python', { callable: 'smoke_utils.annotate_pr_diff' })).toMatchObject({
    code: 'not_found',
    details: { tool: 'run_cmd' },
  });

  await server.callTool('get_token_summary', { clear: true });
  // The answer of the call that cleared is counted after it.
  expect(await ask('get_token_summary')).toMatchObject({
    steps: [],
    mcp_responses: { total: { total_invocations: 1 } },
  });
  expect(await ask('get_timing_summary')).toMatchObject({ steps: [{ step_name: 'build' }, { step_name: 'plan' }] });
  await server.leave();
});
