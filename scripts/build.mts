import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { runInNewContext } from 'node:vm';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import type { ServerHandshake } from '../src/app/stdio-host.ts';
import { hookScripts } from '../src/domain/hook-registry.ts';
import { handshakeText } from '../src/front/handshake.ts';
import { buildInspector } from './build-inspector.mts';
import { writeKnownCharts } from './charts/write-known-charts.mts';

/** Parts of the program that are loaded when they are first needed; each is a bundle of its own, `src/app/<name>.ts`. */
const chunks = [
  'open',
  'wrap',
  'warm',
  'settings',
  'server',
  'work',
  'maintenance',
  'github',
  'prices',
  'scenario',
  'recipes',
  'order',
  'inspector',
  'command-line',
] as const;

export interface BuiltProgram {
  readonly metafile: Metafile;
  readonly handshake: ServerHandshake;
}

/** Source files that others stand in for, such as more tools for a test. */
export type StandIns = Readonly<Record<string, string>>;

/** Builds the program into a folder: `maitred.js`, and beside it a file for everything that is loaded later. */
export async function buildProgram(outdir: string, standIns: StandIns = {}): Promise<BuiltProgram> {
  await rm(outdir, { recursive: true, force: true });
  await mkdir(outdir, { recursive: true });
  const handshake = await askForHandshake(outdir, standIns);
  await writeFile(join(outdir, 'handshake'), handshakeText(handshake, buildId(standIns)));
  const options = { ...programOptions(standIns), outdir, metafile: true } as const;
  const [main, late, page] = await Promise.all([
    build({
      ...options,
      entryPoints: [
        { in: 'src/main.ts', out: 'maitred' },
        { in: 'src/services/platform/process/guardian-program.ts', out: 'guardian' },
        { in: 'src/services/database/read-database-program.ts', out: 'read-database' },
        { in: 'src/services/agents/script-program.ts', out: 'script-agent' },
        ...hookScripts.map((name) => ({ in: `src/hooks/${name}.ts`, out: `hooks/${name}` })),
      ],
    }),
    build({
      ...options,
      ...asFunction(buildId(standIns)),
      entryPoints: chunks.map((name) => ({ in: `src/app/${name}.ts`, out: name })),
    }),
    buildInspector(join(outdir, 'inspector')),
  ]);
  const metafile = {
    inputs: { ...main.metafile.inputs, ...late.metafile.inputs, ...page.inputs },
    outputs: { ...main.metafile.outputs, ...late.metafile.outputs, ...page.outputs },
  };
  await chmod(join(outdir, 'maitred.js'), 0o755);
  await writeFile(join(outdir, 'THIRD_PARTY_LICENSES.txt'), await licensesOf(metafile));
  await writeKnownCharts(join(outdir, 'charts'));
  for (const folder of ['recipes', 'skills', 'scripts'])
    await cp(`assets/${folder}`, join(outdir, folder), { recursive: true });
  return { metafile, handshake };
}

/** A file that is loaded later is one function expression, as src/app/program-files.ts runs it: wrapping it there would copy it. */
const asFunction = (id: string) => ({
  banner: { js: '(function (exports, require, module, __filename, __dirname) {' },
  // What stands last says whether compiled code that was kept belongs to this file.
  footer: { js: `})//${id}` },
});

const packageJson = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

export function programOptions(standIns: StandIns = {}) {
  return {
    bundle: true,
    platform: 'node',
    // It has a file of its own beside its code, and is there where Node has no SQLite.
    external: ['node-sqlite3-wasm'],
    target: 'node20.19',
    format: 'cjs',
    minify: true,
    keepNames: false,
    legalComments: 'none',
    logLevel: 'warning',
    absWorkingDir: resolve('.'),
    define: {
      __MAITRED_VERSION__: JSON.stringify(packageJson.version),
      __MAITRED_BUILD_ID__: JSON.stringify(buildId(standIns)),
    },
    // The build for browsers is the same parser; the one for Node prints tokens to stdout when LOG_TOKENS is set.
    alias: { yaml: resolve('node_modules/yaml/browser/index.js') },
    plugins: [standingIn(standIns), lazyValidators, onlyUsedSchemas, pricesAsJson],
  } satisfies BuildOptions;
}

/** A hash over everything that goes into the program, so that two builds of the same source have one id. */
function buildId(standIns: StandIns): string {
  const hash = createHash('sha256');
  for (const path of ['package.json', 'package-lock.json', ...sourceFiles(), ...Object.values(standIns)])
    hash.update(path).update(readFileSync(path));
  return `${packageJson.version}-${hash.digest('hex').slice(0, 12)}`;
}

function sourceFiles(): string[] {
  return ['src', 'inspector', 'scripts']
    .flatMap((dir) => readdirSync(dir, { recursive: true, encoding: 'utf8' }).map((path) => join(dir, path)))
    .filter((path) => /\.(m?tsx?|css|html)$/.test(path))
    .sort();
}

/** What stands in for a file may import that file itself. */
const standingIn = (standIns: StandIns): Plugin => ({
  name: 'standing-in',
  setup({ onResolve }) {
    for (const [original, standIn] of Object.entries(standIns))
      onResolve({ filter: new RegExp(`/${basename(original)}$`) }, ({ path, importer, resolveDir }) =>
        resolve(resolveDir, path) === resolve(original) && importer !== resolve(standIn)
          ? { path: resolve(standIn) }
          : undefined,
      );
  },
});

/**
 * The SDK's server makes a JSON Schema validator when it is made, for what a client answers to questions: we check that
 * ourselves. What it imports for that, and for zod 3, would double the time to load the backend.
 */
const lazyValidators: Plugin = {
  name: 'lazy-validators',
  setup({ onResolve, onLoad }) {
    const stubs: Record<string, string> = {
      ajv: 'export class Ajv { compile() { throw new Error("ajv is not bundled") } getSchema() { return undefined } } export default Ajv;',
      'ajv-formats': 'export default function addFormats(ajv) { return ajv }',
      'zod/v3':
        'const gone = () => { throw new Error("zod 3 is not bundled") }; export const object = gone; export default {};',
      'zod-to-json-schema': 'export const zodToJsonSchema = () => { throw new Error("zod 3 is not bundled") };',
    };
    onResolve({ filter: /^(ajv|ajv-formats|zod\/v3|zod-to-json-schema)$/ }, ({ path }) => ({
      path,
      namespace: 'stub',
    }));
    onLoad({ filter: /.*/, namespace: 'stub' }, ({ path }) => ({ contents: stubs[path] ?? '' }));
  },
};

/**
 * The SDK describes the whole protocol in one file, some two hundred schemas that are made when it is loaded. Marked as
 * free of side effects, those that a tool server never uses are left out, and the backend loads in half the time.
 */
const onlyUsedSchemas: Plugin = {
  name: 'only-used-schemas',
  setup({ onLoad }) {
    onLoad(
      { filter: /@modelcontextprotocol\/sdk\/dist\/esm\/(types|shared\/auth|experimental\/.*)\.js$/ },
      async ({ path }) => {
        const source = await readFile(path, 'utf8');
        return {
          contents: source.replace(/(?<![\w.$])(z\.\w+|\w+Schema(?:\.shape\.\w+)?\.\w+)\(/g, '/* @__PURE__ */ $1('),
        };
      },
    );
  },
};

/**
 * The list of prices is a literal of 30,000 lines. As JSON, and without what no price depends on, it stops the event loop for 20 ms when it
 * is loaded, instead of 30.
 */
const pricesAsJson: Plugin = {
  name: 'prices-as-json',
  setup({ onLoad }) {
    onLoad({ filter: /@pydantic\/genai-prices\/dist\/index\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const [literal = '', start = '', list = ''] = /^(const \w+ = )(\[\n.*?\n\])/s.exec(source) ?? [];
      const json = JSON.stringify(runInNewContext(list), (key, value) => (pricelessKeys.has(key) ? undefined : value));
      return { contents: `${start}JSON.parse(${JSON.stringify(json)})${source.slice(literal.length)}` };
    });
  },
};

const pricelessKeys = new Set(['description', 'extractors', 'price_comments', 'pricing_urls']);

/** Asks the real MCP server what the front will answer in its place. */
async function askForHandshake(outdir: string, standIns: StandIns): Promise<ServerHandshake> {
  const outfile = resolve(outdir, 'ask-for-handshake.js');
  await build({ ...programOptions(standIns), entryPoints: ['scripts/ask-for-handshake.ts'], outfile });
  const { askForHandshake: ask } = createRequire(import.meta.url)(outfile) as {
    askForHandshake(version: string): Promise<ServerHandshake>;
  };
  const handshake = await ask(packageJson.version);
  await rm(outfile);
  return handshake;
}

/** The licences of what is bundled ask to be passed on with it, and some to say where its source is. */
async function licensesOf({ inputs }: Metafile): Promise<string> {
  const packages = new Set<string>();
  for (const path of Object.keys(inputs)) {
    const name = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
    if (name !== undefined) packages.add(name);
  }
  const texts = await Promise.all([...packages].sort().map(licenseOf));
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

async function licenseOf(name: string): Promise<string> {
  const dir = join('node_modules', name);
  const { version, license } = JSON.parse(await readFile(join(dir, 'package.json'), 'utf8')) as Record<string, string>;
  const title = `${name} ${version} (${license})\nhttps://www.npmjs.com/package/${name}/v/${version}\n`;
  for (const file of ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'license']) {
    const text = await readFile(join(dir, file), 'utf8').catch(() => null);
    if (text !== null) return `${title}\n${text.trim()}\n`;
  }
  return title;
}

if (process.argv[1] === import.meta.filename) {
  const { metafile } = await buildProgram('dist');
  for (const [path, { bytes }] of Object.entries(metafile.outputs)) {
    process.stdout.write(`${path.padEnd(24)} ${(bytes / 1024).toFixed(1).padStart(8)} KiB\n`);
  }
}
