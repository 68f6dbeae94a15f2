import type { AgentEvent } from '../../domain/agent-session/agent-event.ts';
import type { AgentStreamReader } from './agent-adapter.ts';
import { readAgentEvent } from './read-agent-event.ts';

/** Reads the output of an agent that prints our own events, one JSON object a line. */
export const createEventReader = (): AgentStreamReader => ({
  line: (line, sizeBytes) => (line === null ? [{ type: 'unreadable', sizeBytes }] : readEventLine(line)),
  end: () => [],
});

/** The event of a line; none for an empty line. */
export function readEventLine(line: string): readonly AgentEvent[] {
  if (line.trim() === '') return [];
  return [readAgentEvent(line) ?? { type: 'unreadable', sizeBytes: Buffer.byteLength(line) }];
}
