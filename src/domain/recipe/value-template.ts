import { type Diagnostic, type ExpressionScope, evaluate } from '../expression/evaluate.ts';
import { parseTemplate } from '../expression/parse-expression.ts';
import type { Template } from '../expression/syntax-tree.ts';
import { isJsonObject } from '../json-object.ts';

/** A JSON value whose texts are templates. */
export type ValueTemplate =
  | { readonly literal: unknown }
  | { readonly template: Template }
  | { readonly list: readonly ValueTemplate[] }
  | { readonly map: readonly (readonly [string, ValueTemplate])[] };

/** A text that is not a template stays as it is: that is an error of the recipe, which is not run then. */
export function parseValue(value: unknown): ValueTemplate {
  if (Array.isArray(value)) return { list: value.map(parseValue) };
  if (isJsonObject(value)) return { map: Object.entries(value).map(([key, each]) => [key, parseValue(each)]) };
  if (typeof value !== 'string' || !value.includes('${{')) return { literal: value };
  const template = parseTemplate(value);
  return 'fault' in template ? { literal: value } : { template };
}

export interface RenderedValue {
  /** undefined: a template that is one whole `${{ }}`, of something that does not exist. */
  readonly value: unknown;
  readonly diagnostics: readonly Diagnostic[];
}

/** Never throws. In a list and a map, what does not exist is null. */
export function renderValue(parsed: ValueTemplate, scope: ExpressionScope): RenderedValue {
  if ('literal' in parsed) return { value: parsed.literal, diagnostics: [] };
  if ('template' in parsed) return evaluate(parsed.template, scope);
  const entries = 'list' in parsed ? parsed.list.map((each, index) => [index, each] as const) : parsed.map;
  const rendered = entries.map(([key, each]) => ({ key, ...renderValue(each, scope) }));
  const pairs = rendered.map(({ key, value }) => [key, value ?? null] as const);
  return {
    value: 'list' in parsed ? pairs.map(([, value]) => value) : Object.fromEntries(pairs),
    diagnostics: rendered.flatMap(({ diagnostics }) => diagnostics),
  };
}

/** All templates in it. */
export function templatesIn(parsed: ValueTemplate): readonly Template[] {
  if ('literal' in parsed) return [];
  if ('template' in parsed) return [parsed.template];
  return 'list' in parsed ? parsed.list.flatMap(templatesIn) : parsed.map.flatMap(([, each]) => templatesIn(each));
}
