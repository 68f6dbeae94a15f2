import { boundedMatch } from '../bounded-match.ts';
import type { SkillContract, SkillOutput } from './skill-contract.ts';

/** Whether the text contains the pattern. Markdown around the name of a line `**name** = value` does not count; an invalid pattern, and one that takes too long, never matches. */
export const matches = (text: string, pattern: string): boolean => findMatch(text, pattern) !== null;

/** The outputs that a result must have and has not. */
export const findMissing = ({ outputs }: SkillContract, text: string): readonly SkillOutput[] =>
  outputs.filter(({ isRequired, pattern }) => isRequired && !matches(text, pattern));

/** Outputs whose value is the path of a file. */
export const isFileOutput = ({ type }: SkillOutput): boolean => type === 'file_path' || type === 'file_path_list';

/** The lines of an output, from the last text that has them; null: none has. */
export function findLines(texts: readonly string[], { pattern, type }: SkillOutput): string | null {
  const found = texts.findLast((text) => matches(text, pattern));
  const match = found === undefined ? null : findMatch(found, pattern);
  if (match === null) return null;
  const { input, index } = match;
  const from = input.lastIndexOf('\n', index - 1) + 1;
  const rest = input.slice(index + match[0].length);
  const [end = ''] = (type === 'file_path_list' ? /^.*(?:\n[ \t]*\/.*)*/ : /^.*/).exec(rest) ?? [];
  return input.slice(index === 0 ? 0 : from, index + match[0].length + end.length);
}

/** The paths that a result gives for outputs that are files. A worktree is not one: it lies beside the working directory. */
export function findOutputPaths({ outputs }: SkillContract, text: string): readonly string[] {
  const types = new Map(
    outputs
      .filter((output) => isFileOutput(output) && output.name !== 'worktree_path')
      .map(({ name, type }) => [name, type]),
  );
  const paths: string[] = [];
  let isInList = false;
  for (const line of withPlainNames(text).split('\n')) {
    const [, name = '', value = line] = /^[ \t]*([\w-]+)[ \t]*=(.*)/.exec(line) ?? [];
    const type = types.get(name);
    const path = value.trim().replace(/^(["'`])(.*)\1$/, '$2');
    const isPath: boolean = path.startsWith('/') && (type !== undefined || (name === '' && isInList));
    isInList = type === 'file_path_list' || (isInList && isPath);
    if (isPath) paths.push(path);
  }
  return paths;
}

/** The last `name = /…` of a text; null: none. */
export function findPath(text: string, name: string): string | null {
  const found = withPlainNames(text)
    .split('\n')
    .findLast((line) => line.startsWith(name) && /^\s*=\s*\//.test(line.slice(name.length)));
  return found === undefined ? null : found.slice(found.indexOf('=') + 1).trim();
}

/** The line that a skill ends with, as an example: `verdict = GO | NO GO`. */
export const exampleLine = ({ name, type, values = [] }: SkillOutput): string =>
  `${name} = ${type === 'choice' && values.length > 0 ? values.join(' | ') : examples[type]}`;

const examples: Readonly<Record<SkillOutput['type'], string>> = {
  text: '<text>',
  number: '<number>',
  boolean: 'true | false',
  choice: '<choice>',
  url: '<URL>',
  file_path: '<absolute path of the file>',
  file_path_list: '<absolute paths of the files, one a line>',
  directory_path: '<absolute path of the folder>',
};

const findMatch = (text: string, pattern: string): RegExpExecArray | null =>
  boundedMatch(withPlainNames(text), pattern);

const withPlainNames = (text: string): string => text.replace(/\*{1,2}([\w-]+)\*{1,2}(?=[ \t]*=)/g, '$1');
