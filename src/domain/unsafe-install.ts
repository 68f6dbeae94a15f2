import { readShellCommands, type ShellCommand } from './shell-commands.ts';

/** Programs that run the command that follows their own options. */
const wrappers = ['sudo', 'env', 'command', 'exec', 'nohup', 'time', 'nice', 'timeout', 'xargs'];
const shells = ['sh', 'bash', 'dash', 'zsh'];

const pip = /^pip[\d.]*$/;
const python = /^python[\d.]*$/;
/** Words that may come before a program. */
const before = /^(\w+=|(if|then|elif|else|while|until|do|!)$)/;
/** `-e`, also after other short options or with its value attached (`-qe .`, `-e.`). */
const editable = /^(-[qvUI]*e.*|--editable(=.*)?)$/;

/** Scripts within scripts are read to this depth; deeper ones are not written by hand. */
const deepest = 5;

/**
 * Finds an editable install into a shared environment, which would break when this folder is deleted. An install that names a `.venv`, with
 * `--python` or by the path of the program, is allowed.
 * @returns the command, or null
 */
export function findUnsafeInstall(script: string, depth = 0): string | null {
  if (depth > deepest) return null;
  for (const command of readShellCommands(script)) {
    const words = withoutWrappers(command);
    const inner = innerScript(words);
    const found = inner === null ? unsafeInstallIn(words) : findUnsafeInstall(inner, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

function unsafeInstallIn(words: ShellCommand): string | null {
  const args = pipArguments(words);
  if (!args?.includes('install') || !args.some((arg) => editable.test(arg))) return null;
  return isInVenv(words[0] ?? '') || isInVenv(pythonOption(args)) ? null : words.join(' ');
}

/** The arguments of `pip`, `python -m pip` or `uv pip`; null for another program. */
function pipArguments(words: ShellCommand): ShellCommand | null {
  const program = baseName(words[0]);
  if (pip.test(program)) return words.slice(1);
  const module = words.indexOf('-m');
  if (python.test(program) && module > 0 && pip.test(words[module + 1] ?? '')) return words.slice(module + 2);
  const subcommand = words.indexOf('pip');
  // `uv run` runs in the project's own environment.
  const isOfUv = program === 'uv' && subcommand > 0 && !words.slice(0, subcommand).includes('run');
  return isOfUv ? words.slice(subcommand + 1) : null;
}

function pythonOption(args: ShellCommand): string {
  const at = args.findIndex((arg) => /^(-p$|--python(=|$))/.test(arg));
  const [, value] = /^--python=(.*)/.exec(args[at] ?? '') ?? [];
  return value ?? (at === -1 ? '' : (args[at + 1] ?? ''));
}

const isInVenv = (path: string): boolean => path.split('/').includes('.venv');

function withoutWrappers(command: ShellCommand): ShellCommand {
  let start = 0;
  while (before.test(command[start] ?? '')) start += 1;
  while (wrappers.includes(baseName(command[start]))) {
    start += 1;
    while (start < command.length && !isKnown(baseName(command[start]))) start += 1;
  }
  return command.slice(start);
}

const isKnown = (program: string) =>
  pip.test(program) || python.test(program) || ['uv', 'eval', ...shells, ...wrappers].includes(program);

/** The script in a shell's arguments. */
function innerScript(words: ShellCommand): string | null {
  const program = baseName(words[0]);
  if (program === 'eval') return words.slice(1).join(' ');
  if (!shells.includes(program)) return null;
  const option = words.findIndex((word, at) => at > 0 && /^-[a-z]*c$/.test(word));
  return option === -1 ? null : (words[option + 1] ?? null);
}

const baseName = (path: string | undefined): string => path?.slice(path.lastIndexOf('/') + 1) ?? '';
