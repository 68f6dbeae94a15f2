import { basename } from 'node:path';

/** Programs that start another, each with the words that may stand before what it starts. */
const launchers: ReadonlyMap<string, readonly string[]> = new Map([
  ['npx', []],
  ['npm', ['exec', 'x', 'run']],
  ['pnpx', []],
  ['pnpm', ['dlx', 'exec', 'run']],
  ['yarn', ['dlx', 'exec', 'run']],
  ['bunx', []],
  ['bun', ['x', 'run']],
  ['uvx', []],
  ['uv', ['tool', 'run']],
  ['pipx', ['run']],
  ['node', []],
  ['tsx', []],
  ['deno', ['run', 'task']],
  ['python', []],
  ['java', []],
  ['docker', ['run', 'exec']],
  ['podman', ['run', 'exec']],
]);

/** Their options that have a value, unless it is joined with `=`. */
const shortWithValue = /^-([CFWXceprvw]|cp)$/;
const longWithValue =
  /^--(add-host|cache|cache-dir|call|conditions|config|config-file|cwd|dir|directory|entrypoint|env|env-file|eval|extra|filter|from|group|import|import-map|index|index-url|loader|mount|name|net|network|package|platform|prefix|print|project|publish|python|registry|require|spec|tsconfig|user|volume|with|with-editable|with-requirements|workdir|workspace)$/;

/**
 * A short name of a command, for people: the package or the script that a launcher such as npx starts, without its version and its folder; else
 * the base name of the file.
 */
export function commandName(file: string, args: readonly string[]): string {
  const program = basename(file);
  const before = launchers.get(program.replace(/^python[\d.]+$/, 'python'));
  if (before === undefined) return program;
  let isValue = false;
  const launched = args.find((arg) => {
    const isSkipped = isValue || arg.startsWith('-') || before.includes(arg);
    isValue = !isValue && (shortWithValue.test(arg) || longWithValue.test(arg));
    return !isSkipped;
  });
  const name = launched === undefined ? '' : withoutVersion(launched);
  return /\w/.test(name) ? name : program;
}

/** The package in `npm:@scope/package@1.2` or `package==1.2`, else the base name of a path, a URL or an image without its tag. */
function withoutVersion(launched: string): string {
  const [, name] = /^(?:npm:|jsr:)?(@[\w.-]+\/[\w.-]+|[\w.-]+)(?:[@=<>~!^[].*)?$/.exec(launched) ?? [];
  if (name !== undefined && !anyProject.test(name)) return name;
  // Its folder tells more than its name, which many have.
  const folders = launched.split('/').filter((part) => !/^(|\.{1,2}|dist|build|lib|src|bin|out)$/.test(part));
  const folder = anyProject.test(folders.at(-1) ?? '') ? folders.at(-2) : undefined;
  return folder ?? basename(launched).replace(/[:@].*$/, '');
}

const anyProject = /^(index|main|server|cli|app|start)\.(m?[jt]s|cjs|py)$/;
