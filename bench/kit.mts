import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { call, type Launch, startAndList } from './driver.mts';

/** What the measurements share: the programs to start, and how often. */
export interface Kit {
  /** How often each subject is started when starts are measured. */
  readonly pairs: number;
  /** How often a long measurement is repeated. */
  readonly rounds: number;
  /** A temporary folder, removed at the end of the run. */
  readonly workDir: string;
  readonly program: string;
  /** The SDK's McpServer with our tools, its packages not bundled. */
  readonly mcpServer: Launch;
}

/** A client that follows list_changed, so that its first list is gated. */
const gatedClient = 'maitred-bench';
/** A client that is known to ignore list_changed, so that its first list is complete. */
export const alwaysClient = 'codex-mcp-client';

export interface PlaceOptions {
  readonly clientName?: string;
  /** Written to the project's configuration file, beside one of the user; without it there are no configuration files. */
  readonly visibility?: 'gated' | 'always';
  readonly args?: readonly string[];
  readonly stateDir?: string;
}

/** The program in its own project, with its own state folder and configuration. */
export interface Place extends Launch {
  readonly projectConfigFile: string;
}

export function place(kit: Pick<Kit, 'program' | 'workDir'>, name: string, options: PlaceOptions = {}): Place {
  const dir = join(kit.workDir, name);
  const cwd = join(dir, 'project');
  const userConfigDir = join(dir, 'config/maitred');
  const projectConfigFile = join(cwd, '.maitred/config.yaml');
  for (const folder of [join(cwd, '.git'), join(cwd, '.maitred'), userConfigDir])
    mkdirSync(folder, { recursive: true });
  if (options.visibility !== undefined) {
    writeFileSync(join(userConfigDir, 'config.yaml'), 'logging:\n  level: INFO\nreadiness:\n  wait_seconds: 20\n');
    writeFileSync(projectConfigFile, `kitchen:\n  visibility: ${options.visibility}\nsubsets:\n  disabled: [github]\n`);
  }
  return {
    args: [kit.program, 'serve', ...(options.args ?? [])],
    cwd,
    env: { MAITRED_STATE_DIR: options.stateDir ?? join(dir, 'state'), XDG_CONFIG_HOME: join(dir, 'config') },
    clientName: options.clientName ?? gatedClient,
    projectConfigFile,
  };
}

/** Starts the program once, so that its early settings and compiled code are cached. */
export async function prime(at: Launch): Promise<void> {
  const { server } = await startAndList(at);
  await call(server, 'kitchen_status');
  await server.leave();
}

/** A bare Node script that answers the same bytes as the program in this place, as two module formats. */
export interface Floors {
  readonly esm: Launch;
  readonly commonJs: Launch;
}

export async function floorsFor(kit: Pick<Kit, 'workDir'>, name: string, at: Launch): Promise<Floors> {
  const real = await startAndList(at);
  await real.server.leave();
  const resultIn = (line: string) => JSON.stringify(JSON.stringify((JSON.parse(line) as { result: unknown }).result));
  const source = readFileSync(join(import.meta.dirname, 'floor/floor.mjs'), 'utf8')
    .replace('__INITIALIZE__', () => resultIn(real.initialize.line))
    .replace('__TOOLS_LIST__', () => resultIn(real.list.line));
  const floor = async (extension: string): Promise<Launch> => {
    const file = join(kit.workDir, name, `floor.${extension}`);
    writeFileSync(file, source);
    const launch = { ...at, args: [file] };
    const { server, initialize, list } = await startAndList(launch);
    await server.kill();
    if (initialize.line !== real.initialize.line || list.line !== real.list.line)
      throw new Error('the floor does not answer the bytes of the program');
    return launch;
  };
  return { esm: await floor('mjs'), commonJs: await floor('cjs') };
}

/** Its packages are not bundled: it is measured as its author would start it. */
export async function buildMcpServer(workDir: string): Promise<Launch> {
  const outfile = join(workDir, 'mcp-server.mjs');
  symlinkSync(resolve(import.meta.dirname, '../node_modules'), join(workDir, 'node_modules'));
  await build({
    entryPoints: [join(import.meta.dirname, 'peers/mcp-server.mts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  });
  return { args: [outfile], cwd: workDir, env: {}, clientName: gatedClient };
}
