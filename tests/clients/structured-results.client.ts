import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import type { JsonObject } from '../../src/domain/json-object.ts';
import { aWorld, type World } from '../support/spawned-server.ts';
import type { Client } from './client.ts';
import { clientProgram } from './client-program.ts';
import type { ClientProgram } from './install-clients.ts';
import { realClients } from './real-clients.ts';
import type { ScriptedCall, ScriptedModel } from './scripted-model.ts';

const listedServer = resolve('tests/clients/fixtures/listed-server.cjs');

const anObject = (source: JsonObject, more: JsonObject = {}): JsonObject => ({
  type: 'object',
  properties: { source },
  required: ['source'],
  ...more,
});
const outputSchema = anObject({ type: 'string', description: 'from_the_schema' });
const content = [{ type: 'text', text: 'from_the_text' }];
const fitting = { content, structuredContent: { source: 'from_the_structure' } };
const misfitting = { content, structuredContent: { other: 'from_the_structure' } };

/** What a model gets of an answer. */
type Reads = 'text' | 'structure' | 'both' | 'nothing';

interface Answer {
  readonly result: JsonObject;
  readonly schema?: JsonObject;
  /** Measured on 2026-11-30 with the versions in install-clients.ts: the table of decision 4. */
  readonly reads: Readonly<Record<ClientProgram, Reads>>;
}

const reads = (claude: Reads, codex: Reads, gemini: Reads, opencode: Reads) => ({ claude, codex, gemini, opencode });

const error = { content: [{ type: 'text', text: '{"success":false,"error":"from_the_text"}' }], isError: true };

const answers: Readonly<Record<string, Answer>> = {
  text: { result: { content }, reads: reads('text', 'text', 'text', 'text') },
  structured: { result: fitting, reads: reads('structure', 'structure', 'text', 'text') },
  declared: { result: fitting, schema: outputSchema, reads: reads('structure', 'structure', 'text', 'text') },
  misfit: { result: misfitting, schema: outputSchema, reads: reads('structure', 'structure', 'nothing', 'nothing') },
  missing: { result: { content }, schema: outputSchema, reads: reads('text', 'text', 'nothing', 'nothing') },
  error: { result: error, reads: reads('text', 'text', 'text', 'text') },
  error_declared: { result: error, schema: outputSchema, reads: reads('text', 'text', 'nothing', 'text') },
  error_not_json: {
    result: { content, isError: true },
    schema: outputSchema,
    reads: reads('text', 'text', 'text', 'text'),
  },
  error_fitting: {
    result: { ...fitting, isError: true },
    schema: outputSchema,
    reads: reads('text', 'structure', 'both', 'text'),
  },
  error_misfit: {
    result: { ...misfitting, isError: true },
    schema: outputSchema,
    reads: reads('text', 'structure', 'nothing', 'nothing'),
  },
};

/** What zod writes, each in the schema of a tool. */
const schemas: Readonly<Record<string, JsonObject>> = {
  nullable: anObject({ anyOf: [{ type: 'string' }, { type: 'null' }] }),
  list_of_types: anObject({ type: ['string', 'null'] }),
  literal: anObject({ type: 'string', const: 'from_the_structure' }),
  record: { type: 'object', propertyNames: { type: 'string' }, additionalProperties: { type: 'string' } },
  recursive: anObject({ $ref: '#/$defs/text' }, { $defs: { text: { type: 'string' } } }),
  dialect: anObject({ type: 'string' }, { $schema: 'https://json-schema.org/draft/2020-12/schema' }),
  tuple: anObject({ type: 'string' }, { additionalProperties: { type: 'array', prefixItems: [{ type: 'string' }] } }),
  closed: anObject({ type: 'string' }, { additionalProperties: false }),
  union: { type: 'object', anyOf: [anObject({ type: 'string' }), anObject({ type: 'number' })] },
};

const unionWithoutType = { anyOf: [anObject({ type: 'string' }), anObject({ type: 'number' })] };

/** Runs a session whose model calls each of these tools once. */
async function aSession(client: Client, tools: Readonly<Record<string, Pick<Answer, 'result' | 'schema'>>>) {
  const world = aWorld();
  const file = join(world.homeDir, 'tools.json');
  const entries = Object.entries(tools).map(([name, { result, schema }]) => {
    const inputSchema = { type: 'object', properties: {} };
    const _meta = { 'anthropic/alwaysLoad': true };
    return { tool: { name, description: 'Answers.', inputSchema, outputSchema: schema, _meta }, result };
  });
  writeFileSync(file, JSON.stringify(entries));
  const calls = Object.keys(tools).map((name): ScriptedCall => [name, {}]);
  return aSessionWith(client, world, [listedServer, file], calls);
}

/** Runs a session whose model makes these calls to the server that Node runs with these arguments. */
async function aSessionWith(client: Client, world: World, args: readonly string[], calls: readonly ScriptedCall[]) {
  const model = await client.startModel(calls.map(([tool, given]) => [client.toolName(tool), given]));
  const { MAITRED_STATE_DIR = '' } = world.env;
  const server = { command: process.execPath, args, env: { MAITRED_STATE_DIR } };
  const { code, stderr } = await client.runSession(world, server, model.url);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return model;
}

/** What the model got of each answer, by the name of the tool. */
const readBy = ({ results }: ScriptedModel, tools: object): Readonly<Record<string, Reads>> =>
  Object.fromEntries(Object.keys(tools).map((name, at) => [name, readsOf(results[at] ?? '')]));

function readsOf(result: string): Reads {
  const [text, structure] = ['from_the_text', 'from_the_structure'].map((mark) => result.includes(mark));
  if (text && structure) return 'both';
  if (text) return 'text';
  return structure ? 'structure' : 'nothing';
}

const withSchemas = (all: Readonly<Record<string, JsonObject>>) =>
  Object.fromEntries(Object.entries(all).map(([name, schema]) => [name, { result: fitting, schema }]));

describe.each(realClients)('To the model of %s', (_, client) => {
  beforeEach(() => void clientProgram(client.program));

  it('come the answer of a tool of maitred, and the text of its error', async () => {
    const calls: ScriptedCall[] = [
      ['kitchen_status', {}],
      ['open_kitchen', { name: 'a-recipe' }],
    ];
    const server = [join(inject('programDir'), 'maitred.js'), 'serve'];
    const { results } = await aSessionWith(client, aWorld(), server, calls);
    expect(results).toEqual([
      expect.stringContaining('tools_enabled'),
      expect.stringContaining('this version has no recipes'),
    ]);
  });

  it('comes of each answer what the table of decision 4 says, and no output schema', async () => {
    const model = await aSession(client, answers);
    const expected = Object.entries(answers).map(([name, answer]) => [name, answer.reads[client.program]]);
    expect(readBy(model, answers)).toEqual(Object.fromEntries(expected));
    expect(model.requests[0]).toContain('error_misfit');
    expect(model.requests[0]).not.toContain('from_the_schema');
  });

  it('come the answers of tools whose output schemas have keywords that are refused in input schemas', async () => {
    const tools = withSchemas(schemas);
    expect(Object.values(readBy(await aSession(client, tools), tools))).not.toContain('nothing');
  });

  it('comes a tool whose output schema is no object at the top, except from Gemini CLI, which drops the whole list', async () => {
    const tools = { ...withSchemas({ unionWithoutType }), text: { result: { content } } };
    const all = Object.values(readBy(await aSession(client, tools), tools));
    if (client.program === 'gemini') expect(all).toEqual(['nothing', 'nothing']);
    else expect(all).not.toContain('nothing');
  });
});
