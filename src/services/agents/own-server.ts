import { join } from 'node:path';
import { encodeJson } from '../../domain/encode-json.ts';
import { writeFileAtomically } from '../platform/files.ts';
import type { AgentPlace } from './agent-adapter.ts';

/** How agents name the tools of a server that is called maitred. */
const ownTools = 'mcp__maitred__';

/** Whether a session needs a maitred of its own: one of its tools is ours. */
export const needsOwnServer = (neededTools: readonly string[]): boolean =>
  neededTools.some((tool) => tool.startsWith(ownTools));

/**
 * Writes the MCP configuration of a session with a maitred of its own, which offers what headless sessions may call.
 * @returns its path @throws AppError `unavailable`
 */
export async function writeOwnServer({
  execPath,
  programDir,
  sessionDir,
}: Pick<AgentPlace, 'execPath' | 'programDir' | 'sessionDir'>): Promise<string> {
  const file = join(sessionDir, 'mcp.json');
  const maitred = { type: 'stdio', command: execPath, args: [join(programDir, 'maitred.js'), 'serve'] };
  await writeFileAtomically(file, `${encodeJson({ mcpServers: { maitred } }, 2)}\n`);
  return file;
}
