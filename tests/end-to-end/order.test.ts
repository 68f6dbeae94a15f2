import { describe, expect, it } from 'vitest';
import { runMaitred } from '../support/run-maitred.ts';
import { aWorld } from '../support/spawned-server.ts';

describe('the built program', () => {
  it('runs the recipe smoke, and shows the run afterwards', async () => {
    const world = aWorld();
    const ordered = await runMaitred(world, 'order', 'smoke', 'project=.', '--json');
    expect({ code: ordered.code, stderr: ordered.stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(
        /^maitred: run (\S+); .*\nprint: began run_cmd\nprint: success after .*; next compare\ncompare: next passed \(context\.printed == inputs\.greeting\)\n$/,
      ),
    });
    const report = JSON.parse(ordered.stdout);
    expect(report).toMatchObject({ recipe: 'smoke', state: 'stopped', reason: 'Recipes work here.' });
    const shown = await runMaitred(world, 'runs', 'show', report.run_id, '--json');
    expect(JSON.parse(shown.stdout)).toMatchObject({ ...report, steps: [{ step: 'print' }, { step: 'compare' }] });
  });
});
