import type { SkillOutput } from './agent-session/skill-contract.ts';

/** The regular expression of an output line, by its type. It is for the flag `m`: the line stands anywhere in the result. */
export function outputPattern({ name, type, values = [] }: Pick<SkillOutput, 'name' | 'type' | 'values'>): string {
  return `^${name}${valuePatterns[type](values)}`;
}

const toEndOfLine = String.raw`[ \t]*\r?$`;
const oneOf = (values: readonly string[]) =>
  String.raw`[ \t]*=[ \t]*(?:${values.map(escaped).join('|')})${toEndOfLine}`;
const absolutePath = () => String.raw`[ \t]*=[ \t]*/.+`;

const valuePatterns: Readonly<Record<SkillOutput['type'], (values: readonly string[]) => string>> = {
  text: () => String.raw`[ \t]*=[ \t]*\S.*`,
  number: () => String.raw`[ \t]*=[ \t]*-?\d+(?:\.\d+)?${toEndOfLine}`,
  boolean: () => oneOf(['true', 'false']),
  choice: oneOf,
  url: () => String.raw`[ \t]*=[ \t]*https?://\S+`,
  file_path: absolutePath,
  directory_path: absolutePath,
  // The first path may stand in the line below.
  file_path_list: () => String.raw`[ \t]*=\s*/.+`,
};

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
