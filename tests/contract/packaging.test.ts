import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { aDatabase } from '../support/a-database.ts';
import { aNewcomer, filesIn, inProject, projectFiles } from '../support/a-newcomer.ts';
import { listedNames } from '../support/listed-names.ts';
import { readBuiltProgram } from '../support/read-built-program.ts';
import { run } from '../support/run-maitred.ts';
import { aWorld, outputOf, spawnServer } from '../support/spawned-server.ts';

interface PackageJson {
  readonly version: string;
  readonly files: readonly string[];
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies?: unknown;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: unknown;
  readonly bundleDependencies?: unknown;
}

const readPackageJson = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as PackageJson;

/** npm packs these even if `files` does not name them. */
const alwaysPacked = ['package.json', 'README.md', 'LICENSE'];

const largestPackageBytes = 1_950_000;

const wanted = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|SECURITY\.md)$/,
  /^dist\/(hooks\/)?[a-z-]+\.js$/,
  /^dist\/charts\/[a-z-]+\.json$/,
  /^dist\/skills\/[a-z-]+\/SKILL\.md$/,
  /^dist\/recipes\/[a-z-]+\.yaml$/,
  /^dist\/scripts\/[a-z-]+\.yaml$/,
  /^dist\/inspector\/[a-z-]+\.(html|css|js)$/,
  /^dist\/(handshake|THIRD_PARTY_LICENSES\.txt)$/,
  /^docs\/([a-z0-9-]+\/)?([a-z0-9-]+|README)\.(md|svg)$/,
];

describe('The package', () => {
  let dir = '';
  let packed: readonly string[] = [];
  let packedBytes = 0;
  let installedDir = '';
  const env = () => ({ PATH: process.env.PATH ?? '', HOME: join(dir, 'home') });

  /** A folder with the files of the package, and with the program that the tests built as dist. */
  function stage(): string {
    const staged = join(dir, 'staged');
    mkdirSync(staged);
    const { files } = readPackageJson('package.json');
    for (const name of [...alwaysPacked, ...files]) {
      const source = name === 'dist' ? inject('programDir') : name;
      if (existsSync(source)) cpSync(source, join(staged, name), { recursive: true });
    }
    return staged;
  }

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'maitred-package-'));
    mkdirSync(join(dir, 'home'));
    const flags = ['--ignore-scripts', '--offline', '--no-audit', '--no-fund', '--no-update-notifier'];
    const pack = await run('npm', ['pack', '--json', ...flags], { cwd: stage(), env: env() });
    expect(pack).toMatchObject({ code: 0 });
    const [{ filename, size, files }] = JSON.parse(pack.stdout) as [
      { filename: string; size: number; files: readonly { path: string }[] },
    ];
    packed = files.map(({ path }) => path);
    packedBytes = size;
    const tarball = join(dir, 'staged', filename);
    const prefix = join(dir, 'prefix');
    const install = await run('npm', ['install', '--global', '--prefix', prefix, ...flags, tarball], {
      cwd: dir,
      env: env(),
    });
    expect(install).toMatchObject({ code: 0 });
    installedDir = join(prefix, 'lib', 'node_modules');
  }, 120_000);
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const bin = () => join(dir, 'prefix', 'bin', 'maitred');
  const runBin = (...args: readonly string[]) => run(bin(), args, { cwd: dir, env: env() });

  it('contains only files that a user needs', () => {
    expect(packed.filter((path) => !wanted.some((pattern) => pattern.test(path)))).toEqual([]);
  });

  it('contains the program, its licences and the first pages to read', () => {
    expect(packed).toEqual(
      expect.arrayContaining([
        'package.json',
        'README.md',
        'LICENSE',
        'CHANGELOG.md',
        'SECURITY.md',
        'dist/maitred.js',
        'dist/handshake',
        'dist/server.js',
        'dist/inspector.js',
        'dist/inspector/index.html',
        'dist/inspector/page.js',
        'dist/inspector/page.css',
        'dist/THIRD_PARTY_LICENSES.txt',
      ]),
    );
  });

  it('contains each file of the built program', () => {
    const dir = inject('programDir');
    const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((path) =>
      statSync(join(dir, path)).isFile(),
    );
    const built = files.map((path) => `dist/${path}`);
    expect(packed.filter((path) => path.startsWith('dist/')).sort()).toEqual(built.sort());
  });

  it('is small, and names nothing of the machine that it was made on', () => {
    expect(packedBytes).toBeLessThan(largestPackageBytes);
    const built = packed.filter((path) => path.startsWith('dist/'));
    const text = (path: string) => readFileSync(join(installedDir, 'maitred', path), 'utf8');
    expect(built.filter((path) => text(path).includes(process.cwd()))).toEqual([]);
  });

  it('contains the licence of each bundled package and the address of its source', () => {
    const text = readFileSync(join(inject('programDir'), 'THIRD_PARTY_LICENSES.txt'), 'utf8');
    const inputs = Object.keys(readBuiltProgram().metafile.inputs);
    const bundled = inputs.flatMap((path) => /(?<=^(?:.*\/)?node_modules\/)(?:@[^/]+\/)?[^/]+/.exec(path) ?? []);
    expect(bundled).toEqual(expect.arrayContaining(['xstate', 'preact']));
    for (const name of new Set(bundled)) expect(text).toContain(`\nhttps://www.npmjs.com/package/${name}/v/`);
  });

  it('runs no script when it is installed', () => {
    const { scripts } = readPackageJson(join(installedDir, 'maitred', 'package.json'));
    expect(Object.keys(scripts)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(pre|post)?(install|uninstall)$|^prepare$|^dependencies$/)]),
    );
  });

  it('depends on one optional package, and installs without it', () => {
    const { dependencies, optionalDependencies, peerDependencies, bundleDependencies } = readPackageJson(
      join(installedDir, 'maitred', 'package.json'),
    );
    expect([dependencies, peerDependencies, bundleDependencies].filter(Boolean)).toEqual([]);
    expect(Object.keys(optionalDependencies ?? {})).toEqual(['node-sqlite3-wasm']);
    expect(readdirSync(installedDir).filter((name) => !name.startsWith('.'))).toEqual(['maitred']);
  });

  it('installs a command that prints its version', async () => {
    const { version } = readPackageJson('package.json');
    expect(await runBin('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('installs a command that prints its help', async () => {
    const help = await runBin('--help');
    expect(help).toMatchObject({ code: 0, stderr: '' });
    for (const word of ['Usage: maitred', 'serve', 'status']) expect(help.stdout).toContain(word);
    const serveHelp = await runBin('serve', '--help');
    expect(serveHelp).toMatchObject({ code: 0, stderr: '' });
    expect(serveHelp.stdout).toContain('--visibility');
  });

  it('installs skills that the command finds, with no faults', async () => {
    const check = await runBin('skills', 'check', '--json');
    expect(check).toMatchObject({ code: 0, stderr: '' });
    const { skills } = JSON.parse(check.stdout) as { skills: readonly { name: string; path: string }[] };
    expect(skills.map(({ name }) => name)).toEqual(readdirSync('assets/skills').sort());
    expect(skills.filter(({ path }) => !path.startsWith(join(installedDir, 'maitred')))).toEqual([]);
  });

  it('installs recipes that the command finds, with no findings', async () => {
    const check = await runBin('recipes', 'check', '--json');
    expect(check).toMatchObject({ code: 0, stderr: '' });
    const { recipes } = JSON.parse(check.stdout) as { recipes: readonly { name: string; path: string }[] };
    expect(recipes.map(({ name }) => `${name}.yaml`)).toEqual(readdirSync('assets/recipes').sort());
    expect(recipes.filter(({ path }) => !path.startsWith(join(installedDir, 'maitred')))).toEqual([]);
  });

  it('installs a command on PATH that sets up a project and names itself in the lines for clients', async () => {
    const world = aNewcomer();
    const path = [join(dir, 'prefix', 'bin'), dirname(process.execPath), '/usr/bin', '/bin'].join(':');
    const options = { cwd: world.projectDir, env: { ...world.env, PATH: path } };
    const { code, stdout } = await run('maitred', ['init', '--yes', '--json'], options);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).clients[0]).toMatchObject({ command: 'claude mcp add maitred -- maitred serve' });
    expect(filesIn(inProject(world, ''))).toEqual(projectFiles);
  });

  it('installs a server that serves a whole session, and a status command that shows it afterwards', async () => {
    const world = aWorld();
    const server = spawnServer({ world, script: bin(), args: ['serve', '--set', 'logging.level=DEBUG'] });
    await server.initialize();
    expect(listedNames(await server.ask('tools/list'))).toContain('open_kitchen');
    expect(outputOf(await server.callTool('open_kitchen'))).toMatchObject({ kitchen: 'open' });
    expect(outputOf(await server.callTool('get_pipeline_report'))).toMatchObject({ total_failures: 0 });
    expect(await server.leave()).toEqual({ code: 0, signal: null });
    expect(server.strayLines).toEqual([]);
    const status = await run(bin(), ['status'], { cwd: dir, env: world.env });
    expect(status).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('No server is running') });
  });

  it('installs a server that reads databases once the optional engine is installed', async () => {
    const installed = join(installedDir, 'node-sqlite3-wasm');
    symlinkSync(resolve('node_modules/node-sqlite3-wasm'), installed);
    onTestFinished(() => rmSync(installed));
    const world = aWorld();
    const path = aDatabase(join(world.projectDir, 'a.db'), 'CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)');
    const server = spawnServer({ world, script: bin(), args: ['serve'] });
    await server.initialize();
    await server.callTool('open_kitchen');
    const answer = await server.callTool('read_db', { db_path: path, query: 'SELECT sum(a) AS sum FROM t' });
    expect(outputOf(answer)).toMatchObject({ rows: [{ sum: 3 }] });
  });
});
