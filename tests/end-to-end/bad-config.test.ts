import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { listedNames } from '../support/listed-names.ts';
import { aWorld, outputOf, spawnServer, type World } from '../support/spawned-server.ts';

function aWorldWithConfig(text: string): World & { readonly configFile: string } {
  const world = aWorld();
  const configFile = join(world.projectDir, '.maitred', 'config.yaml');
  writeFileSync(configFile, text);
  return { ...world, configFile };
}

describe('a server with a bad configuration', () => {
  test('lists its tools, and says in the instructions and in each call what is wrong, where, and what to do', async () => {
    const world = aWorldWithConfig('logging:\n  levle: debug\n');
    const server = spawnServer({ world });
    const sentence = `${world.configFile}:2:3: unknown key "levle" in logging`;
    expect((await server.initialize()).result?.instructions).toContain(sentence);
    expect(listedNames(await server.ask('tools/list'))).toContain('open_kitchen');
    const answer = await server.callTool('open_kitchen');
    expect(answer.result?.isError).toBe(true);
    expect(outputOf(answer)).toMatchObject({ success: false, code: 'invalid_input', retryable: false });
    for (const part of [sentence, 'did you mean "level"?', 'then reconnect'])
      expect(outputOf(answer).error).toContain(part);
  });

  test('says the same if its folder is a file', async () => {
    const world = aWorld();
    const folder = join(world.projectDir, '.maitred');
    rmSync(folder, { recursive: true });
    writeFileSync(folder, '');
    const answer = outputOf(await spawnServer({ world }).callTool('open_kitchen'));
    expect(answer).toMatchObject({ success: false, error: expect.stringContaining(`${folder}:1:1: this is a file`) });
    expect(String(answer.error).split('move the file away')).toHaveLength(2);
  });

  test('says the same in the answer to a call before initialize', async () => {
    const world = aWorldWithConfig('logging:\n  levle: debug\n');
    const answer = outputOf(await spawnServer({ world }).callTool('open_kitchen'));
    expect(answer).toMatchObject({ code: 'invalid_input', error: expect.stringContaining(`${world.configFile}:2:3`) });
  });

  test('ends with exit code 2, and the fault on stderr and in its log file', async () => {
    const world = aWorldWithConfig('wire:\n  max_in_flight: none\n');
    const server = spawnServer({ world });
    await server.initialize();
    expect(await server.leave()).toEqual({ code: 2, signal: null });
    const sentence = `${world.configFile}:2:18: `;
    expect(server.stderr).toContain(`maitred: ${sentence}`);
    expect(readFileSync(world.stateFolder.serverLogFile, 'utf8')).toContain(sentence);
  });

  test('says the same at the second start, from the early-settings cache', async () => {
    const world = aWorldWithConfig('kitchen: [1]\n');
    const first = spawnServer({ world });
    await first.initialize();
    await first.leave();
    expect(readdirSync(world.stateFolder.earlySettingsDir)).toHaveLength(1);
    const second = spawnServer({ world });
    expect((await second.initialize()).result?.instructions).toContain(`${world.configFile}:1:10`);
  });

  test('names a file that cannot be read', async () => {
    const world = aWorld();
    const file = join(world.projectDir, '.maitred', 'config.yaml');
    symlinkSync('config.yaml', file);
    const server = spawnServer({ world });
    expect((await server.initialize()).result?.instructions).toContain(`${file}:1:1: cannot be read (ELOOP); `);
    expect(await server.leave()).toEqual({ code: 2, signal: null });
  });

  test('lists its tools, and says in the instructions and in each call that its project does not exist', async () => {
    const server = spawnServer({ args: ['--project', '/nonexistent'] });
    const sentence = 'the project /nonexistent does not exist: create it, or name another folder';
    expect((await server.initialize()).result?.instructions).toContain(sentence);
    expect(listedNames(await server.ask('tools/list'))).toContain('open_kitchen');
    expect(outputOf(await server.callTool('run_cmd', { cmd: 'true', cwd: '/' }))).toMatchObject({
      code: 'invalid_input',
      error: expect.stringContaining(sentence),
    });
    expect(await server.leave()).toEqual({ code: 2, signal: null });
  });

  test('names a bad argument on its command line', async () => {
    const server = spawnServer({ args: ['--visibilty', 'always'] });
    expect((await server.initialize()).result?.instructions).toContain(
      'unknown option --visibilty (did you mean --visibility?)',
    );
    expect(await server.leave()).toEqual({ code: 2, signal: null });
  });
});

describe('a fault outside the early settings', () => {
  test('is in the answer to each call: a secrets file that others can read', async () => {
    const world = aWorld();
    writeFileSync(join(world.projectDir, '.maitred', '.secrets.yaml'), '', { mode: 0o644 });
    const server = spawnServer({ world });
    await server.initialize();
    const answer = outputOf(await server.callTool('kitchen_status'));
    expect(answer).toMatchObject({ code: 'unavailable' });
    expect(answer.error).toContain('chmod 600');
    expect(await server.leave()).toEqual({ code: 0, signal: null });
  });

  test('is in the answer to each call: a state folder of a newer format', async () => {
    const world = aWorld();
    mkdirSync(world.stateFolder.dir, { recursive: true });
    writeFileSync(world.stateFolder.formatFile, '3\n');
    const server = spawnServer({ world });
    await server.initialize();
    const answer = outputOf(await server.callTool('kitchen_status'));
    expect(answer.error).toContain(`${world.stateFolder.formatFile} says 3`);
    expect(answer.error).toContain('upgrade maitred');
    await server.leave();
    expect(readFileSync(world.stateFolder.formatFile, 'utf8')).toBe('3\n');
  });
});

describe.runIf(process.platform === 'linux')('A server whose state folder cannot be written', () => {
  const stateDir = '/proc/none/state';
  const whyDegraded = /^\/proc\/none\/state cannot be written .*set MAITRED_STATE_DIR/;

  test('answers all the same, says what does not work, and starts no command', async () => {
    const world = aWorld();
    const server = spawnServer({ world, env: { MAITRED_STATE_DIR: stateDir } });
    await server.initialize();
    expect(outputOf(await server.callTool('open_kitchen'))).not.toHaveProperty('error');
    expect(outputOf(await server.callTool('get_pipeline_report'))).not.toHaveProperty('error');
    expect(outputOf(await server.callTool('run_cmd', { cmd: 'true', cwd: world.projectDir }))).toMatchObject({
      code: 'unavailable',
      error: expect.stringMatching(whyDegraded),
    });
    const { state, degraded } = outputOf(await server.callTool('kitchen_status'));
    expect(state).toBe('ready');
    expect(degraded).toContainEqual({ what: 'the server record', cause: expect.stringMatching(whyDegraded) });
    expect(await server.leave()).toEqual({ code: 0, signal: null });
    expect(server.stderr).toContain('"event":"degraded"');
  });
});
