// An MCP server without packages, to be wrapped: 20 tools that answer at once. It takes START_SECONDS to start.
const tools = Array.from({ length: 20 }, (_, index) => ({
  name: `tool_${index}`,
  description: `Reads part ${index} of a document and returns its text. Use it to look at a part before you change it.`,
  inputSchema: {
    type: 'object',
    properties: {
      path: { type: 'string', description: 'The path of the document, relative to the workspace.' },
      first_line: { type: 'integer', minimum: 1, description: 'The first line that is returned.' },
      last_line: { type: 'integer', minimum: 1, description: 'The last line that is returned.' },
      format: { type: 'string', enum: ['text', 'markdown', 'html'], description: 'How the text is returned.' },
    },
    required: ['path'],
  },
}));
const results = {
  initialize: {
    protocolVersion: '2025-11-25',
    capabilities: { tools: {} },
    serverInfo: { name: 'small-server', version: '1.0.0' },
  },
  // The mark tells this answer from one that was cached.
  'tools/list': { tools, _meta: { 'bench/from': 'server' } },
  'tools/call': { content: [{ type: 'text', text: 'The document has no such part.' }] },
  ping: {},
};
let rest = '';
setTimeout(
  () => {
    process.stdin.setEncoding('utf8');
    process.stdin.on('data', (chunk) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop();
      for (const line of lines) {
        const { id, method } = JSON.parse(line);
        // One write an answer, as the SDK does it.
        if (id !== undefined)
          process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result: results[method] })}\n`);
      }
    });
  },
  Number(process.env.START_SECONDS ?? 0) * 1_000,
);
