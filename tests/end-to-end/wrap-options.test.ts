import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aMarkedWorld } from '../support/marked-world.ts';
import { runMaitred } from '../support/run-maitred.ts';
import { type Message, outputOf, textOf } from '../support/spawned-server.ts';
import { expectCleanEnd, fixtureServer, spawnWrapped } from '../support/wrapped-server.ts';

const toolNamesOf = ({ result }: Message) =>
  ((result?.tools ?? []) as readonly { readonly name: string }[]).map(({ name }) => name);

/** What the files in a folder contain, but for compiled code. */
const contentsOf = (dir: string): string =>
  readdirSync(dir, { recursive: true })
    .map((name) => join(dir, String(name)))
    .filter((path) => !path.includes('/code') && existsSync(path) && statSync(path).isFile())
    .map((path) => readFileSync(path, 'latin1'))
    .join('\n');

describe('The variables of a wrapped server', () => {
  it('reach it, and are shown nowhere, whatever it does with them', async () => {
    const world = aMarkedWorld();
    const values = { FROM_ENV_FILE: 'value-of-env-file', FROM_FILE: 'value-of-file', FROM_COMMAND: 'value-of-command' };
    writeFileSync(join(world.projectDir, 'secrets.env'), `FROM_ENV_FILE=${values.FROM_ENV_FILE}\n`);
    writeFileSync(join(world.projectDir, 'secret.txt'), `${values.FROM_FILE}\n`);
    const server = spawnWrapped({
      world,
      options: [
        ...['--env-file', 'secrets.env', '--env', 'FROM_FILE=file:secret.txt'],
        ...['--env', `FROM_COMMAND=cmd:printf ${values.FROM_COMMAND}`, '--log-calls', 'calls.jsonl', '--verbose'],
      ],
      command: fixtureServer(),
    });
    await server.initialize();
    for (const [name, value] of Object.entries(values))
      expect(outputOf(await server.callTool('env', { name }))).toMatchObject({ value });
    const all = Object.values(values).join(' ');
    const noise = `${all}\n${'x'.repeat(495)}${values.FROM_COMMAND}\n`;
    await server.callTool('write', { base64: Buffer.from(noise).toString('base64') });
    // The end of stderr that is kept begins within the value.
    const stderr = `${values.FROM_COMMAND}${'y'.repeat(8_192 - 10)}\n${all}`;
    const crashed = await server.callTool('crash', { stderr });
    expect(textOf(crashed)).toContain('[redacted]');
    await server.callTool('echo');
    const status = await runMaitred(world, 'status', '--json');
    await expectCleanEnd(server, world);
    const calls = readFileSync(join(world.projectDir, 'calls.jsonl'), 'utf8');
    expect(calls).toContain('[redacted]');
    const shown = [textOf(crashed), server.stderr, status.stdout, calls, contentsOf(world.stateFolder.dir)].join('\n');
    // Their beginnings and ends too.
    for (const part of [...Object.values(values), 'value-of', 'of-command'])
      expect(shown.includes(part), part).toBe(false);
  });

  it('stop the start if they cannot be resolved, and the error names the option', async () => {
    const failing = 'sh -c "echo secret-value; echo secret-value is locked >&2; exit 3"';
    const start = async (source: string, message: string, output?: string) => {
      const world = aMarkedWorld();
      const server = spawnWrapped({ world, options: ['--env', source], command: fixtureServer() });
      const { error } = await server.initialize();
      expect(error?.message).toContain(message);
      expect(error?.data).toMatchObject({ code: 'unavailable', ...(output !== undefined && { output }) });
      await expectCleanEnd(server, world);
      expect(server.stderr).not.toContain('secret-value');
    };
    await Promise.all([
      start('C=file:missing', '--env C (file:missing): the file does not exist'),
      start(`C=cmd:${failing}`, '--env C (cmd:sh): the program ended with exit code 3', '[redacted] is locked'),
    ]);
  });
});

it('Tools that are not allowed are neither listed nor called, and long names are shortened, with a cache and without', async () => {
  const world = aMarkedWorld();
  const longName = 'crash-once-idempotent';
  const options = ['--allow', 'c*', '--deny', 'crash', '--max-name', '16'];
  const start = async () => {
    const server = spawnWrapped({
      world,
      options,
      command: fixtureServer('--counter', join(world.homeDir, 'counter')),
    });
    await server.initialize();
    return server;
  };
  const first = await start();
  const names = toolNamesOf(await first.ask('tools/list'));
  expect(names).toEqual(expect.arrayContaining(['count', 'crash-once', 'change-list']));
  expect(names.filter((name) => !name.startsWith('c') || name === 'crash' || name.length > 16)).toEqual([]);
  for (const name of ['echo', 'crash']) expect(await first.callTool(name)).toMatchObject({ error: { code: -32602 } });
  await expectCleanEnd(first, world);
  writeFileSync(join(world.homeDir, 'counter'), '1');
  const second = await start();
  expect(toolNamesOf(await second.ask('tools/list'))).toEqual(names);
  const shortName = names.find((name) => name.startsWith('crash-o_')) ?? '';
  expect(textOf(await second.callTool(shortName))).toBe('call 2');
  expect(textOf(await second.callTool(longName))).toBe('call 3');
  expect(await second.callTool('echo')).toMatchObject({ error: { code: -32602 } });
  await expectCleanEnd(second, world);
});

describe('The command line of wrap', () => {
  it('is refused with a sentence that says what to change', async () => {
    const world = aMarkedWorld();
    const messages = {
      'no command to run': [],
      'put -- before the command': ['npx', 'some-server'],
      'is not a number with its unit': ['--idle', '3', '--', 'x'],
    };
    for (const [message, args] of Object.entries(messages))
      expect(await runMaitred(world, 'wrap', ...args)).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringContaining(message),
      });
  });

  it('leaves what follows -- to the command', async () => {
    const world = aMarkedWorld();
    const script = `echo "got $*" >&2; exec ${fixtureServer().join(' ')}`;
    const server = spawnWrapped({ world, command: ['sh', '-c', script, 'sh', '--help', '--idle', '3'] });
    await server.initialize();
    await expectCleanEnd(server, world);
    expect(server.stderr).toContain('got --help --idle 3\n');
  });
});

describe('The cache', () => {
  it('is filled by --warm for a client, and one entry belongs to each value of --key-env', async () => {
    const world = aMarkedWorld();
    const warm = (...args: readonly string[]) => runMaitred(world, 'wrap', '--warm', '--client', ...args);
    const [warmed, unknown, failed] = await Promise.all([
      warm('codex', '--', ...fixtureServer()),
      warm('codexx', '--', ...fixtureServer()),
      warm('codex', '--', '/no/such/program'),
    ]);
    expect(warmed).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/codex-mcp-client: \d+ tools of fixture-server/),
    });
    expect(unknown).toMatchObject({ code: 3, stderr: expect.stringContaining('Did you mean codex?') });
    expect(failed).toMatchObject({ code: 69, stderr: expect.stringContaining('does not exist') });
    // It answers each request with the same result, which has no list.
    const answer = '{"protocolVersion":"2025-06-18","capabilities":{"tools":{}}}';
    const script = `sed -un 's/.*"id":\\([0-9]*\\).*/{"jsonrpc":"2.0","id":\\1,"result":${answer}}/p'`;
    expect(await warm('codex', '--', 'sh', '-c', script)).toMatchObject({
      code: 69,
      stdout: '',
      stderr: expect.stringMatching(/"list_refused".*refused to list them, so they are not cached/s),
    });
    await runMaitred(world, 'cache', 'clear');
    const fill = async (KEY: string) => {
      const server = spawnWrapped({ world, env: { KEY }, options: ['--key-env', 'KEY'], command: fixtureServer() });
      await server.initialize();
      await server.ask('tools/list');
      expect(await server.leave()).toEqual({ code: 0, signal: null });
    };
    await Promise.all(['a', 'b', 'b'].map(fill));
    expect(readdirSync(world.stateFolder.handshakesDir)).toHaveLength(2);
  });

  it('is not filled by a command that fails: --warm starts it once, shows its stderr once, and says what to do', async () => {
    const world = aMarkedWorld();
    const warm = (...command: readonly string[]) =>
      runMaitred(world, 'wrap', '--warm', '--client', 'codex', '--', ...command);
    const [failed, missing] = await Promise.all([
      warm('sh', '-c', 'echo no port is free >&2; exit 3'),
      warm('/no/such/program'),
    ]);
    expect(failed).toEqual({
      code: 69,
      stdout: '',
      stderr: [
        'maitred: starting sh for codex-mcp-client',
        'no port is free',
        "maitred: the command ended with exit code 3. Correct the command; try it alone: sh -c 'echo no port is free >&2; exit 3'",
        '',
      ].join('\n'),
    });
    expect(missing).toEqual({
      code: 69,
      stdout: '',
      stderr: [
        'maitred: starting program for codex-mcp-client',
        'maitred: /no/such/program does not exist: check the path.',
        '',
      ].join('\n'),
    });
  });

  it('has an entry for each kind of a client, and --warm says which release sends what', async () => {
    const { stdout } = await runMaitred(
      aMarkedWorld(),
      'wrap',
      '--warm',
      '--client',
      'claude-code',
      '--',
      ...fixtureServer(),
    );
    expect(stdout).toMatch(/^claude-code 2\.1\.332: .*\nclaude-code 2\.1\.197: .*\n$/);
  });

  it('may be unwritable: the server is served, the log says why, and no process is left', async () => {
    const world = aMarkedWorld();
    mkdirSync(world.stateFolder.dir);
    writeFileSync(world.stateFolder.handshakesDir, '');
    const server = spawnWrapped({ world, command: fixtureServer() });
    await server.initialize();
    expect(textOf(await server.callTool('echo', { text: 'served' }))).toBe('served');
    await expectCleanEnd(server, world);
    expect(server.stderr).toContain('"handshake_not_saved"');
  });
});
