import { describe, expect, it } from 'vitest';
import { orchestratorPrompt } from '../../../src/cli/cook/orchestrator-prompt.ts';
import { knownTools } from '../../../src/domain/recipe/known-tools.ts';
import { tools } from '../../../src/tools/index.ts';

/** The tools with which clients run recipes. */
const ofRuns = ['list_recipes', 'load_recipe', 'start_run', 'run_status', 'answer_gate', 'cancel_run', 'list_runs'];

const names = [...orchestratorPrompt.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)].map(([, name = '']) => name);

describe("the orchestrator's prompt", () => {
  it('names no tool of a later version', () => {
    const available = [...tools.map(({ name }) => name), ...ofRuns];
    expect(names.filter((name) => knownTools.has(name) && !available.includes(name))).toEqual([]);
  });

  it('names the tools that start, watch, decide and end a run', () => {
    expect(names).toEqual(expect.arrayContaining(['open_kitchen', ...ofRuns]));
  });

  it('says how long to wait for a server that is starting, and when to stop', () => {
    expect(orchestratorPrompt).toMatch(/"No such tool available".*Wait 3 seconds.*at most five times\. Then say/);
  });

  it('fits one argument of a program, and a page', () => {
    expect(Buffer.byteLength(orchestratorPrompt)).toBeLessThan(10_000);
    expect(orchestratorPrompt).not.toContain('\0');
  });
});
