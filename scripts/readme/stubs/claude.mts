import { listTools } from '../connect.mts';

// claude mcp add NAME -- COMMAND; claude mcp remove NAME
const separator = process.argv.indexOf('--');
if (separator !== -1) await listTools(process.argv.slice(separator + 1));
