import { chmodSync, mkdirSync, renameSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cacheKey, commandIdentity } from '../../../src/services/handshake-cache/command-identity.ts';
import type { LocatedCommand } from '../../../src/services/handshake-cache/package-files.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';

/** A command in a home of its own, whose program is in a folder of `PATH`. */
function aCommand(file: string, ...args: string[]) {
  const homeDir = tempFolder();
  const cwd = join(homeDir, 'code/project');
  const binDir = join(homeDir, 'bin');
  mkdirSync(cwd, { recursive: true });
  const command: LocatedCommand = { file, args, cwd, env: { PATH: binDir }, homeDir };
  write(join(binDir, file), '#!/bin/sh\n', 0o700);
  return { command, homeDir, cwd, binDir };
}

function write(path: string, text = '', mode = 0o600): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode });
  utimesSync(path, 1_000, 1_000);
  return path;
}

const touch = (path: string) => utimesSync(path, 2_000, 2_000);

/** Whether the identity is another one after something has been done. */
function changes(command: LocatedCommand, act: () => void): boolean {
  const before = commandIdentity(command, []);
  expect(commandIdentity(command, [])).toEqual(before);
  act();
  return commandIdentity(command, []).join() !== before.join();
}

describe('A command is another one', () => {
  it.each<[string, (command: LocatedCommand) => Partial<LocatedCommand>]>([
    ['with another argument', ({ args }) => ({ args: [...args, 'x'] })],
    ['with the same characters in other arguments', () => ({ args: ['--port x', '1'] })],
    ['in another folder', ({ homeDir }) => ({ cwd: homeDir })],
    ['where PATH leads to another program', () => ({ env: { PATH: '/none' } })],
  ])('%s', (_title, change) => {
    const { command } = aCommand('serve', '--port', 'x 1');
    expect(commandIdentity({ ...command, ...change(command) }, [])).not.toEqual(commandIdentity(command, []));
  });

  it('where its program was written again, also behind a link', () => {
    const { command, binDir } = aCommand('serve');
    const target = join(binDir, 'serve-1');
    renameSync(join(binDir, 'serve'), target);
    symlinkSync(target, join(binDir, 'serve'));
    expect(commandIdentity(command, [])).toContainEqual(expect.stringMatching(/^program:.*\/bin\/serve-1:10:1000{9}0/));
    expect(changes(command, () => touch(target))).toBe(true);
    expect(changes(command, () => write(target, '#!/bin/bash\n', 0o700))).toBe(true);
  });

  it('where its program appears', () => {
    const { command, binDir } = aCommand('serve');
    const absent = { ...command, file: 'absent' };
    expect(commandIdentity(absent, [])).toContain('program:none');
    expect(changes(absent, () => write(join(binDir, 'absent'), '', 0o700))).toBe(true);
  });

  it.each(['a.js', 'a.mjs', 'a.cjs', 'a.ts', 'a.mts', 'a.py', 'a.pyz', 'a.rb', 'a.php', 'a.sh', 'a.jar'])(
    'where a script among its arguments was written again: %s',
    (name) => {
      const { command, cwd } = aCommand('node', '--import', `src/${name}`, '--absent.js');
      const script = write(join(cwd, 'src', name));
      expect(changes(command, () => touch(script))).toBe(true);
      expect(changes(command, () => write(script, 'longer'))).toBe(true);
    },
  );

  it('only by its scripts, not by its data', () => {
    const { command, cwd } = aCommand('node', 'data.json', 'folder.js');
    const data = write(join(cwd, 'data.json'));
    mkdirSync(join(cwd, 'folder.js'));
    expect(changes(command, () => touch(data))).toBe(false);
    expect(changes(command, () => touch(join(cwd, 'folder.js')))).toBe(false);
  });

  it('where a variable that was named has another value, or none', () => {
    const { command } = aCommand('serve');
    const identityWith = (env: Record<string, string>) =>
      commandIdentity({ ...command, env: { ...command.env, ...env } }, ['PROFILE', 'REGION']);
    const identities = [{}, { PROFILE: '' }, { PROFILE: 'a' }, { REGION: 'a' }].map((env) => identityWith(env).join());
    expect(new Set(identities).size).toBe(4);
    expect(identityWith({ OTHER: 'a' })).toEqual(identityWith({}));
    expect(commandIdentity(command, ['REGION', 'PROFILE', 'REGION'])).toEqual(identityWith({}));
  });
});

describe('A command that names a package', () => {
  const inProject = (name: string) => `code/project/node_modules/${name}/package.json`;
  const inCache = (name: string) => `.npm/_npx/0a1b2c/node_modules/${name}/package.json`;

  it.each<[string, string[], string]>([
    ['npx', ['-y', 'files'], inProject('files')],
    ['npx', ['files', 'other'], 'code/node_modules/files/package.json'],
    ['npx', ['-y', 'files'], inCache('files')],
    ['npx', ['-y', '@scope/files@latest', '/data'], inCache('@scope/files')],
    ['npx', ['--registry', 'https://registry.example', '--', 'files@1.2.3'], inCache('files')],
    ['npx', ['-p', 'files@2', 'serve-files'], inCache('files')],
    ['npx', ['--package=@scope/files@^1', '-c', 'serve-files'], inCache('@scope/files')],
    ['npm', ['exec', '--yes', 'files'], inCache('files')],
    ['npm', ['x', 'files'], inCache('files')],
    ['uvx', ['Files_Server'], '.local/share/uv/tools/files-server/uv-receipt.toml'],
    ['uvx', ['files==1.2'], '.cache/uv/wheels-v5/pypi/files/1.2.whl'],
    ['uvx', ['--python', '3.12', '--from', 'files[cli]>=1', 'serve-files'], '.cache/uv/wheels-v6/pypi/files/1.whl'],
    ['uv', ['tool', 'run', 'files@latest'], '.cache/uv/wheels-v5/pypi/files/1.2.whl'],
  ])('is another one where that is installed or renewed: %s %j', (file, args, installed) => {
    const { command, homeDir } = aCommand(file, ...args);
    expect(changes(command, () => write(join(homeDir, installed)))).toBe(true);
    if (installed.endsWith('.whl'))
      expect(changes(command, () => utimesSync(dirname(join(homeDir, installed)), 3_000, 3_000))).toBe(true);
    else expect(changes(command, () => touch(join(homeDir, installed)))).toBe(true);
  });

  it.each<[string, string[], string]>([
    ['npx', ['-y', 'files'], inCache('other')],
    ['npx', ['./files'], inCache('files')],
    ['npx', ['github:someone/files'], inCache('github')],
    ['npx', ['../../../../files'], inCache('files')],
    ['npm', ['start', 'files'], inCache('files')],
    ['uv', ['pip', 'install', 'files'], '.cache/uv/wheels-v5/pypi/files/1.2.whl'],
    ['uvx', ['git+https://git.example/files'], '.cache/uv/wheels-v5/pypi/git/1.2.whl'],
    ['node', ['files'], inCache('files')],
  ])('is the same one where something else is installed: %s %j', (file, args, installed) => {
    const { command, homeDir } = aCommand(file, ...args);
    expect(changes(command, () => write(join(homeDir, installed)))).toBe(false);
  });

  it.each<[string, Record<string, string>, string]>([
    ['npx', { npm_config_cache: 'HOME/elsewhere' }, 'elsewhere/_npx/0a/node_modules/files/package.json'],
    ['uvx', { UV_TOOL_DIR: 'HOME/elsewhere' }, 'elsewhere/files/uv-receipt.toml'],
    ['uvx', { XDG_DATA_HOME: 'HOME/elsewhere' }, 'elsewhere/uv/tools/files/uv-receipt.toml'],
    ['uvx', { UV_CACHE_DIR: 'HOME/elsewhere' }, 'elsewhere/wheels-v5/pypi/files/1.whl'],
    ['uvx', { XDG_CACHE_HOME: 'HOME/elsewhere' }, 'elsewhere/uv/wheels-v5/pypi/files/1.whl'],
  ])('is looked up where the variables of %s say: %j', (file, variables, installed) => {
    const { command, homeDir } = aCommand(file, 'files');
    const entries = Object.entries(variables).map(([name, value]) => [name, value.replace('HOME', homeDir)]);
    const located = { ...command, env: { ...command.env, ...Object.fromEntries(entries) } };
    expect(changes(located, () => write(join(homeDir, installed)))).toBe(true);
  });
});

describe('The identity of a command', () => {
  it('contains no argument and no value of a variable', () => {
    const secret = 'npm_a1b2c3d4e5f6';
    const { command, cwd, homeDir } = aCommand('npx', `--token=${secret}`, `${secret}.js`, secret);
    write(join(cwd, `${secret}.js`));
    write(join(homeDir, `.npm/_npx/1/node_modules/${secret}/package.json`));
    const secretPackage = { ...command, args: [secret], env: { ...command.env, TOKEN: secret } };
    const texts = [command, secretPackage].map((one) => commandIdentity(one, ['TOKEN']).join('\n'));
    expect(texts[0]).toContain('script:');
    expect(texts[1]).toContain('package:');
    expect(texts.join()).toContain('variable:TOKEN:');
    expect(texts.join()).not.toContain(secret);
  });

  it('can be told of a command that cannot run', () => {
    const { command, binDir } = aCommand('serve', 'a\0b.js');
    chmodSync(join(binDir, 'serve'), 0o600);
    const broken = [
      command,
      { ...command, file: '' },
      { ...command, file: 'a\0b' },
      { ...command, cwd: '/none', env: {} },
      { ...command, file: 'npx', args: [], homeDir: '/dev/null' },
      { ...command, file: 'uvx', args: ['--from'], homeDir: '/dev/null' },
    ];
    for (const one of broken) expect(commandIdentity(one, ['A'])).toContain('program:none');
  });
});

describe('The key of a cached handshake', () => {
  const client = { protocolVersion: '2025-06-18', capabilities: { roots: { listChanged: true }, sampling: {} } };
  const key = cacheKey(['program:/bin/a:1:2'], client);

  it('is a file name', () => {
    expect(key).toMatch(/^[0-9a-f]{16}$/);
  });

  it('is the same for a client that writes its capabilities in another order', () => {
    const capabilities = { sampling: {}, roots: { listChanged: true } };
    expect(cacheKey(['program:/bin/a:1:2'], { ...client, capabilities })).toBe(key);
  });

  it.each([
    ['another identity', ['program:/bin/a:1:3'], client],
    ['another protocol version', ['program:/bin/a:1:2'], { ...client, protocolVersion: '2025-03-26' }],
    ['other capabilities', ['program:/bin/a:1:2'], { ...client, capabilities: { sampling: {} } }],
  ])('is another one for %s', (_what, identity, ofClient) => {
    expect(cacheKey(identity, ofClient)).not.toBe(key);
  });
});
