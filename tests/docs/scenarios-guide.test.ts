import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../cli/run-program.ts';
import { plantFiles } from '../cli/scenario/plant-scenario.ts';

const guide = readFileSync('docs/scenarios.md', 'utf8');

/** The files that the guide shows, and what it does not show of the same scenario. */
const files = {
  ...Object.fromEntries(
    [...guide.matchAll(/^```yaml\n# (\S+)\n(.*?)^```$/gms)].map(([, path = '', text = '']) => [path, text]),
  ),
  'calls/0001-run_cmd/1.stdout': '> shop@1.0.0 build\n> node build.js\n\nbundled 3 files\nwrote dist/shop.js\n',
  'calls/0001-run_cmd/1.files/project/dist/shop.js': 'hello();\n',
};

describe('the guide to scenarios', () => {
  it.each(['show', 'check'])('has a scenario, and shows what %s prints of it', async (command) => {
    const dir = plantFiles(files);
    const { out, exits } = await runProgram(['scenario', command, dir]);
    expect(guide).toContain(
      `$ maitred scenario ${command} scenarios/build\n${out.replace(dir, '/home/ann/shop/scenarios/build')}`,
    );
    expect(exits).toEqual([0]);
  });
});
