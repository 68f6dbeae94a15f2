import { isScalar, type Scalar, type YAMLSeq } from 'yaml';
import { yamlComments } from '../yaml/yaml-comments.ts';
import { indentBefore, insertLines, lineEnd, lineStart, type TextEdit } from './text-edit.ts';
import { yamlValueText } from './yaml-value-text.ts';

interface ListItem {
  readonly node: Scalar;
  readonly start: number;
  readonly end: number;
}

/**
 * The edits that give a block list of single values other values: unchanged lines stay, and no comment is lost. null for any other kind
 * of list.
 */
export function editYamlList(text: string, list: YAMLSeq, values: readonly unknown[]): readonly TextEdit[] | null {
  const items = itemsOf(list);
  const [first] = items ?? [];
  if (items === null || first === undefined || values.length === 0) return null;
  const dash = text.indexOf('-', lineStart(text, first.start));
  const indent = indentBefore(text, dash);
  if (indent === null) return null;

  const isKept = (item: ListItem | undefined, at: number) => item !== undefined && item.node.value === values.at(at);
  let head = 0;
  while (head < values.length && isKept(items[head], head)) head += 1;
  let tail = 0;
  while (tail < Math.min(items.length, values.length) - head && isKept(items.at(-1 - tail), -1 - tail)) tail += 1;

  const outgoing = items.slice(head, items.length - tail);
  const incoming = values.slice(head, values.length - tail);
  const replaced = outgoing.slice(0, incoming.length);
  const edits = replaced.map(({ node, start, end }, at) => ({ start, end, text: yamlValueText(incoming[at], node) }));
  const lines = incoming.slice(replaced.length).map((value) => `${indent}- ${yamlValueText(value)}`);
  const last = items[head + replaced.length - 1];
  const at = last === undefined ? lineStart(text, first.start) : lineEnd(text, last.end);
  if (lines.length > 0) edits.push(insertLines(text, at, lines));
  return [...edits, ...outgoing.slice(replaced.length).map(({ start, end }) => removeLines(text, start, end))];
}

/** The edits that remove the lines of such a list, but not their comments. null for any other kind of list. */
export function removeYamlList(text: string, list: YAMLSeq): readonly TextEdit[] | null {
  return itemsOf(list)?.map(({ start, end }) => removeLines(text, start, end)) ?? null;
}

function itemsOf(list: YAMLSeq): readonly ListItem[] | null {
  const items = list.items.flatMap((node): ListItem[] =>
    isScalar(node) && node.range ? [{ node, start: node.range[0], end: node.range[1] }] : [],
  );
  return list.flow || items.length < list.items.length ? null : items;
}

/** Removes the lines of a range; a comment after it stays, on a line of its own. */
export function removeLines(text: string, from: number, to: number): TextEdit {
  const [start, end] = [lineStart(text, from), lineEnd(text, to)];
  const comment = yamlComments(text).find((at) => at >= to && at < end);
  const indent = /^ */.exec(text.slice(start))?.[0].length ?? 0;
  return comment === undefined ? { start, end, text: '' } : { start: start + indent, end: comment, text: '' };
}
