import { type Alias, type Document, type ErrorCode, isAlias, isNode, isScalar, type Scalar, visit } from 'yaml';
import type { PlacedFault } from '../../domain/placed-fault.ts';
import { composeYaml } from './compose-yaml.ts';

/** More than people write, few enough to follow at no cost. */
const mostAliases = 100;

export interface YamlText {
  /** null for a text without content. */
  readonly root: unknown;
  /** `file:line:col` of a node; `file:1:1` for anything else. */
  placeOf(node: unknown): string;
  /** The place of a character of the text that a node is. */
  placeIn(node: unknown, offset: number): string;
  /** The node that an alias stands for, undefined if there is none; any other node itself. */
  resolve(node: unknown): unknown;
  /** A node as plain data. @throws where an alias has no target or aliases multiply without bound */
  plainValue(node: unknown): unknown;
}

/** Parses a YAML text. Faults are in our own words, and at most one a line. */
export function parseYaml(text: string, path: string): YamlText | { readonly faults: readonly PlacedFault[] } {
  try {
    const composed = composeYaml(text);
    const place = (offset: number) => {
      const { line, col } = composed.lines.linePos(offset);
      return `${path}:${line}:${col}`;
    };
    if ('tooDeepAt' in composed) {
      return { faults: [{ place: place(composed.tooDeepAt), message: describeYamlError('RESOURCE_EXHAUSTION') }] };
    }
    const { document, secondAt } = composed;
    const errors: { code: ErrorCode; pos: readonly [number, number] }[] = [...document.errors, ...document.warnings];
    if (secondAt !== undefined) errors.push({ code: 'MULTIPLE_DOCS', pos: [secondAt, secondAt] });
    errors.sort((a, b) => a.pos[0] - b.pos[0]);
    const faults = errors.map(({ code, pos }) => ({ place: place(pos[0]), message: describeYamlError(code) }));
    if (faults.length > 0) return { faults: firstOfEachLine(faults) };
    const placeOf = (node: unknown) => place(isNode(node) ? (node.range?.[0] ?? 0) : 0);
    const refused = text.includes('*') ? firstRefusedAlias(document) : undefined;
    if (refused !== undefined) return { faults: [{ place: placeOf(refused.alias), message: refused.message }] };
    return {
      root: document.contents,
      placeOf,
      placeIn: (node, offset) => place(isScalar(node) ? offsetInSource(text, node, offset) : 0),
      resolve: (node) => (isAlias(node) ? node.resolve(document) : node),
      plainValue: (node) => (isNode(node) ? node.toJS(document, { maxAliasCount: mostAliases }) : null),
    };
  } catch {
    return { faults: [{ place: `${path}:1:1`, message: describeYamlError('IMPOSSIBLE') }] };
  }
}

/**
 * Where a character of a scalar stands in the source. Follows both from their beginnings: a line break can be a space in the value, indentation is
 * not in it, and quotes can be doubled. Behind an escape for another character, the place is the beginning of the scalar.
 */
function offsetInSource(source: string, { value, range, type }: Scalar, offset: number): number {
  const [start, end] = range ?? [0, 0];
  if (typeof value !== 'string') return start;
  let at = type?.startsWith('BLOCK_') ? source.indexOf('\n', start) + 1 : start + (type?.startsWith('QUOTE_') ? 1 : 0);
  const skip = (pattern: RegExp) => {
    while (at < end && pattern.test(source.charAt(at))) at += 1;
  };
  for (let index = 0; index < value.length; index += 1) {
    const wanted = value.charAt(index);
    const isBlank = /\s/.test(wanted);
    if (!isBlank && source.charAt(at) !== wanted) skip(/\s/);
    if (!isBlank && source.charAt(at) !== wanted && /['\\]/.test(source.charAt(at))) at += 1;
    const isSame = source.charAt(at) === wanted;
    if (!isSame && !(isBlank && /\s/.test(source.charAt(at)))) return start;
    if (index === offset) return at;
    if (isSame) at += 1;
    else skip(/\s/);
  }
  return at;
}

const tooManyAliases = `more than ${mostAliases} aliases; expected few or none; write the values out`;

const ownAlias = 'an alias stands for something that it is a part of; expected a plain value; write it out';

/** The alias that makes a text too large for plain data: one too many, or one that stands for what it is in. */
function firstRefusedAlias(document: Document.Parsed): { readonly alias: Alias; readonly message: string } | undefined {
  let count = 0;
  let found: { readonly alias: Alias; readonly message: string } | undefined;
  visit(document, {
    Alias(_key, alias, path) {
      count += 1;
      if (count > mostAliases) found = { alias, message: tooManyAliases };
      else if (path.some((parent) => parent === alias.resolve(document))) found = { alias, message: ownAlias };
      return found === undefined ? undefined : visit.BREAK;
    },
  });
  return found;
}

function firstOfEachLine(faults: readonly PlacedFault[]): readonly PlacedFault[] {
  const byLine = new Map<string, PlacedFault>();
  for (const fault of faults) {
    const line = fault.place.slice(0, fault.place.lastIndexOf(':'));
    if (!byLine.has(line)) byLine.set(line, fault);
  }
  return [...byLine.values()];
}

const fallback = 'this is not valid YAML; check quotes, colons and indentation';

/* The parser's own messages can quote the file, and the file can hold secrets. */
const sentences: Partial<Record<ErrorCode, string>> = {
  BAD_ALIAS: 'an alias or anchor without a name; expected a name after * or &; put quotes around the value',
  BAD_DIRECTIVE: 'an unknown directive; expected YAML without directives; remove the line',
  BAD_DQ_ESCAPE: 'an unknown escape in double quotes; expected \\\\ for \\; use single quotes',
  BAD_INDENT: 'wrong indentation; expected sibling keys in one column and brackets closed; align them',
  BAD_SCALAR_START: 'a value begins with a reserved character; expected a plain value; put quotes around it',
  BLOCK_AS_IMPLICIT_KEY: 'a second colon in one line; expected "key: value"; put quotes around the value',
  MISSING_CHAR: 'a character is missing; expected a closing quote or bracket, a comma or a colon; add it',
  MULTILINE_IMPLICIT_KEY: 'a key spans several lines; expected a colon after the key; add it',
  MULTIPLE_DOCS: 'a second document begins; expected one document; remove the line "---"',
  MULTIPLE_ANCHORS: 'two anchors on one value; expected at most one; remove one of them',
  NON_STRING_KEY: 'a key is a list or a mapping; expected a plain name; check brackets and question marks',
  RESOURCE_EXHAUSTION: 'nested too deeply; flatten it',
  TAB_AS_INDENT: 'a tab in the indentation; expected spaces; replace the tab with spaces',
  TAG_RESOLVE_FAILED: 'an unknown tag; expected a plain value; remove the tag or put quotes around the value',
};

/** Says what is wrong in a YAML text without quoting it. */
function describeYamlError(code: ErrorCode): string {
  return sentences[code] ?? fallback;
}
