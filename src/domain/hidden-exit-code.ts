import { isJsonObject, parseJsonObject } from './json-object.ts';
import { readShellSteps, type ShellCommand, type ShellStep } from './shell-commands.ts';

/** Reads a file of the folder in which the command runs; null if there is none. */
export type ReadProjectFile = (name: string) => string | null;

/** Scripts are read until they have this many commands: they may be a stranger's. */
const mostCommands = 200;

/**
 * The operator that may make a test command exit with 0 although the tests fail, and its place: `a pipe in the script "test" of
 * package.json`. Does not tell tests from other programs. Looks into `sh -c`, script files, and scripts of package.json.
 * @param name names the command in the answer
 * @returns null if nothing of the kind is found
 */
export function exitCodeHiddenBy(command: ShellCommand, read: ReadProjectFile, name: string): string | null {
  const commands = [{ words: command, place: name }];
  const seen = new Set<string>();
  // The commands of a script are added to those that are looked into.
  for (const { words, place } of commands) {
    const script = scriptOf(words, read, place);
    if (script === null || seen.has(script.text)) continue;
    seen.add(script.text);
    const steps = readShellSteps(script.text);
    const operator = hidingOperator(steps, script.options);
    if (operator !== null) return `${operator} in ${script.place}`;
    const inner = steps.filter(isProgram).slice(0, mostCommands - commands.length);
    commands.push(...inner.map((step) => ({ words: step.command, place: script.place })));
  }
  return null;
}

function hidingOperator(steps: readonly ShellStep[], given: readonly string[]): string | null {
  const options = [...given, ...steps.flatMap(({ command: [first, ...args] }) => (first === 'set' ? args : []))];
  const has = (option: RegExp) => options.some((each) => option.test(each));
  const switchesOff = has(/^\+[a-zA-Z]*[eo]/);
  const hasErrexit = has(/^-[a-zA-Z]*e|^errexit$/) && !switchesOff;
  const hasPipefail = has(/^pipefail$/) && !switchesOff;
  const [first, last] = [steps.findIndex(isProgram), steps.findLastIndex(isProgram)];
  for (const [at, { command, operator }] of steps.entries()) {
    const before = steps[at - 1]?.operator ?? '';
    if (/^\|&?$/.test(operator) && !hasPipefail) return 'a pipe';
    if (/^(?:\|\||;*&)$/.test(operator)) return `a \`${operator}\``;
    // A line feed after an operator ends nothing.
    const isEnd = /^[;\n]/.test(operator) && (command.length > 0 || /[)}`]/.test(before));
    if (!isEnd || at < first || at >= last) continue;
    const form = operator === '\n' ? 'a further line' : 'a `;`';
    if (!hasErrexit) return `${form} without \`set -e\``;
    // Before the last `&&` of a list, `set -e` sees no failure.
    if (before === '&&') return `${form} after a \`&&\``;
  }
  return null;
}

/** `set` is part of its shell, and hides nothing. */
const isProgram = ({ command: [first] }: ShellStep) => first !== undefined && first !== 'set';

interface ShellScript {
  readonly text: string;
  /** Where it is written. */
  readonly place: string;
  /** The arguments of its shell. */
  readonly options: readonly string[];
}

const shell = /^(?:\S*\/)?(?:ba|da|z|k|a)?sh$/;
const packageManager = /^(?:npm|pnpm|yarn|bun)$/;
const scriptFile = /^[\w.@-]+\/[\w./@-]+$/;

/** The script that a command has a shell run. Programs before it, such as `env` and `timeout`, are passed over. */
function scriptOf(words: ShellCommand, read: ReadProjectFile, place: string): ShellScript | null {
  const at = words.findIndex((word) => [shell, packageManager, scriptFile].some((each) => each.test(word)));
  const [program, args] = [words[at], words.slice(at + 1)];
  if (program === undefined) return null;
  if (packageManager.test(program)) return ofPackage(program, args, read);
  return shell.test(program) ? ofShell(args, read, place) : ofFile(program, read);
}

function ofShell(args: readonly string[], read: ReadProjectFile, place: string): ShellScript | null {
  const at = args.findIndex((arg, index) => !/^[-+]/.test(arg) && !/^[-+][a-zA-Z]*o$/.test(args[index - 1] ?? ''));
  const [given, options] = [args[at], args.slice(0, at)];
  if (given === undefined) return null;
  if (options.some((arg) => /^-[a-zA-Z]*c/.test(arg))) return { text: given, place, options };
  const text = read(given);
  return text === null ? null : { text, place: given, options };
}

function ofFile(place: string, read: ReadProjectFile): ShellScript | null {
  const text = read(place) ?? '';
  const options = /^#!(.*)/.exec(text)?.[1]?.trim().split(/\s+/) ?? [];
  return options.some((word) => shell.test(word)) ? { text, place, options } : null;
}

function ofPackage(manager: string, args: readonly string[], read: ReadProjectFile): ShellScript | null {
  const [first = '', second = ''] = args.filter((arg) => !arg.startsWith('-'));
  // `bun test` is bun's own test runner.
  if (manager === 'bun' && first === 'test') return null;
  const name = /^run(?:-script)?$/.test(first) ? second : first.replace(/^(?:t|tst)$/, 'test');
  const scripts = parseJsonObject(read('package.json') ?? '')?.scripts;
  const text = isJsonObject(scripts) && Object.hasOwn(scripts, name) ? scripts[name] : null;
  return typeof text === 'string' ? { text, place: `the script "${name}" of package.json`, options: [] } : null;
}
