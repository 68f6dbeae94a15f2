import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createKitchenGate } from '../../../src/domain/kitchen-gate.ts';
import { createRecipes } from '../../../src/services/recipes/recipes.ts';
import type { ToolCategory } from '../../../src/tools/define-tool.ts';
import { tools } from '../../../src/tools/index.ts';
import { openKitchen } from '../../../src/tools/kitchen/open-kitchen.ts';
import { baseRecipe } from '../../domain/recipe/base-recipe.ts';
import { aServerRecord } from '../../doubles/server-records.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { aStatus, callTool } from '../../doubles/tool-calls.ts';
import { unusedRecipes } from '../../doubles/unused-recipes.ts';

const { recipes } = unusedRecipes;

const someTools: readonly { name: string; category: ToolCategory }[] = [
  { name: 'open_kitchen', category: 'Kitchen' },
  { name: 'run_cmd', category: 'Execution' },
  { name: 'kitchen_status', category: 'Kitchen' },
];

const listedTools = () => someTools;

/** The tools of coding agents, which no tool of maitred replaces. */
const nativeTools = /\b(Read|Grep|Glob|Edit|Write|Bash|Agent|WebFetch|WebSearch|NotebookEdit)\b/;

function aGate() {
  const events: string[] = [];
  const gate = createKitchenGate({ isKitchenOpen: false }, async () => {
    await new Promise((resolve) => setImmediate(resolve));
    events.push('listed');
  });
  return { gate, events };
}

/** A project with this recipe. */
function recipesWith(text: string) {
  const projectDir = tempFolder();
  mkdirSync(join(projectDir, '.maitred/recipes'), { recursive: true });
  writeFileSync(join(projectDir, '.maitred/recipes/a.yaml'), text);
  return createRecipes({ projectDir, userDir: '/nowhere', shippedDir: '/nowhere' });
}

describe('open_kitchen', () => {
  it('opens the gate, and answers when the client has the new list', async () => {
    const { gate, events } = aGate();
    const result = await callTool(openKitchen, {}, { listedTools, gate, recipes, status: aStatus() });
    expect(result).toMatchObject({ success: true, kitchen: 'open', version: '1.2.3', ingredients_table: null });
    expect(gate.isOpen).toBe(true);
    expect(events).toEqual(['listed']);
  });

  it("names the project's folder, and lists every tool by category, in their order", async () => {
    const read = () => aServerRecord({ projectDir: '/home/ann/shop' });
    const { content } = await callTool(
      openKitchen,
      {},
      { listedTools, recipes, ...aGate(), status: aStatus({ read }) },
    );
    expect(content).toContain('\nThe project is in /home/ann/shop.\n');
    expect(content).toContain('\n- Kitchen: open_kitchen, kitchen_status\n- Execution: run_cmd\n\nHow to use them:\n');
    for (const text of ['"not_ready"', '"retryable"']) expect(content).toContain(text);
  });

  it('with the name of a recipe has its text, its rules, its inputs with the overrides, and how to run it', async () => {
    const result = await callTool(
      openKitchen,
      { name: 'base', overrides: { deep: 'true' } },
      { listedTools, ...aGate(), recipes: recipesWith(baseRecipe), status: aStatus() },
    );
    expect(result).toMatchObject({
      valid: true,
      suggestions: [],
      kitchen_rules: ['Use no other tools.'],
      requires_packs: [],
      ingredients_table:
        '| Name | Description | Default |\n| --- | --- | --- |\n| deep |  | on |\n| task | what to do | -- |\n',
    });
    expect(result.content).toContain(`\n- Call start_run with {"recipe": "base", "inputs": {…}}: `);
    expect(result.content).toContain('\nIts rules:\n- Use no other tools.\n');
    expect(result.content).toContain(baseRecipe);
  });

  it('lists the tools that the client has once the gate is open', async () => {
    const { gate } = aGate();
    const listed = () => someTools.filter(({ category }) => gate.isOpen || category === 'Kitchen');
    const { content } = await callTool(openKitchen, {}, { listedTools: listed, recipes, gate, status: aStatus() });
    expect(content).toContain('- Execution: run_cmd\n');
  });

  it.each([
    ['these tools', someTools],
    ['all tools', tools],
  ])('forbids nothing, and names no tool that is not listed: %s', async (_, listed) => {
    const { content } = await callTool(
      openKitchen,
      {},
      { listedTools: () => listed, recipes, ...aGate(), status: aStatus() },
    );
    expect(content).not.toMatch(nativeTools);
    expect(content).not.toMatch(/\b(do not|don't|never|must not|forbidden)\b/i);
    const named = content.match(/\b[a-z]+(_[a-z]+)+\b/g) ?? [];
    const known = [...listed.map(({ name }) => name), 'not_ready'];
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });

  it.each([
    ['an unknown recipe', { name: 'bas' }, {}, { code: 'not_found', message: expect.stringContaining('mean base?') }],
    [
      'an unknown input',
      { name: 'base', overrides: { dep: 'true' } },
      {},
      { code: 'invalid_input', message: expect.stringContaining('mean deep?') },
    ],
    ['inputs without a recipe', { overrides: { a: 'b' } }, {}, { code: 'invalid_input' }],
    [
      'a headless session',
      {},
      { isHeadless: true },
      { code: 'forbidden', message: expect.stringContaining('HEADLESS') },
    ],
  ])('refuses %s, and the gate stays closed', async (_, args, change, fault) => {
    const { gate } = aGate();
    await expect(
      callTool(openKitchen, args, { listedTools, recipes: recipesWith(baseRecipe), gate, status: aStatus(change) }),
    ).rejects.toMatchObject(fault);
    expect(gate.isOpen).toBe(false);
  });
});
