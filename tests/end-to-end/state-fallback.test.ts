import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stateFolderAt } from '../../src/domain/state-folder.ts';
import { runMaitred } from '../support/run-maitred.ts';
import { aWorld, initializeServer, outputOf, type World } from '../support/spawned-server.ts';

/** No folder can be made below it, whoever asks. */
const noHome = '/dev/null';

/** A user without a writable home, and with a runtime folder. */
function aWorldWithoutHome(): World & { readonly runtimeDir: string } {
  const world = aWorld();
  const runtimeDir = `${dirname(world.projectDir)}/run`;
  mkdirSync(runtimeDir, { mode: 0o700 });
  return {
    ...world,
    runtimeDir,
    homeDir: noHome,
    stateFolder: stateFolderAt(`${runtimeDir}/maitred`),
    env: { PATH: world.env.PATH ?? '', HOME: noHome, XDG_RUNTIME_DIR: runtimeDir },
  };
}

const cause = ({ stateFolder }: World) =>
  `${noHome}/.local/state/maitred cannot be written (ENOTDIR), so ${stateFolder.dir} is used, which a restart of the machine may remove: give this user access to it, or set MAITRED_STATE_DIR to a folder that stays`;

describe('without a home that can be written', () => {
  it('a server keeps its state in the runtime folder, says so, works, and status finds it', async () => {
    const world = aWorldWithoutHome();
    const server = await initializeServer({ world, args: ['--open-kitchen'] });
    const ran = outputOf(await server.callTool('run_cmd', { cmd: 'echo "$MAITRED_STATE_DIR"', cwd: world.projectDir }));
    expect(ran).toMatchObject({ success: true, stdout: `${world.stateFolder.dir}\n` });
    const degraded = [{ what: 'the state folder', cause: cause(world) }];
    expect(outputOf(await server.callTool('kitchen_status'))).toMatchObject({
      degraded,
      state_dir: world.stateFolder.dir,
      log_file: world.stateFolder.serverLogFile,
    });
    await expect.poll(() => server.stderr).toContain('"what":"the state folder"');
    const json = JSON.parse((await runMaitred(world, 'status', '--json')).stdout);
    expect(json).toMatchObject({ state_dir_fallback: cause(world), servers: [{ pid: server.pid, degraded }] });
    await server.leave();
    expect((await runMaitred(world, 'status')).stdout).toContain(`\n  state      ${cause(world)}\n`);
  });

  it('a state folder that somebody chose is not replaced: the server is degraded, and names it', async () => {
    const world = aWorldWithoutHome();
    const chosen = `${noHome}/state`;
    const server = await initializeServer({ world, env: { MAITRED_STATE_DIR: chosen } });
    const degradedIn = async () => outputOf(await server.callTool('kitchen_status')).degraded;
    await expect
      .poll(degradedIn)
      .toContainEqual(
        expect.objectContaining({ cause: expect.stringContaining(`${chosen} cannot be written (ENOTDIR)`) }),
      );
  });
});
