import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { aConfigWorld, typed } from './config-world.ts';

describe('config set', () => {
  it('sets a key for the project, and says where', async () => {
    const world = aConfigWorld({ project: '# ours\nlogging:\n  level: INFO\n' });
    expect(await world.config(['set', 'logging.level', 'DEBUG'])).toEqual({
      out: '',
      err: `maitred: logging.level is DEBUG in ${world.projectFile}:3:3\n`,
      exits: [0],
    });
    expect(readFileSync(world.projectFile, 'utf8')).toBe('# ours\nlogging:\n  level: DEBUG\n');
    const again = await world.config(['set', 'logging.level', 'DEBUG', '--project']);
    expect(again.err).toBe(`maitred: logging.level is already DEBUG in ${world.projectFile}:3:3\n`);
  });

  it('sets it for the user, and names what overrides it', async () => {
    const world = aConfigWorld({ project: 'wire:\n  max_waiting: 1\n' });
    const { err } = await world.config(['set', 'wire.max_waiting', '5', '--user']);
    expect(err).toBe(
      `maitred: wire.max_waiting is 5 in ${world.userFile}:3:3, but ${world.projectFile}:2:3 overrides it\n`,
    );
    const env = { MAITRED_WIRE__MAX_WAITING: '9' };
    expect((await world.config(['set', 'wire.max_waiting', '6'], { env })).err).toContain(
      ':2:3, but MAITRED_WIRE__MAX_WAITING overrides it',
    );
  });

  it('sets it for a named project', async () => {
    const other = aConfigWorld();
    await aConfigWorld().config(['set', 'subsets.disabled', 'a,b', '--project', other.projectDir]);
    expect((await other.config(['show', 'subsets.disabled'])).out).toContain('[a, b]');
  });

  it.each([
    [['--project', 'wire.max_waiting', '5']],
    [['wire.max_waiting', '--project', '5']],
    [['wire.max_waiting', '5', '--project']],
    [['wire.max_waiting', '5', '--project', '..']],
    [['--project=..', 'wire.max_waiting', '5']],
  ])('does not mistake a key or a value for the folder of --project: %j', async (args) => {
    const world = aConfigWorld();
    expect((await world.config(['set', ...args])).err).toBe(
      `maitred: wire.max_waiting is 5 in ${world.projectFile}:3:3\n`,
    );
    const unset = args.filter((arg) => arg !== '5');
    expect((await world.config(['unset', ...unset])).err).toContain('wire.max_waiting is no longer set in');
  });

  it('accepts a command as it is typed', async () => {
    const world = aConfigWorld();
    const { err } = await world.config(['set', 'test_check.command', 'npm run "test unit"']);
    expect(err).toContain('test_check.command is [npm, run, "test unit"] in ');
    expect((await world.config(['set', 'test_check.command', 'npm test | tee log'])).exits).toEqual([2]);
    expect((await world.config(['set', 'test_check.command', ''])).err).toContain('test_check.command is [] in ');
  });

  it('warns of a secret in the arguments, without showing it', async () => {
    const world = aConfigWorld();
    const { err, exits } = await world.config(['set', 'github.token', 'hunter2']);
    expect(exits).toEqual([0]);
    expect(err).toContain('\nmaitred: github.token was an argument, which ps and the shell history show');
    expect(err).not.toContain('hunter2');
    expect((await world.config(['set', 'github.token', ''])).err).toBe(
      `maitred: github.token is "" in ${world.secretsFile}:3:3\n`,
    );
  });

  it('does not treat a home as a project unless it is named', async () => {
    const world = aConfigWorld();
    const atHome = { cwd: () => world.homeDir };
    mkdirSync(`${world.homeDir}/.git`, { recursive: true });
    const { err, exits } = await world.config(['set', 'wire.max_waiting', '5'], atHome);
    expect({ err, exits }).toEqual({ err: expect.stringContaining('does not look like a project'), exits: [2] });
    expect((await world.config(['set', 'wire.max_waiting', '5', '--user'], atHome)).exits).toEqual([0]);
  });

  it('reads a secret from stdin, does not show it, and writes it to the secrets file', async () => {
    const world = aConfigWorld();
    const { out, err } = await world.config(['set', 'github.token', '-'], { stdin: typed('hunter2\n') });
    expect({ out, err }).toEqual({ out: '', err: `maitred: github.token is ******** in ${world.secretsFile}:3:3\n` });
    expect(readFileSync(world.secretsFile, 'utf8')).toContain('token: hunter2\n');
    expect((await world.config(['show', 'github.token'])).out).toContain('********');
  });

  it('reads any value from stdin, without its last line break', async () => {
    const world = aConfigWorld();
    await world.config(['set', 'test_check.command', '-'], { stdin: typed('[npm, "run test"]\r\n') });
    expect((await world.config(['show', 'test_check.command'])).out).toContain('[npm, "run test"]');
  });

  it.each([
    ['stdin is empty', '\n', 'stdin has no value for github.token; pass "" to clear it'],
    [
      'stdin is too long',
      'x'.repeat(1024 * 1024 + 1),
      'the value of github.token on stdin is longer than 1 MiB; shorten it',
    ],
  ])('is rejected if %s', async (_what, text, message) => {
    const world = aConfigWorld();
    const { err, exits } = await world.config(['set', 'github.token', '-'], { stdin: typed(text) });
    expect({ err, exits }).toEqual({ err: `maitred: ${message}\n`, exits: [2] });
    expect(existsSync(world.secretsFile)).toBe(false);
  });

  it('asks for a secret on a terminal without showing it', async () => {
    const world = aConfigWorld();
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    stdin.write('hunter2\r');
    const { out, err } = await world.config(['set', 'github.token', '-'], { stdin }, true);
    expect(out).toBe('');
    expect(err).toBe(`github.token: \nmaitred: github.token is ******** in ${world.secretsFile}:3:3\n`);
    expect(readFileSync(world.secretsFile, 'utf8')).toContain('token: hunter2\n');
  });

  it('changes nothing if the person presses ^C', async () => {
    const world = aConfigWorld();
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    stdin.write('hun\u0003');
    const { err, exits } = await world.config(['set', 'github.token', '-'], { stdin }, true);
    expect(err).toContain('no value was given; nothing was changed');
    expect(exits).toEqual([130]);
    expect(existsSync(world.secretsFile)).toBe(false);
  });

  it.each([
    [
      ['set', 'github.token', 'hunter2', '--user'],
      "github.token is a secret, and the user's configuration may not hold secrets",
    ],
    [['set', 'logging.levle', 'x'], 'unknown key "logging.levle"; did you mean "logging.level"?'],
    [['set', 'logging.levle', '-'], 'unknown key "logging.levle"; did you mean "logging.level"?'],
    [['set', 'logging.level', 'x'], 'logging.level is "x"; expected DEBUG, INFO, WARNING or ERROR; give another value'],
    [['set', 'logging.level'], "missing required argument 'VALUE'"],
    [['set', 'logging.level', 'INFO', '--user', '--project'], "option '--user' cannot be used with option"],
    [['sett'], "unknown command 'sett'; did you mean set?"],
  ])('is rejected, and writes nothing: %j', async (args, message) => {
    const world = aConfigWorld();
    const { out, err, exits } = await world.config(args);
    expect(err).toContain(`maitred: ${message}`);
    expect(err).not.toContain('hunter2');
    expect({ out, exits }).toEqual({ out: '', exits: [2] });
    expect([world.userFile, world.projectFile, world.secretsFile].filter(existsSync)).toEqual([]);
  });

  it('shows no secret in the error about a broken secrets file', async () => {
    const world = aConfigWorld({ secrets: 'github:\n  token: @hunter2\n' });
    const { err, exits } = await world.config(['set', 'github.token', 'hunter3']);
    expect(err).toContain(`${world.secretsFile}:2:10: a value begins with a reserved character`);
    expect(err).not.toMatch(/hunter/);
    expect(exits).toEqual([2]);
  });
});

describe('config unset', () => {
  it('removes a key, and names what still sets it', async () => {
    const world = aConfigWorld({ user: 'wire:\n  max_waiting: 1\n', project: 'wire:\n  max_waiting: 2\n' });
    expect((await world.config(['unset', 'wire.max_waiting', '--user'])).err).toBe(
      `maitred: wire.max_waiting is no longer set in ${world.userFile}, but ${world.projectFile}:2:3 still sets it\n`,
    );
    expect((await world.config(['unset', 'wire.max_waiting', '--user'])).err).toContain('is not set in');
    expect(readFileSync(world.userFile, 'utf8')).toBe('');
  });

  it('removes a key that is unknown, while another one is wrong', async () => {
    const world = aConfigWorld({ project: 'wire:\n  max_waitin: 1\n  max_in_flight: many\n' });
    const { err, exits } = await world.config(['unset', 'wire.max_waitin']);
    expect({ err, exits }).toEqual({
      err: `maitred: wire.max_waitin is no longer set in ${world.projectFile}\n`,
      exits: [0],
    });
    expect(readFileSync(world.projectFile, 'utf8')).toBe('wire:\n  max_in_flight: many\n');
    expect((await world.config(['unset', 'wire.max_waitin'])).err).toContain('did you mean "wire.max_waiting"?');
  });

  it('makes no file', async () => {
    const world = aConfigWorld();
    await world.config(['unset', 'wire.max_waiting']);
    expect(existsSync(`${world.projectDir}/.maitred`)).toBe(false);
  });
});
