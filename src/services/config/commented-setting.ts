import type { ConfigKey } from './config-keys.ts';
import { endOfPair, findSetting, startOf, type YamlSetting } from './edit-yaml.ts';
import { insertion, type TextEdit } from './text-edit.ts';
import { isSecretKey } from './validate-placement.ts';
import { yamlValueText } from './yaml-value-text.ts';

/** The comments that show a key in a file that maitred makes, without their indentation: what it means, and its default or an example. */
export function commentsFor({ key, schema }: ConfigKey): { readonly description: string; readonly entry: string } {
  const value = isSecretKey(key) ? 'ghp_…' : yamlValueText(schema.parse(undefined));
  return { description: `# ${schema.description ?? ''}`, entry: `# ${key.slice(key.indexOf('.') + 1)}: ${value}` };
}

/** The edits that make a setting of the comment that shows its key; null if the text has no such comment. The caller must check the edited text. */
export function uncommentSetting(
  text: string,
  known: ConfigKey,
  { section, name }: YamlSetting,
  value: unknown,
): readonly TextEdit[] | null {
  const { entry } = commentsFor(known);
  const lines = linesOf(text);
  const live = lines.findIndex((line) => line.text.startsWith(`${section}:`));
  const at = live < 0 ? lines.findIndex((line) => line.text === `# ${section}:`) : live;
  const [header, ...rest] = at < 0 ? [] : lines.slice(at);
  const end = rest.findIndex((line) => !line.text.startsWith(' '));
  const shown = rest.slice(0, end < 0 ? undefined : end).find((line) => line.text.trimStart() === entry);
  if (header === undefined || shown === undefined) return null;
  const start = shown.start + shown.text.length - entry.length;
  const edit = { start, end: start + entry.length, text: `${name}: ${yamlValueText(value)}` };
  return live < 0 ? [{ start: header.start, end: header.start + '# '.length, text: '' }, edit] : [edit];
}

/**
 * The edits that make a setting the comment again that showed its key, and its section too if it was the last one there; null if the line
 * above is not the description of the key. The caller must check the edited text.
 */
export function commentOutSetting(
  text: string,
  root: unknown,
  known: ConfigKey,
  setting: YamlSetting,
): readonly TextEdit[] | null {
  const found = findSetting(root, setting);
  if (found === null || found.keys.flow) return null;
  const { description, entry } = commentsFor(known);
  const start = startOf(found.pair.key);
  const above = linesOf(text.slice(0, start)).at(-2);
  if (above?.text.trimStart() !== description) return null;
  const edit = { start, end: endOfPair(text, found.pair), text: entry };
  return found.keys.items.length > 1 ? [edit] : [insertion(startOf(found.sectionPair.key), '# '), edit];
}

function linesOf(text: string): { readonly start: number; readonly text: string }[] {
  let start = 0;
  return text.split('\n').map((line) => {
    const found = { start, text: line.trimEnd() };
    start += line.length + 1;
    return found;
  });
}
