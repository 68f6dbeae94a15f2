import type { AgentEvent } from '../../domain/agent-session/agent-event.ts';
import { type JsonObject, parseJsonObject } from '../../domain/json-object.ts';
import type { AgentStreamReader } from './agent-adapter.ts';
import { apiRetryOf, eventsOfMessage, eventsOfResult, initOf, rateLimitOf, textOf } from './claude-records.ts';

/** The kind of an unknown record is a stranger's text. */
const longestKind = 80;

/** Reads what `claude -p --output-format stream-json` prints: one record a line. */
export function createClaudeReader(): AgentStreamReader {
  let sessionId = '';
  let isLimitKnown = false;

  const eventsOf = (record: JsonObject): readonly AgentEvent[] => {
    switch (record.type) {
      case 'assistant':
      case 'user':
        return eventsOfMessage(record);
      case 'result':
        return eventsOfResult(record, isLimitKnown);
      case 'rate_limit_event': {
        const limit = rateLimitOf(record);
        if (limit === null) break;
        isLimitKnown ||= limit.status === 'rejected';
        return [{ type: 'rateLimit', limit }];
      }
      case 'system':
        if (record.subtype === 'init') return [initOf(record)];
        if (record.subtype === 'api_retry') return [apiRetryOf(record)];
        break;
    }
    const kind = [textOf(record.type), textOf(record.subtype)].filter((part) => part !== '').join('/');
    return [{ type: 'other', kind: kind.slice(0, longestKind) }];
  };

  return {
    line(line, sizeBytes) {
      if (line?.trim() === '') return [];
      const record = line === null ? null : parseJsonObject(line);
      if (record === null) return [{ type: 'unreadable', sizeBytes }];
      const events = eventsOf(record);
      const named = textOf(record.session_id);
      if (named === '' || named === sessionId) return events;
      sessionId = named;
      return events[0]?.type === 'init' ? events : [{ type: 'sessionId', sessionId }, ...events];
    },
    end: () => [],
  };
}
