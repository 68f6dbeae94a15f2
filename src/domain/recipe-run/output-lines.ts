import type { JsonObject } from '../json-object.ts';

/** The key of the text in which a tool's answer may have output lines. */
const textKeys: Readonly<Record<string, string>> = { run_skill: 'result', run_cmd: 'stdout' };

/**
 * The output lines of a session or a command, `name = value`, as texts: of lines with the same name the last one. Absolute paths in the lines below
 * one belong to it. Markdown around a name does not count.
 */
export function readOutputLines(tool: string, answer: JsonObject): JsonObject {
  const text = answer[textKeys[tool] ?? ''];
  if (typeof text !== 'string') return {};
  const found = new Map<string, string>();
  let listName: string | null = null;
  for (const line of text.split(/\r?\n/)) {
    const [, name, value = ''] = /^[ \t]*\*{0,2}([A-Za-z][\w-]*)\*{0,2}[ \t]*=(?!=)(.*)$/.exec(line) ?? [];
    const path = line.trim();
    if (name !== undefined) found.set(name, value.trim());
    else if (listName !== null && path.startsWith('/'))
      found.set(listName, [found.get(listName), path].filter((part) => part !== '').join('\n'));
    listName = name ?? (path.startsWith('/') ? listName : null);
  }
  return Object.fromEntries(found);
}
