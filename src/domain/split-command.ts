import { AppError } from './app-error.ts';
import { encodeJson } from './encode-json.ts';
import { showCommand } from './show-command.ts';

/** Characters that are special to a shell outside quotes; `#` and `~` only where a word begins, or a path in one. */
const shellOnly = /[|&;<>()$`*?[\]{}\n\r]/;
const shellOnlyAtStart = /[#~]/;
const shellOnlyInQuotes = /[$`]/;

/**
 * Splits a command line into words as a shell does: at blanks, with single and double quotes and backslashes.
 * @throws AppError `invalid_input` for an empty line or word, an open quote, and any other character that is special to a shell
 */
export function splitCommand(line: string): readonly string[] {
  const bad = (flaw: string) => new AppError('invalid_input', `the command ${encodeJson(line)} ${flaw}`);
  const words: string[] = [];
  let word: string | null = null;
  let quote: '"' | "'" | null = null;
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (quote === "'" && character !== quote) word += character;
    else if (character === quote) quote = null;
    else if (character === '\\') {
      at += 1;
      if (at === line.length) throw bad('ends with a backslash: remove it');
      word = (word ?? '') + escaped(line.charAt(at), quote);
    } else if (quote === null && (character === '"' || character === "'")) {
      quote = character;
      word ??= '';
    } else if (quote === null && (character === ' ' || character === '\t')) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      const isAtStart = quote === null && /(?:^|[=:])$/.test(word ?? '');
      if (
        (quote === null ? shellOnly : shellOnlyInQuotes).test(character) ||
        (isAtStart && shellOnlyAtStart.test(character))
      )
        throw bad(needsShell(line, at));
      word = (word ?? '') + character;
    }
  }
  if (quote !== null) throw bad(`ends inside quotes: close them with ${quote}`);
  if (word !== null) words.push(word);
  const [program] = words;
  if (program === undefined) throw bad('is empty: name a program, such as npm test');
  if (words.includes('')) throw bad('contains an empty word: leave it out');
  if (/^\w+=/.test(program)) throw bad('begins with a variable: put env before it, as in env CI=1 npm test');
  return words;
}

/** The text for a backslash and the character after it. */
function escaped(character: string, quote: '"' | "'" | null): string {
  return quote === null || /["\\$`]/.test(character) ? character : `\\${character}`;
}

function needsShell(line: string, at: number): string {
  const [operator = ''] = /^(?:&&|\|\||>>|<<|\$\(|[\s\S])/.exec(line.slice(at)) ?? [];
  const inShell = `use the list ["sh", "-c", ${encodeJson(line)}], on one line: ${showCommand(['sh', '-c', line])}`;
  return `contains ${encodeJson(operator)}, which is special to a shell: put it in single quotes to use it literally; to run it in a shell, ${inShell}`;
}
