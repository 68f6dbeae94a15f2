import { listTools } from '../connect.mts';

// NAME mcp add SERVER -- COMMAND; gemini mcp add SERVER COMMAND; NAME mcp remove SERVER
const [, action, , ...rest] = process.argv.slice(2);
if (action === 'add') await listTools(rest.filter((argument, at) => at > 0 || argument !== '--'));
