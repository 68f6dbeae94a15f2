import { describe, expect, inject, it } from 'vitest';
import { outputOf, spawnServer, textOf } from '../support/spawned-server.ts';

describe('The timing of steps', () => {
  it('counts each run of a named step, also failed runs, but no call that was refused before it ran', async () => {
    const server = spawnServer({ script: inject('testProgram'), args: ['serve', '--visibility', 'always'] });
    await server.initialize();
    const cwd = server.world.projectDir;
    await server.callTool('run_cmd', { cmd: 'true', cwd, step_name: 'too early' });
    await server.callTool('open_kitchen');
    await server.callTool('run_cmd', { cmd: 'sleep 0.1', cwd, step_name: 'bake' });
    await server.callTool('run_cmd', { cmd: 'true', cwd: '/', step_name: 'bake-2' });
    await server.callTool('run_cmd', { cmd: 'true', cwd });
    await server.callTool('run_cmd', { cmd: '', cwd, step_name: 'bad' });
    const { steps, total } = outputOf(await server.callTool('get_timing_summary')) as {
      readonly steps: readonly { readonly total_seconds: number }[];
      readonly total: unknown;
    };
    const seconds = steps[0]?.total_seconds ?? 0;
    expect(steps).toEqual([{ step_name: 'bake', total_seconds: seconds, invocation_count: 2 }]);
    expect(total).toEqual({ total_seconds: seconds });
    expect(seconds).toBeGreaterThanOrEqual(0.1);
    const table = textOf(await server.callTool('get_timing_summary', { format: 'table', clear: true }));
    expect(table).toMatch(/^\| Step \| Duration \| Invocations \|\n.*\n\| bake \| .* \| 2 \|\n\| \*\*Total\*\* \|/);
    expect(outputOf(await server.callTool('get_timing_summary'))).toMatchObject({
      steps: [],
      total: { total_seconds: 0 },
    });
    await server.leave();
  });
});
