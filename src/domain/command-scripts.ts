import { isJsonObject, parseJsonObject } from './json-object.ts';
import type { ShellCommand } from './shell-commands.ts';

/** Options of a shell that decide its exit code. */
export interface ShellOptions {
  /** `-e`: it ends at the first failure. */
  readonly errexit: boolean;
  /** A pipe fails with each of its programs. */
  readonly pipefail: boolean;
}

/** A script that a command has a shell run. */
export interface ShellScript extends ShellOptions {
  readonly text: string;
  /** Where it is written: `the script "test" of package.json`. */
  readonly place: string;
}

/** Reads a file of the folder in which the command runs; null if there is none. */
export type ReadProjectFile = (name: string) => string | null;

const noOptions: ShellOptions = { errexit: false, pipefail: false };

/**
 * The scripts that a command has a shell run: `bash -c`, a script file, a script of package.json, a rule of a Makefile, a recipe of a
 * justfile. Those of other folders and other files are not found.
 */
export function scriptsOf(words: ShellCommand, read: ReadProjectFile, place: string): readonly ShellScript[] {
  const [path = '', ...args] = words;
  const program = baseName(path);
  if (isShell(program)) return ofShell(args, read, place);
  if (Object.hasOwn(packageManagers, program)) return ofPackage(packageManagers[program]?.(args) ?? null, read);
  if (program === 'make') return ofRules(args, read, makefiles);
  if (program === 'just') return ofRules(args, read, justfiles);
  return path.includes('/') ? ofFile(path, read) : [];
}

/** The options after `set` or in a shell's arguments, on top of those so far. */
export function withShellOptions(args: readonly string[], before: ShellOptions): ShellOptions {
  let { errexit, pipefail } = before;
  for (const [at, arg] of args.entries()) {
    const [, sign, letters = ''] = /^([-+])([a-zA-Z]+)$/.exec(arg) ?? [];
    if (sign === undefined) continue;
    const isOn = sign === '-';
    const name = letters.endsWith('o') ? args[at + 1] : null;
    if (letters.includes('e') || name === 'errexit') errexit = isOn;
    if (name === 'pipefail') pipefail = isOn;
  }
  return { errexit, pipefail };
}

export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const isShell = (program: string) => /^(?:ba|da|z|k|a)?sh$/.test(program);

function ofShell(args: readonly string[], read: ReadProjectFile, place: string): readonly ShellScript[] {
  const at = args.findIndex((arg, index) => !/^[-+]/.test(arg) && !/^[-+][a-zA-Z]*o$/.test(args[index - 1] ?? ''));
  const text = args[at];
  if (text === undefined) return [];
  const given = args.slice(0, at);
  const options = withShellOptions(given, noOptions);
  return given.some((arg) => /^-[a-zA-Z]*c/.test(arg)) ? [{ text, place, ...options }] : ofFile(text, read, options);
}

/** @param options null: only a file that names a shell in its first line is a script */
function ofFile(path: string, read: ReadProjectFile, options: ShellOptions | null = null): readonly ShellScript[] {
  const text = path.startsWith('/') ? null : read(path);
  const [, shell = '', flags = ''] = /^#!\s*(?:\S*\/env\s+(?:-S\s+)?)?(\S+)([^\n]*)/.exec(text ?? '') ?? [];
  if (text === null || (options === null && !isShell(baseName(shell)))) return [];
  return [{ text, place: path, ...(options ?? withShellOptions(flags.trim().split(/\s+/), noOptions)) }];
}

/** The name of the script that the arguments of a package manager run; null for another command. */
type ScriptName = (args: readonly string[]) => string | null;

/** With these, the script is that of another folder. */
const elsewhere =
  /^(?:-C|-r|-w|--prefix|--dir|--cwd|--filter|--recursive|--workspaces?|--include-workspace-root)(?:=|$)/;

const scriptName =
  (bare: RegExp): ScriptName =>
  (args) => {
    const [first, second] = args.some((arg) => elsewhere.test(arg)) ? [] : args.filter((arg) => !arg.startsWith('-'));
    if (first === 'run' || first === 'run-script') return second ?? null;
    if (first === undefined || !bare.test(first)) return null;
    return /^(?:t|tst)$/.test(first) ? 'test' : first;
  };

const packageManagers: Readonly<Record<string, ScriptName>> = {
  npm: scriptName(/^(?:t|tst|test)$/),
  pnpm: scriptName(/^/),
  yarn: scriptName(/^/),
  // `bun test` is bun's own test runner.
  bun: scriptName(/^(?!)/),
};

function ofPackage(name: string | null, read: ReadProjectFile): readonly ShellScript[] {
  if (name === null) return [];
  const scripts = parseJsonObject(read('package.json') ?? '')?.scripts;
  const text = isJsonObject(scripts) && Object.hasOwn(scripts, name) ? scripts[name] : null;
  return typeof text === 'string' ? [{ text, place: `the script "${name}" of package.json`, ...noOptions }] : [];
}

interface RuleFiles {
  readonly names: readonly string[];
  /** What the program replaces before the shell sees a line. */
  readonly variable: RegExp;
  /** The line that sets the shell's own options. */
  readonly shell: RegExp;
}

const makefiles: RuleFiles = {
  names: ['GNUmakefile', 'makefile', 'Makefile'],
  variable: /\$\(\w+\)|\$\{\w+\}|\$[@<^*?]/g,
  shell: /^\.SHELLFLAGS\s*[:?]*=(.*)/m,
};
const justfiles: RuleFiles = {
  names: ['justfile', 'Justfile', '.justfile'],
  variable: /\{\{[^}]*\}\}/g,
  shell: /^set shell\s*:=(.*)/m,
};

/** Each line of a rule has a shell of its own. */
function ofRules(
  args: readonly string[],
  read: ReadProjectFile,
  { names, variable, shell }: RuleFiles,
): readonly ShellScript[] {
  const file = names.find((name) => read(name) !== null);
  if (file === undefined || args.some((arg) => /^(?:-[Cfd]|--directory|--file|--justfile)/.test(arg))) return [];
  const text = (read(file) ?? '').replaceAll('\\\n', ' ');
  const options = withShellOptions((shell.exec(text)?.[1] ?? '').match(/[-+]?\w+/g) ?? [], noOptions);
  const wanted = args.filter((arg) => /^[\w.-]+$/.test(arg) && !arg.startsWith('-'));
  const scripts: ShellScript[] = [];
  let isWanted = false;
  let targets: readonly string[] = [];
  for (const line of text.split('\n')) {
    const [, names = '', needs = ''] = /^@?([\w.-][^\t:=#]*):(?!=)([^#=]*)/.exec(line) ?? [];
    if (names !== '') {
      targets = names.trim().split(/\s+/);
      isWanted = targets.some((target) => wanted.includes(target));
      // What a rule needs usually stands below it.
      if (isWanted) wanted.push(...needs.trim().split(/\s+/));
    } else if (isWanted && /^[ \t]+\S/.test(line)) {
      const place = `the rule "${targets[0]}" of ${file}`;
      const command = line.trim().replace(/^[@+]*/, '');
      scripts.push({ text: command.replaceAll(variable, 'x').replaceAll('$$', '$'), place, ...options });
    } else if (line.trim() !== '') isWanted = false;
  }
  return scripts;
}
