import { listTools } from '../connect.mts';

// codex mcp add NAME -- COMMAND
const separator = process.argv.indexOf('--');
if (separator !== -1) await listTools(process.argv.slice(separator + 1));
