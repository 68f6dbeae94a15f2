import { readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** A command and where it runs. */
export interface LocatedCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDir: string;
}

/**
 * Files and folders that another version of a package would change, for a command that runs a package by its name: `npx`, `npm exec`, `uvx`,
 * `uv tool run`. They need not exist. Empty for every other command. Lists at most two folders of a cache; never throws.
 */
export function packageFilesOf(command: LocatedCommand): readonly string[] {
  const { file, args } = command;
  const [first, second] = args;
  switch (basename(file)) {
    case 'npx':
      return npmFiles(command, args);
    case 'npm':
      return first === 'exec' || first === 'x' ? npmFiles(command, args.slice(1)) : [];
    case 'uvx':
      return uvFiles(command, args);
    case 'uv':
      return first === 'tool' && second === 'run' ? uvFiles(command, args.slice(2)) : [];
    default:
      return [];
  }
}

interface RunnerOptions {
  /** Their value is the package. */
  readonly naming: readonly string[];
  /** Others that take a value. */
  readonly valued: readonly string[];
}

const npmOptions: RunnerOptions = {
  naming: ['-p', '--package'],
  valued: ['-c', '--call', '--cache', '--loglevel', '--prefix', '--registry', '--userconfig', '-w', '--workspace'],
};
const uvOptions: RunnerOptions = {
  naming: ['--from'],
  valued: ['-p', '--python', '-w', '--with', '--with-editable', '--with-requirements', '--index', '--index-url'],
};

/** The package as the arguments name it, with its version if one is given. */
function requestedPackage(args: readonly string[], { naming, valued }: RunnerOptions): string {
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (!word.startsWith('-')) return word;
    const [option = '', value] = word.split(/=(.*)/s);
    if (naming.includes(option)) return value ?? args[at + 1] ?? '';
    if (valued.includes(option)) at += value === undefined ? 1 : 0;
  }
  return '';
}

/** A name in the registry, unlike a path, an address or a repository. */
const npmName = /^(@[a-z\d~][\w.~-]*\/)?[a-z\d~][\w.~-]*(?=@|$)/i;
const pythonName = /^[a-z\d][\w.-]*(?=[\s@=<>!~;[]|$)/i;

/** Where npx looks first, and the folders that it installs into: one for each set of packages. */
function npmFiles({ cwd, env, homeDir }: LocatedCommand, args: readonly string[]): string[] {
  const name = npmName.exec(requestedPackage(args, npmOptions))?.[0];
  if (name === undefined) return [];
  const installs = join(resolve(cwd, env.npm_config_cache || join(homeDir, '.npm')), '_npx');
  const folders = [...foldersUpFrom(cwd), ...namesOrNone(installs).map((entry) => join(installs, entry))];
  return folders.map((dir) => join(dir, 'node_modules', name, 'package.json'));
}

/** The receipt of a tool that is installed, and the wheels of one that is only cached. */
function uvFiles({ cwd, env, homeDir }: LocatedCommand, args: readonly string[]): string[] {
  const name = pythonName
    .exec(requestedPackage(args, uvOptions))?.[0]
    .toLowerCase()
    .replace(/[-_.]+/g, '-');
  if (name === undefined) return [];
  const inHome = (variable: string | undefined, usual: string) => variable || join(homeDir, usual);
  const toolsDir = env.UV_TOOL_DIR || join(inHome(env.XDG_DATA_HOME, '.local/share'), 'uv/tools');
  const cacheDir = resolve(cwd, env.UV_CACHE_DIR || join(inHome(env.XDG_CACHE_HOME, '.cache'), 'uv'));
  const wheels = namesOrNone(cacheDir).filter((entry) => entry.startsWith('wheels-v'));
  return [
    join(resolve(cwd, toolsDir), name, 'uv-receipt.toml'),
    ...wheels.map((entry) => join(cacheDir, entry, 'pypi', name)),
  ];
}

function foldersUpFrom(dir: string): string[] {
  const above = dirname(dir);
  return above === dir ? [dir] : [dir, ...foldersUpFrom(above)];
}

/** Sorted: their order on the disk has no meaning. */
function namesOrNone(dir: string): string[] {
  try {
    return readdirSync(dir).sort();
  } catch {
    return [];
  }
}
