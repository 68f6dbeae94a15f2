import type { Tool as McpTool } from '@modelcontextprotocol/sdk/types.js';
import * as z from 'zod';
import type { AnyTool } from '../tools/index.ts';

/** A tool as tools/list shows it. outputSchema is left out: with it, one client loses our errors (docs/decisions/0004). */
export function listedTool({ name, title, description, effect, openWorld, input }: AnyTool): McpTool {
  const { $schema, ...inputSchema } = z.toJSONSchema(input, { io: 'input', override: leaveOutRareKeywords });
  return {
    name,
    title,
    description,
    inputSchema: { ...(inputSchema as McpTool['inputSchema']), additionalProperties: false },
    annotations: {
      readOnlyHint: effect === 'reads',
      destructiveHint: effect === 'destroys',
      openWorldHint: openWorld,
    },
  };
}

/** Some clients refuse the whole list for one keyword that they do not know. The server still validates what these say. */
function leaveOutRareKeywords({ jsonSchema }: { readonly jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  delete jsonSchema.propertyNames;
  if (jsonSchema.const === undefined) return;
  jsonSchema.enum = [jsonSchema.const];
  delete jsonSchema.const;
}
