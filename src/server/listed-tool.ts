import type { Tool as McpTool } from '@modelcontextprotocol/sdk/types.js';
import * as z from 'zod';
import type { AnyTool } from '../tools/index.ts';

/**
 * A tool as tools/list shows it. outputSchema is left out: with it, SDK clients drop error results, and one client
 * dropped every tool (docs/decisions/0004).
 */
export function listedTool({ name, title, description, effect, openWorld, input }: AnyTool): McpTool {
  const { $schema, ...inputSchema } = z.toJSONSchema(input, { io: 'input' });
  return {
    name,
    title,
    description,
    inputSchema: inputSchema as McpTool['inputSchema'],
    annotations: {
      readOnlyHint: effect === 'reads',
      destructiveHint: effect === 'destroys',
      openWorldHint: openWorld,
    },
  };
}
