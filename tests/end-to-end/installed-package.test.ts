import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it, onTestFinished } from 'vitest';
import { tools } from '../../src/tools/index.ts';
import { aNewcomer, filesIn, inProject, projectFiles } from '../support/a-newcomer.ts';
import { listedNames } from '../support/listed-names.ts';
import { type Run, run } from '../support/run-maitred.ts';
import { connectTo, outputOf, type World } from '../support/spawned-server.ts';

const pages = ['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md'];
const largestPackageBytes = 1_500_000;

interface PackedPackage {
  readonly file: string;
  readonly sizeBytes: number;
  readonly paths: readonly string[];
}

let dir = '';
let packed: PackedPackage;

// In a folder of its own, with the build of these tests: `prepack` would build again.
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'maitred-test-'));
  for (const name of [...pages, 'package.json', 'docs']) cpSync(name, join(dir, name), { recursive: true });
  cpSync(inject('programDir'), join(dir, 'dist'), { recursive: true });
  for (const name of ['src', '.maitred']) {
    mkdirSync(join(dir, name));
    writeFileSync(join(dir, name, '.secrets.yaml'), '');
  }
  const { stdout } = await npm(dir, 'pack', '--ignore-scripts', '--json');
  const [made] = JSON.parse(stdout) as { filename: string; size: number; files: { path: string }[] }[];
  if (made === undefined) throw new Error(`npm packed nothing: ${stdout}`);
  packed = { file: join(dir, made.filename), sizeBytes: made.size, paths: made.files.map(({ path }) => path) };
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Without the registry. */
async function npm(cwd: string, ...args: readonly string[]): Promise<Run> {
  const env = { PATH: process.env.PATH ?? '', HOME: cwd, npm_config_update_notifier: 'false' };
  const ended = await run('npm', [...args, '--offline'], { cwd, env });
  expect(ended).toMatchObject({ code: 0 });
  return ended;
}

/** A newcomer whose PATH has what npm has installed, and Node. */
async function aNewcomerWithThePackage(): Promise<World> {
  const world = aNewcomer();
  const prefix = join(dir, 'prefix');
  await npm(dir, 'install', '--global', '--prefix', prefix, '--no-audit', '--no-fund', packed.file);
  symlinkSync(process.execPath, join(prefix, 'bin', 'node'));
  return { ...world, env: { ...world.env, PATH: `${join(prefix, 'bin')}:/usr/bin:/bin` } };
}

it('The package has the build and the documents, and nothing of the machine it was made on', () => {
  const { sizeBytes, paths } = packed;
  const ofBuild = filesIn(inject('programDir')).map((name) => `dist/${name}`);
  const ofDocs = paths.filter((path) => /^docs\/.*\.(md|svg)$/.test(path));
  expect([...paths].sort()).toEqual([...pages, 'package.json', ...ofBuild, ...ofDocs].sort());
  expect(ofDocs).toContain('docs/clients.md');
  expect(sizeBytes).toBeLessThan(largestPackageBytes);
  for (const path of ofBuild)
    expect({ path, isNamed: readFileSync(join(dir, path), 'utf8').includes(process.cwd()) }).toEqual({
      path,
      isNamed: false,
    });
});

it('The package, installed without the registry, puts a working maitred on PATH', async () => {
  const world = await aNewcomerWithThePackage();
  const maitred = (...args: readonly string[]) => run('maitred', args, { cwd: world.projectDir, env: world.env });
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect(await maitred('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });

  const { code, stdout } = await maitred('init', '--yes', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout).clients[0]).toMatchObject({ command: 'claude mcp add maitred -- maitred serve' });
  expect(filesIn(inProject(world, ''))).toEqual(projectFiles);

  const child = spawn('maitred', ['serve'], { cwd: world.projectDir, env: world.env });
  const server = connectTo(child, world);
  onTestFinished(async () => void (await server.abandon()));
  expect((await server.initialize()).result).toMatchObject({ serverInfo: { name: 'maitred', version } });
  expect(outputOf(await server.callTool('open_kitchen'))).toMatchObject({ success: true });
  expect(listedNames(await server.ask('tools/list')).sort()).toEqual(tools.map(({ name }) => name).sort());
  expect(await server.leave()).toEqual({ code: 0, signal: null });
});
