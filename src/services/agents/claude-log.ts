import { join } from 'node:path';
import type { AgentEvent } from '../../domain/agent-session/agent-event.ts';
import { parseJsonObject } from '../../domain/json-object.ts';
import { realPathOf } from '../platform/real-path.ts';
import type { AgentPlace } from './agent-adapter.ts';
import { eventsOfMessage } from './claude-records.ts';

/** A longer name is shortened to this, and a hash of the path is added. */
const longestName = 200;

/** The folder of the logs of sessions in a working directory: `<session id>.jsonl` each. */
export function claudeLogDir(cwd: string, { env, homeDir }: Pick<AgentPlace, 'env' | 'homeDir'>): string {
  const path = realPathOf(cwd);
  const name = path.replace(/[^A-Za-z0-9]/g, '-');
  const folder = name.length <= longestName ? name : `${name.slice(0, longestName)}-${hashOf(path)}`;
  return join(env.CLAUDE_CONFIG_DIR || join(homeDir, '.claude'), 'projects', folder);
}

/** The hash of Java's strings, in base 36. */
function hashOf(text: string): string {
  let hash = 0;
  for (let at = 0; at < text.length; at += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  return Math.abs(hash).toString(36);
}

/** Most of a log is not the conversation: of everything but what was said, called and returned there are no events. */
export function readClaudeLogLine(line: string): readonly AgentEvent[] {
  const record = parseJsonObject(line);
  return record?.type === 'assistant' || record?.type === 'user' ? eventsOfMessage(record) : [];
}
