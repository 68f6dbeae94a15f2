import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { aWorld, initializeServer, outputOf, type World } from '../support/spawned-server.ts';

const startServer = (world: World, env: Readonly<Record<string, string>> = {}) =>
  initializeServer({ world, script: inject('testProgram'), args: ['serve'], env });

/** Without the shape of a token. */
const secret = 'correct-horse-battery-staple';

function aWorldWithConfiguredToken(): World {
  const world = aWorld();
  const file = join(world.projectDir, '.maitred', '.secrets.yaml');
  writeFileSync(file, `github:\n  token: ${secret}\n`);
  chmodSync(file, 0o600);
  return world;
}

function aWorldWithTokenInEnvironment(): World {
  const world = aWorld();
  return { ...world, env: { ...world.env, GH_TOKEN: secret } };
}

/** A world whose gh records its calls. */
function aWorldWithGh(script = `echo ${secret}`): World & { readonly calls: () => string } {
  const world = aWorld();
  const bin = join(world.homeDir, 'bin');
  const calls = join(world.homeDir, 'gh-calls');
  mkdirSync(bin);
  writeFileSync(join(bin, 'gh'), `#!/bin/sh\necho "$*" >> '${calls}'\n${script}\n`, { mode: 0o755 });
  const env = { ...world.env, PATH: `${bin}:${world.env.PATH}` };
  return { ...world, env, calls: () => (existsSync(calls) ? readFileSync(calls, 'utf8') : '') };
}

describe('the GitHub token', () => {
  it.each<[string, () => World, knownFrom: 'the start' | 'its first use']>([
    ['of the configuration', aWorldWithConfiguredToken, 'the start'],
    ['from gh', aWorldWithGh, 'its first use'],
    ['of the environment', aWorldWithTokenInEnvironment, 'the start'],
  ])('%s is in no error, no log, no record and no crash file', async (_, makeWorld, knownFrom) => {
    const world = makeWorld();
    const server = await startServer(world, { SCRIPTED_AUDIT: 'throws', SCRIPTED_CAUSE: secret });
    const { stateFolder } = world;
    // The log and the record exist before the token is used.
    await server.callTool('kitchen_status');
    await expect.poll(() => existsSync(stateFolder.serverLogFile), { timeout: 15_000 }).toBe(true);
    const answer = outputOf(await server.callTool('leak_token', { how: 'in an error' }));
    expect(answer.error).toBe('the token is [redacted]');
    // The cause of a failed task is in the record of the server.
    const { error } = outputOf(await server.callTool('need_audit'));
    const status = outputOf(await server.callTool('kitchen_status'));
    for (const said of [error, JSON.stringify(status)]) {
      expect(said).toContain('the audit is broken: repair it [redacted]');
      expect(said).not.toContain(secret);
    }
    expect(status.github_token_configured).toBe(true);
    await server.callTool('leak_token', { how: 'in a crash' });
    expect(await server.exited()).toEqual({ code: 70, signal: null });
    const log = readFileSync(stateFolder.serverLogFile, 'utf8');
    const record = readFileSync(stateFolder.lastServerFile, 'utf8');
    expect(log).toContain('the token is [redacted]');
    expect(record).toContain('the audit is broken: repair it [redacted]');
    const crash = readFileSync(/report it with (\S+)/.exec(server.stderr)?.[1] ?? '', 'utf8');
    expect(crash).toContain('the token is [redacted]');
    const sinceKnown = (text: string) =>
      knownFrom === 'the start' ? text : text.slice(text.indexOf('the token is [redacted]'));
    for (const text of [sinceKnown(log), record, crash, sinceKnown(server.stderr)]) expect(text).not.toContain(secret);
  });

  it('is asked of gh once when it is needed, and the status shows whether there is one', async () => {
    const world = aWorldWithGh();
    writeFileSync(join(world.projectDir, '.maitred', 'config.yaml'), 'github: { default_repo: chef/menu }\n');
    const server = await startServer(world);
    const known = async () => {
      const status = outputOf(await server.callTool('kitchen_status'));
      return [status.github_token_configured, status.github_default_repo];
    };
    expect(await known()).toEqual([null, 'chef/menu']);
    expect(world.calls()).toBe('');
    await Promise.all([1, 2, 3].map(() => server.callTool('leak_token', { how: 'in an error' })));
    await server.callTool('leak_token', { how: 'in an error' });
    expect(await known()).toEqual([true, 'chef/menu']);
    expect(world.calls()).toBe('auth token\n');
    await server.leave();
  });

  it.each([
    ['fails', 'echo "You are not logged in" >&2; exit 4'],
    ['prints nothing', 'exit 0'],
  ])('is null if gh %s', async (_, script) => {
    const server = await startServer(aWorldWithGh(script));
    expect(outputOf(await server.callTool('leak_token', { how: 'in an error' })).error).toBe('the token is null');
    expect(outputOf(await server.callTool('kitchen_status')).github_token_configured).toBe(false);
    await server.leave();
  });

  it('is null without gh', async () => {
    const world = aWorld();
    const emptyDir = join(world.homeDir, 'empty');
    mkdirSync(emptyDir);
    const server = await startServer({ ...world, env: { ...world.env, PATH: emptyDir } });
    expect(outputOf(await server.callTool('leak_token', { how: 'in an error' })).error).toBe('the token is null');
    await server.leave();
    expect(server.stderr).toContain('gh does not exist: install it');
  });
});
