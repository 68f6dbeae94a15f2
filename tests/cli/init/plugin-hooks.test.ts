import { existsSync, rmSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { hookRegistry } from '../../../src/domain/hook-registry.ts';
import { aNewcomer, expectNothingWritten, filesIn, pluginFiles } from '../../support/a-newcomer.ts';
import type { World } from '../../support/spawned-server.ts';
import { runProgram } from '../run-program.ts';

const hostOf = ({ projectDir, homeDir, env }: World) => ({ cwd: () => projectDir, homeDir, env });

async function init(world: World, ...args: readonly string[]): Promise<string> {
  const { out, exits } = await runProgram(['init', '--yes', ...args], hostOf(world));
  expect(exits).toEqual([0]);
  return out;
}

/** What a person sees who types this ahead. */
async function initTyped(world: World, typed: string, ...args: readonly string[]): Promise<string> {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  stdin.write(typed);
  const { out, err } = await runProgram(['init', ...args], { ...hostOf(world), stdin }, true);
  return err + out;
}

const hasHooks = ({ stateFolder }: World) => existsSync(stateFolder.hooksFile);
const question = 'Write the plugin with these hooks? [Y/n]';
const withoutHooks = pluginFiles.filter((name) => name !== 'hooks/hooks.json');

/** A line for each hook, once: its moment, what it uses and what it does. */
function expectDisclosure(text: string): void {
  for (const { disclosure } of hookRegistry.rows)
    expect(text.split(`  ${disclosure.when}: uses ${disclosure.uses}; ${disclosure.does}\n`)).toHaveLength(2);
}

describe('the hooks of the plugin', () => {
  it('are disclosed by init before it writes, one line each, with the way to leave them out', async () => {
    const world = aNewcomer();
    const texts: string[] = [];
    const stdout = {
      write: (text: string) => {
        if (texts.push(text) === 1) expectNothingWritten(world);
      },
    };
    await runProgram(['init', '--yes'], { ...hostOf(world), stdout });
    expect(hasHooks(world)).toBe(true);
    expectDisclosure(texts[0] ?? '');
    expectDisclosure(texts.join(''));
    expect(texts.at(-1)).toContain('To leave them out: maitred init --no-hooks\n');
  });

  it('are left out with --no-hooks; the rest of the plugin is there', async () => {
    const world = aNewcomer();
    const out = await init(world, '--no-hooks');
    expect(filesIn(world.stateFolder.pluginDir)).toEqual(withoutHooks);
    expect(out).toContain('The plugin has no hooks. To add them: maitred init --hooks\n');
    expect(JSON.parse(await init(world, '--json')).plugin.hooks).toEqual([]);
  });

  it('are removed with --no-hooks from a plugin that has them', async () => {
    const world = aNewcomer();
    await init(world);
    expect(await init(world, '--no-hooks')).toContain(`written  ${world.stateFolder.pluginDir}\n`);
    expect(filesIn(world.stateFolder.pluginDir)).toEqual(withoutHooks);
  });

  it('stay left out until somebody says --hooks', async () => {
    const world = aNewcomer();
    await init(world, '--no-hooks');
    expect(await init(world)).toContain(`kept     ${world.stateFolder.pluginDir}\n`);
    expect(hasHooks(world)).toBe(false);
    await init(world, '--hooks');
    expect(filesIn(world.stateFolder.pluginDir)).toEqual(pluginFiles);
  });

  it('stay in a plugin that has them, and come back if only they are missing and --hooks is given', async () => {
    const world = aNewcomer();
    await init(world);
    await init(world);
    expect(hasHooks(world)).toBe(true);
    rmSync(world.stateFolder.hooksFile);
    await init(world);
    expect(hasHooks(world)).toBe(false);
    await init(world, '--hooks');
    expect(hasHooks(world)).toBe(true);
  });
});

describe('on a terminal, init', () => {
  it('shows the hooks, and asks before it writes any', async () => {
    const world = aNewcomer();
    const shown = await initTyped(world, '\r\r\u0003');
    expectDisclosure(shown);
    expect(shown).toContain(question);
    expectNothingWritten(world);
  });

  it.each([
    ['a yes', '\r', true],
    ['a no', 'n\r', false],
  ])('takes %s, and does not ask again', async (_what, typed, isWanted) => {
    const world = aNewcomer();
    const shown = await initTyped(world, `\r\r${typed}\r`);
    expect(shown).toContain(question);
    expectDisclosure(shown);
    expect(hasHooks(world)).toBe(isWanted);
    expect(await initTyped(world, '\r')).not.toContain(question);
    expect(hasHooks(world)).toBe(isWanted);
  });

  it.each([
    ['--hooks', true],
    ['--no-hooks', false],
  ])('does not ask with %s', async (option, isWanted) => {
    const world = aNewcomer();
    const shown = await initTyped(world, '\r\r\r', option);
    expect(shown).not.toContain(question);
    if (isWanted) expectDisclosure(shown);
    else expect(shown).not.toContain('uses');
    expect(hasHooks(world)).toBe(isWanted);
  });
});
