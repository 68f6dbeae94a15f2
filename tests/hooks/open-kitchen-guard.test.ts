import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { stateFolderAt } from '../../src/domain/state-folder.ts';
import { boundUser, giveToBoundUser } from '../support/bound-user.ts';
import { aHookWorld, allowed, denialIn, headless, recorded, runHookOn, type Said } from './hook-process.ts';

const event = recorded('before-open-kitchen');

const warningIn = ({ code, stdout }: Said): string => {
  expect(code).toBe(0);
  const { systemMessage, ...others } = JSON.parse(stdout) as { systemMessage: string };
  expect(others).toEqual({});
  return systemMessage;
};

it('a headless session may not open the kitchen, and leaves no marker', async () => {
  const world = aHookWorld();
  const reason = denialIn(await runHookOn('open-kitchen-guard', event, { world, ...headless }));
  expect(reason).toMatch(/not for headless sessions.*Do the work with your own tools/);
  expect(readdirSync(world.homeDir)).toEqual([]);
});

it('a session is let through, and the person reads why it has no marker, if the state folder is a relative path', async () => {
  const { homeDir } = aHookWorld();
  const file = join(inject('programDir'), 'hooks', 'open-kitchen-guard.js');
  const env = { HOME: homeDir, MAITRED_STATE_DIR: 'state' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], {
    cwd: homeDir,
    env,
    input: JSON.stringify(event),
    encoding: 'utf8',
  });
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  expect(stderr).toBe(
    'maitred: MAITRED_STATE_DIR is "state": give an absolute path, or one that begins with ~/, of a folder that is maitred\'s alone\n',
  );
  expect(readdirSync(homeDir)).toEqual([]);
});

describe('a session that opens the kitchen', () => {
  it('is recorded under its id, for this user only', async () => {
    const world = aHookWorld();
    const beganMs = Date.now();
    expect(await runHookOn('open-kitchen-guard', event, { world })).toEqual(allowed);
    const { kitchenDir } = world.stateFolder;
    expect(readdirSync(kitchenDir)).toEqual([`${event.session_id}.json`]);
    const path = join(kitchenDir, `${event.session_id}.json`);
    const marker = JSON.parse(readFileSync(path, 'utf8')) as { opened_at: string };
    expect(marker).toEqual({
      session_id: event.session_id,
      opened_at: expect.any(String),
      recipe_name: null,
      marker_version: 1,
    });
    const openedAtMs = Date.parse(marker.opened_at);
    expect(openedAtMs).toBeGreaterThanOrEqual(beganMs);
    expect(openedAtMs).toBeLessThanOrEqual(Date.now());
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(kitchenDir).mode & 0o777).toBe(0o700);
    expect(statSync(world.stateFolder.dir).mode & 0o777).toBe(0o700);
  });

  it('is recorded with the recipe that it asks for; the last call counts', async () => {
    const world = aHookWorld();
    for (const name of ['first', 'implement'])
      expect(await runHookOn('open-kitchen-guard', { ...event, tool_input: { name } }, { world })).toEqual(allowed);
    const [file = ''] = readdirSync(world.stateFolder.kitchenDir);
    const marker: unknown = JSON.parse(readFileSync(join(world.stateFolder.kitchenDir, file), 'utf8'));
    expect(marker).toMatchObject({ recipe_name: 'implement' });
  });

  it.each(['../../escaped', 'a/b', '', '.hidden', 'a\0b', 'a'.repeat(129), 7, null])(
    'is not recorded under an id that cannot be a file name: %j',
    async (id) => {
      const world = aHookWorld();
      const said = await runHookOn('open-kitchen-guard', { ...event, session_id: id }, { world });
      expect(warningIn(said)).toMatch(/could not record.*no session id.*call open_kitchen again/);
      expect(readdirSync(world.homeDir, { recursive: true })).toEqual([]);
    },
  );

  it('opens it even if the marker cannot be written, and the user reads why', async () => {
    const world = aHookWorld();
    writeFileSync(world.stateFolder.dir, 'a file where a folder must be');
    const warning = warningIn(await runHookOn('open-kitchen-guard', event, { world }));
    expect(warning).toContain(`${world.stateFolder.kitchenDir}/${event.session_id}.json cannot be written (ENOTDIR)`);
  });

  it.runIf(process.platform === 'linux')('opens it at once even if no folder can be made', async () => {
    const world = { ...aHookWorld(), stateFolder: stateFolderAt('/proc/none/state') };
    expect(warningIn(await runHookOn('open-kitchen-guard', event, { world }))).toContain('(ENOENT)');
  });

  it('opens it even if the state folder is read-only', async () => {
    const world = aHookWorld();
    mkdirSync(world.stateFolder.dir, { mode: 0o500 });
    giveToBoundUser(world.homeDir);
    const warning = warningIn(await runHookOn('open-kitchen-guard', event, { world, user: boundUser }));
    expect(warning).toContain('(EACCES)');
    expect(readdirSync(world.stateFolder.dir)).toEqual([]);
  });
});
