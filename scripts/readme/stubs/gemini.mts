import { listTools } from '../connect.mts';

// gemini mcp add NAME COMMAND
await listTools(process.argv.slice(5));
