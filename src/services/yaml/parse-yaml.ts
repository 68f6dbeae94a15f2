import { type Alias, type Document, type ErrorCode, isAlias, isNode, visit } from 'yaml';
import type { PlacedFault } from '../../domain/placed-fault.ts';
import { composeYaml } from './compose-yaml.ts';
import { describeYamlError } from './describe-yaml-error.ts';

/** More than people write, few enough to follow at no cost. */
const mostAliases = 100;

export interface YamlText {
  /** null for a text without content. */
  readonly root: unknown;
  /** `file:line:col` of a node; `file:1:1` for anything else. */
  placeOf(node: unknown): string;
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
    const excess = text.includes('*') ? firstExcessAlias(document) : undefined;
    if (excess !== undefined) return { faults: [{ place: placeOf(excess), message: tooManyAliases }] };
    return {
      root: document.contents,
      placeOf,
      resolve: (node) => (isAlias(node) ? node.resolve(document) : node),
      plainValue: (node) => (isNode(node) ? node.toJS(document, { maxAliasCount: mostAliases }) : null),
    };
  } catch {
    return { faults: [{ place: `${path}:1:1`, message: describeYamlError('IMPOSSIBLE') }] };
  }
}

const tooManyAliases = `more than ${mostAliases} aliases; expected few or none; write the values out`;

function firstExcessAlias(document: Document.Parsed): Alias | undefined {
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

function firstOfEachLine(faults: readonly PlacedFault[]): readonly PlacedFault[] {
  const byLine = new Map<string, PlacedFault>();
  for (const fault of faults) {
    const line = fault.place.slice(0, fault.place.lastIndexOf(':'));
    if (!byLine.has(line)) byLine.set(line, fault);
  }
  return [...byLine.values()];
}
