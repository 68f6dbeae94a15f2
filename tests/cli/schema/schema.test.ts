import { describe, expect, it } from 'vitest';
import { runProgram } from '../run-program.ts';

describe('maitred schema config', () => {
  it('prints a JSON Schema that an editor can read', async () => {
    const { out, err, exits } = await runProgram(['schema', 'config']);
    expect({ err, exits }).toEqual({ err: '', exits: [0] });
    expect(JSON.parse(out)).toMatchObject({
      $schema: 'http://json-schema.org/draft-07/schema#',
      properties: { shutdown: { properties: { drain_ms: { default: 1000, maximum: 60_000 } } } },
    });
  });
});

describe('maitred schema recipe', () => {
  it('prints a JSON Schema with the keys of recipes, inputs and steps', async () => {
    const { out, err, exits } = await runProgram(['schema', 'recipe']);
    expect({ err, exits }).toEqual({ err: '', exits: [0] });
    expect(JSON.parse(out)).toMatchObject({
      $schema: 'http://json-schema.org/draft-07/schema#',
      required: ['name'],
      properties: {
        inputs: {
          additionalProperties: { anyOf: [{ properties: { type: { enum: expect.any(Array) } } }, { type: 'null' }] },
        },
        steps: { additionalProperties: { properties: { retries: { minimum: 0 } }, additionalProperties: false } },
      },
    });
  });
});
