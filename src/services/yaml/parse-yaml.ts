import { type Alias, type Document, type ErrorCode, isNode, type LineCounter, visit } from 'yaml';
import type { PlacedFault } from '../config/layer.ts';
import { composeYaml } from './compose-yaml.ts';
import { describeYamlError } from './describe-yaml-error.ts';

/** More than a configuration can need, few enough that following them costs nothing. */
const mostAliases = 100;

export interface YamlText {
  readonly document: Document.Parsed;
  /** `file:line:col` of a node; of the beginning of the file for what is no node. */
  placeOf(node: unknown): string;
}

/** Parses a YAML text; what is wrong is said in our words, once a line. */
export function parseYaml(text: string, path: string): YamlText | { readonly faults: readonly PlacedFault[] } {
  try {
    const composed = composeYaml(text);
    const place = (offset: number) => placeIn(path, composed.lines, offset);
    if ('tooDeepAt' in composed) {
      return { faults: [{ place: place(composed.tooDeepAt), message: describeYamlError('RESOURCE_EXHAUSTION') }] };
    }
    const { document, secondAt } = composed;
    const errors: { code: ErrorCode; pos: readonly [number, number] }[] = [...document.errors, ...document.warnings];
    if (secondAt !== undefined) errors.push({ code: 'MULTIPLE_DOCS', pos: [secondAt, secondAt] });
    errors.sort((a, b) => a.pos[0] - b.pos[0]);
    const faults = errors.map(({ code, pos }) => ({ place: place(pos[0]), message: describeYamlError(code) }));
    if (faults.length > 0) return { faults: oneALine(faults) };
    const placeOf = (node: unknown) => place(isNode(node) ? (node.range?.[0] ?? 0) : 0);
    const alias = text.includes('*') ? firstAliasTooMany(document) : undefined;
    return alias === undefined
      ? { document, placeOf }
      : { faults: [{ place: placeOf(alias), message: tooManyAliases }] };
  } catch {
    return { faults: [{ place: `${path}:1:1`, message: describeYamlError('IMPOSSIBLE') }] };
  }
}

const tooManyAliases = `more than ${mostAliases} uses of aliases; expected few or none; write the values out`;

/** A node as plain data. Throws where an alias points nowhere or where aliases grow beyond measure. */
export function plainValue(node: unknown, document: Document.Parsed): unknown {
  return isNode(node) ? node.toJS(document, { maxAliasCount: mostAliases }) : null;
}

function placeIn(path: string, lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `${path}:${line}:${col}`;
}

function firstAliasTooMany(document: Document.Parsed): Alias | undefined {
  let count = 0;
  let found: Alias | undefined;
  visit(document, {
    Alias(_key, alias) {
      count += 1;
      if (count <= mostAliases) return undefined;
      found = alias;
      return visit.BREAK;
    },
  });
  return found;
}

function oneALine(faults: readonly PlacedFault[]): readonly PlacedFault[] {
  const byLine = new Map<string, PlacedFault>();
  for (const fault of faults) {
    const line = fault.place.slice(0, fault.place.lastIndexOf(':'));
    if (!byLine.has(line)) byLine.set(line, fault);
  }
  return [...byLine.values()];
}
