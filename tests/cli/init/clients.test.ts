import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { clientEntriesOf } from '../../../src/cli/client-entries.ts';
import { findExecutable } from '../../../src/services/handshake-cache/find-executable.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { aNewcomer } from '../../support/a-newcomer.ts';
import type { World } from '../../support/spawned-server.ts';
import { runProgram } from '../run-program.ts';

/** A newcomer with these programs on PATH and git, and no other. */
function aNewcomerWith(...programs: readonly string[]): World {
  const world = aNewcomer();
  const dir = tempFolder();
  symlinkSync(findExecutable({ file: 'git', cwd: '/', env: process.env }).path, join(dir, 'git'));
  for (const name of programs) writeFileSync(join(dir, name), `#!/bin/sh\ntouch ${dir}/was-run\n`, { mode: 0o755 });
  return { ...world, env: { ...world.env, PATH: dir } };
}

const wasRun = ({ env }: World) => existsSync(join(env.PATH ?? '', 'was-run'));

async function init({ projectDir, homeDir, env }: World, ...args: readonly string[]) {
  const { out, err, exits } = await runProgram(['init', '--yes', ...args], { cwd: () => projectDir, homeDir, env });
  expect(exits).toEqual([0]);
  return { stdout: out, stderr: err };
}

const maitred = { name: 'maitred', command: 'maitred', args: ['serve'] };
const clients = clientEntriesOf(maitred);

/** The clients whose command or entry is among the lines. */
const offeredIn = (stdout: string) =>
  clients
    .filter(({ addCommand, fileEntry }) => stdout.includes(`\n  ${addCommand ?? fileEntry}\n`))
    .map(({ program }) => program);

describe('maitred init', () => {
  it('offers the lines of the clients that are installed, and names the others', async () => {
    const world = aNewcomerWith('maitred', 'codex', 'code');
    const { stdout } = await init(world);
    expect(offeredIn(stdout)).toEqual(['codex', 'code']);
    expect(stdout).toContain('Not on your PATH: claude, gemini, opencode.');
    expect(stdout).not.toContain('claude plugin');
  });

  it('offers all of them if none is installed, and says so', async () => {
    const { stdout } = await init(aNewcomerWith('maitred'));
    expect(stdout).toContain('None of claude, codex, gemini, opencode, code is on your PATH.');
    expect(offeredIn(stdout)).toEqual(['claude', 'codex', 'gemini', 'opencode', 'code']);
  });

  it('offers Claude Code the plugin first', async () => {
    const world = aNewcomerWith('maitred', 'claude');
    const { stdout } = await init(world);
    const at = (line: string) => stdout.indexOf(`\n  ${line}`);
    expect(at('claude plugin marketplace add ')).toBeGreaterThan(0);
    expect(at('claude plugin install maitred@maitred\n')).toBeGreaterThan(at('claude plugin marketplace add '));
    expect(at('claude mcp add maitred -- maitred serve\n')).toBeGreaterThan(at('claude plugin install'));
  });

  it('gives the same as JSON, with the entries for the files of the clients', async () => {
    const world = aNewcomerWith('maitred', 'gemini');
    const { stdout, stderr } = await init(world, '--json');
    const { plugin, clients: given, ...rest } = JSON.parse(stdout);
    expect(rest).toMatchObject({ project: world.projectDir, test_command: ['npm', 'test'], repository: 'acme/shop' });
    expect(rest.files).toContainEqual({ path: join(world.projectDir, '.maitred/config.yaml'), outcome: 'written' });
    expect(plugin).toMatchObject({ dir: world.stateFolder.pluginDir });
    expect(plugin.commands).toContain('claude plugin install maitred@maitred');
    expect(given).toEqual(
      clients.map(({ id, name, addCommand, file, fileEntry }) => ({
        client: id,
        name,
        is_installed: id === 'gemini',
        command: addCommand,
        file,
        entry: fileEntry,
      })),
    );
    expect(stderr).not.toContain('maitred:');
  });

  it('does not take a folder or a text file for a client', async () => {
    const world = aNewcomerWith('maitred', 'claude', 'codex');
    chmodSync(join(world.env.PATH ?? '', 'claude'), 0o644);
    mkdirSync(join(world.env.PATH ?? '', 'gemini'));
    const { stdout } = await init(world);
    expect(offeredIn(stdout)).toEqual(['codex']);
  });

  it('runs no client, and writes no file of one', async () => {
    const world = aNewcomerWith('maitred', ...clients.map(({ program }) => program));
    await init(world);
    expect(wasRun(world)).toBe(false);
    expect(readdirSync(world.homeDir)).toEqual([]);
    expect(readdirSync(world.projectDir).sort()).toEqual(['.git', '.maitred', 'package.json']);
  });

  it('prints whole paths where a shell does not find maitred', async () => {
    const { stdout } = await init(aNewcomerWith('codex'), '--json');
    const file = join(process.cwd(), 'dist', 'maitred.js');
    expect(JSON.parse(stdout).clients[1].command).toBe(`codex mcp add maitred -- ${process.execPath} ${file} serve`);
  });
});

describe('maitred init in a project whose .mcp.json has maitred', () => {
  const withServers = (mcpServers: unknown): World => {
    const world = aNewcomerWith('maitred', 'claude');
    writeFileSync(join(world.projectDir, '.mcp.json'), JSON.stringify({ mcpServers }));
    return world;
  };

  it.each<[string, object]>([
    ['by its name', { command: 'maitred', args: ['serve'] }],
    ['by its path', { command: '/usr/local/bin/maitred' }],
    ['by Node', { command: '/usr/bin/node', args: [join(inject('programDir'), 'maitred.js'), 'serve', '--verbose'] }],
    ['by npx', { command: 'npx', args: ['-y', 'maitred@0.1.0', 'serve'] }],
  ])('says that the plugin would be a second one, and how to remove the entry: %s', async (_how, server) => {
    const world = withServers({ 'my server': server });
    const { stderr } = await init(world);
    expect(stderr).toContain(`${world.projectDir}/.mcp.json has maitred already, as "my server"`);
    expect(stderr).toContain("remove the entry: claude mcp remove 'my server' --scope project\n");
  });

  it.each<[string, unknown]>([
    ['a wrapped server', { shop: { command: 'maitred', args: ['wrap', '--', 'npx', 'shop-server'] } }],
    ['another server', { shop: { command: 'npx', args: ['-y', 'not-maitred'] } }],
    ['a server on the network', { shop: { type: 'http', url: 'http://127.0.0.1/maitred' } }],
    ['nothing that is a server', { shop: null, more: { command: 3, args: 'maitred' } }],
    ['no servers', 'maitred'],
  ])('says nothing of %s', async (_what, servers) => {
    expect((await init(withServers(servers))).stderr).not.toContain('.mcp.json');
  });

  it('says nothing of a file that is not JSON', async () => {
    const world = aNewcomerWith('maitred');
    writeFileSync(join(world.projectDir, '.mcp.json'), '{ "mcpServers": { "maitred": ');
    expect((await init(world)).stderr).not.toContain('.mcp.json');
  });
});
