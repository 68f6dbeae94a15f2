import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { tools } from '../../src/tools/index.ts';

// The SDK's own server with the names, descriptions and inputs of our tools. Each tool gives the answer of close_kitchen.
const server = new McpServer(
  { name: 'mcp-server', version: '1.0.0' },
  { capabilities: { tools: { listChanged: true }, logging: {} } },
);
for (const { name, title, description, input } of tools) {
  server.registerTool(name, { title, description, inputSchema: input.shape }, () => ({
    content: [{ type: 'text', text: 'The kitchen is closed.' }],
  }));
}
void server.connect(new StdioServerTransport());
