import {
  baseName,
  type ReadProjectFile,
  type ShellOptions,
  type ShellScript,
  scriptsOf,
  withShellOptions,
} from './command-scripts.ts';
import { readShellCommands, readShellSteps, type ShellCommand, type ShellStep } from './shell-commands.ts';

/** A script that runs more than this is not read to its end: its files may be a stranger's. */
const mostCommands = 200;

/** Substitutions in substitutions are read to this depth. */
const deepest = 5;

/**
 * What may make a test command exit with 0 although the tests fail, as a phrase: `a pipe in the script "test" of package.json`. Knows the
 * forms that people write, such as `npm test | tee log`, `npm test; ./report` and `npm test || true`.
 * @param name names the command in the phrase
 * @returns null if nothing of the kind is found
 */
export function exitCodeHiddenBy(command: ShellCommand, read: ReadProjectFile, name: string): string | null {
  const commands = [{ words: withoutWrappers(command), place: name }];
  const seen = new Set<string>();
  // The scripts of a command add theirs.
  for (const { words, place } of commands) {
    const option = hidingOption(words);
    if (option !== null) return `${option} in ${place}`;
    for (const script of scriptsOf(words, read, place)) {
      if (seen.has(script.text)) continue;
      seen.add(script.text);
      const form = hidingForm(script);
      if (form !== null) return `${form} in ${script.place}`;
      for (const inner of readShellCommands(script.text))
        if (commands.length < mostCommands) commands.push({ words: withoutWrappers(inner), place: script.place });
    }
  }
  return null;
}

/** Words of the shell before a command. */
const reserved = /^(?:then|else|elif|do|if|while|until|time)$/;
const condition = /^(?:if|elif|while|until)$/;
const loop = /^(?:for|while|until|select)$/;
const closing = /^(?:fi|done|esac)$/;
const branch = /^(?:else|elif)$/;
const assignment = /^\w+\+?=/;

/** Programs that pass on the exit code of the command in their arguments. */
const wrappers = /^(?:sudo|env|command|exec|nohup|time|nice|timeout|xvfb-run|cross-env|dotenv|npx)$/;

/** Programs that are no tests: whether they fail says nothing of the tests. */
const others = new Set(
  `alias break cat cd chmod chown command cp curl cut date declare dirname basename echo eval exit export false find fuser getopts git
  grep hash head id kill ln local ls mkdir mktemp mv nc nproc nvm popd printenv printf ps pushd pwd read readlink readonly realpath return rm rmdir
  sed select set shift shopt sleep sort source tail tee test touch tr trap true type ulimit umask unalias uname unset wait wc wget which yes
  . : [ [[ for case function in`.split(/\s+/),
);

const installs = /^(?:ci|i|install|add|sync|build|compile)$/;

function withoutWrappers(command: ShellCommand): ShellCommand {
  let at = 0;
  while (reserved.test(command[at] ?? '') || assignment.test(command[at] ?? '')) at += 1;
  while (wrappers.test(baseName(command[at] ?? ''))) {
    at += 1;
    while (/^(?:-.*|\w+=.*|[\d.]+[smhd]?)$/.test(command[at] ?? '')) at += 1;
  }
  return command.slice(at);
}

function mayBeTests(words: ShellCommand): boolean {
  const [program, ...args] = words;
  if (program === undefined || closing.test(program) || others.has(baseName(program))) return false;
  // The rest of `[ ! … ]`
  if (/^-|^\]/.test(program) || /^\]{1,2}$/.test(words.at(-1) ?? '')) return false;
  return !args.slice(0, 2).some((arg) => installs.test(arg));
}

function hidingOption([path = '', ...args]: ShellCommand): string | null {
  const program = baseName(path);
  const has = (option: RegExp) => args.some((arg) => option.test(arg));
  if (program === 'make' && has(/^(?:-[a-hj-z]*i[a-z]*|--ignore-errors)$/)) return '`make -i`';
  if (program === 'pnpm' && has(/^--no-bail$/)) return '`--no-bail`';
  if (program === 'script' && !has(/^(?:-[a-z]*e[a-z]*|--return)$/)) return '`script` without `-e`';
  return null;
}

const arithmetic = /\$\(\([^()]*\)\)/g;
/** Without another one inside. */
const substitution = /(?:\$|[<>])\(([^()]*)\)|`([^`]*)`/g;

/** The form in a script that hides a failure of what may be tests. */
function hidingForm(script: ShellScript): string | null {
  // make and just ignore the exit code of such a line.
  if (script.text.startsWith('-')) return 'a leading `-`';
  let text = script.text.replaceAll(arithmetic, '1');
  for (let depth = 0; depth < deepest; depth += 1) {
    const found = [...text.matchAll(substitution)].flatMap(([, inner, old]) => readShellCommands(inner ?? old ?? ''));
    if (found.some((inner) => mayBeTests(withoutWrappers(inner)))) return 'a substitution';
    text = text.replaceAll(substitution, ' x ');
  }
  return hidingOperator(readShellSteps(text), script);
}

function hidingOperator(steps: readonly ShellStep[], { text, ...given }: ShellScript): string | null {
  const keepsPipeCode = /pipestatus/i.test(text);
  const keepsCode = /\b(?:exit|return)\s+"?\$/.test(text);
  let options: ShellOptions = given;
  let loops = 0;
  let hasTests = false;
  /** Whether tests come before a `&&` of this list: `set -e` does not see their failure. */
  let isInList = false;
  for (const [at, { command, operator }] of steps.entries()) {
    const [first = ''] = command;
    const words = withoutWrappers(command);
    const before = steps[at - 1]?.operator ?? '';
    const isTests = mayBeTests(words);
    const isGroup = closing.test(first) || (first === '' && /[)}]/.test(before));
    const isGuarded = operator === '||' && endsWithFailure(steps, at + 1);
    if (words[0] === 'set') options = withShellOptions(words.slice(1), options);
    loops += Number(loop.test(first)) - Number(first === 'done');
    hasTests ||= isTests;
    if (isTests) {
      if (before === '!') return 'a `!`';
      if (condition.test(first)) return `\`${first}\``;
      if (loops > 0 && !options.errexit && !isGuarded) return 'a loop without `set -e`';
    }
    if (isTests || (isGroup && hasTests)) {
      if (/^\|&?$/.test(operator) && !options.pipefail && !keepsPipeCode) return 'a pipe';
      if (operator === '&') return 'a `&`';
      if (operator === '||' && !isGuarded) return 'a `||`';
    } else if (!isInList) continue;
    if (operator === '&&') isInList = true;
    if (!/^[;\n]/.test(operator)) continue;
    const isSeen = keepsCode || (options.errexit && !isInList) || operator === ';;' || isLast(steps, at + 1);
    if (!isSeen) return operator === '\n' ? 'a further line without `set -e`' : 'a `;`';
    isInList = false;
  }
  return null;
}

/** `|| exit 1`, `|| { echo failed; exit 1; }` */
function endsWithFailure(steps: readonly ShellStep[], from: number): boolean {
  let at = from;
  while (at < steps.length && /^(?:|echo|printf|cat)$/.test(steps[at]?.command[0] ?? '')) at += 1;
  const [program = '', code] = steps[at]?.command ?? [];
  return program === 'false' || (/^(?:exit|return)$/.test(program) && code !== '0');
}

/** Whether only the end of its group or of the script follows. What follows the group counts for the group. */
function isLast(steps: readonly ShellStep[], from: number): boolean {
  let at = from;
  while (steps[at]?.command.length === 0 && !/^[)}]$/.test(steps[at]?.operator ?? '')) at += 1;
  const [first = ''] = steps[at]?.command ?? [];
  return first === '' || closing.test(first) || branch.test(first);
}
