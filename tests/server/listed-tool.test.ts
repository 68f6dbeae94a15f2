import { expect, it } from 'vitest';
import * as z from 'zod';
import { listedTool } from '../../src/server/listed-tool.ts';
import { defineTool } from '../../src/tools/define-tool.ts';

const tool = defineTool({
  name: 'brew',
  title: 'Brew',
  description: 'Brews.',
  category: 'Execution',
  tags: ['kitchen'],
  needs: [],
  effect: 'changes',
  openWorld: false,
  input: z.object({ cups: z.number().default(1).describe('How many.') }),
  output: () => z.string(),
  handler: () => 'tea',
});

it('A tool is listed with its input schema and annotations, and without an output schema', () => {
  expect(listedTool(tool)).toEqual({
    name: 'brew',
    title: 'Brew',
    description: 'Brews.',
    inputSchema: {
      type: 'object',
      properties: { cups: { type: 'number', default: 1, description: 'How many.' } },
      additionalProperties: false,
    },
    annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
  });
});

it.each([
  ['reads', true, { readOnlyHint: true, destructiveHint: false, openWorldHint: true }],
  ['destroys', false, { readOnlyHint: false, destructiveHint: true, openWorldHint: false }],
] as const)('The hints of a tool follow from its effect (%s) and its open world (%j)', (effect, openWorld, hints) => {
  expect(listedTool({ ...tool, effect, openWorld }).annotations).toEqual(hints);
});

it('A schema says a record of texts and a fixed value in keywords that every client takes', () => {
  const input = z.object({ notes: z.record(z.string(), z.string()), kind: z.literal('tea') });
  expect(listedTool({ ...tool, input, handler: () => 'tea' }).inputSchema).toEqual({
    type: 'object',
    additionalProperties: false,
    properties: {
      notes: { type: 'object', additionalProperties: { type: 'string' } },
      kind: { type: 'string', enum: ['tea'] },
    },
    required: ['notes', 'kind'],
  });
});
