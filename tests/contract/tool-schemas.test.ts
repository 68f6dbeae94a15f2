import { describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject } from '../../src/domain/json-object.ts';
import { readBuiltProgram } from '../support/read-built-program.ts';

/**
 * Keywords of JSON Schema for which a client refused a tool, or the whole list (Gemini CLI 0.61 for one `propertyNames`), or that it did not pass on
 * to its model. 2026-11, with the clients Claude Code 2.1.332, Codex CLI 0.171, Gemini CLI 0.61, opencode 1.18 and MCP Inspector 2.12.
 */
const refusedAnywhere = [
  'propertyNames',
  'patternProperties',
  '$ref',
  '$defs',
  '$schema',
  'const',
  'not',
  'if',
  'then',
  'else',
  'unevaluatedProperties',
  'dependentRequired',
];
const refusedAtTheTop = ['anyOf', 'oneOf', 'allOf'];

/** Members that hold schemas by names of our own, which are no keywords. */
const schemasByName = ['properties'];

function keywordsIn(schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap(keywordsIn);
  if (!isJsonObject(schema)) return [];
  return Object.entries(schema).flatMap(([key, value]) => [
    key,
    ...(schemasByName.includes(key) ? Object.values(value as JsonObject) : [value]).flatMap(keywordsIn),
  ]);
}

interface Listed {
  readonly name: string;
  readonly inputSchema: JsonObject;
  readonly outputSchema?: JsonObject;
}

/** As the front sends them. */
const listed = readBuiltProgram().handshake.tools.map(({ json }) => JSON.parse(json) as Listed);

describe.each(listed)('The schemas of $name in tools/list', ({ inputSchema, outputSchema }) => {
  const schemas = [inputSchema, outputSchema].filter((schema) => schema !== undefined);

  it('are of an object, and no client refuses a keyword in them', () => {
    for (const schema of schemas) {
      expect(schema.type).toBe('object');
      expect(Object.keys(schema).filter((key) => refusedAtTheTop.includes(key))).toEqual([]);
      expect(keywordsIn(schema).filter((key) => refusedAnywhere.includes(key))).toEqual([]);
    }
  });
});
