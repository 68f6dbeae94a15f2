import { describe, expect, it } from 'vitest';
import { splitCommand } from '../../src/domain/split-command.ts';
import { type Run, run, runMaitred } from '../support/run-maitred.ts';
import type { World } from '../support/spawned-server.ts';
import { anInitialisedWorld, runClaude } from './claude.ts';
import { clientProgram } from './client-program.ts';
import type { ClientProgram } from './install-clients.ts';

function runClient(program: ClientProgram, world: World, args: readonly string[]): Promise<Run> {
  if (program === 'claude') return runClaude(world, args);
  const env = { PATH: world.env.PATH ?? '', HOME: world.homeDir, OPENCODE_DISABLE_AUTOUPDATE: '1' };
  return run(clientProgram(program), args, { cwd: world.projectDir, env });
}

/** The words of the command that adds maitred to a client. */
async function printedFor(program: ClientProgram, world: World): Promise<readonly string[]> {
  const { stdout } = await runMaitred(world, 'init', '--yes', '--json');
  const { clients } = JSON.parse(stdout) as { clients: readonly { command: string | null }[] };
  const line = clients.find(({ command }) => command?.startsWith(`${program} `))?.command;
  return splitCommand(line ?? '');
}

describe('the line that maitred init prints', () => {
  it.each<[ClientProgram, RegExp]>([
    ['claude', /^maitred: .*maitred\.js serve - .*Connected$/m],
    ['codex', /^maitred .*maitred\.js serve .*enabled/m],
    ['opencode', /maitred .*connected/],
  ])('adds maitred to %s', async (program, listed) => {
    const world = await anInitialisedWorld();
    const [, ...args] = await printedFor(program, world);
    expect(await runClient(program, world, args)).toMatchObject({ code: 0 });
    expect((await runClient(program, world, ['mcp', 'list'])).stdout).toMatch(listed);
  });
});
