import type { TokenUsage } from '../../domain/agent-session/agent-event.ts';
import type { SessionEvent } from '../../domain/agent-session/session-record.ts';
import { emptyDigest, foldAgentEvent, type StreamDigest } from '../../domain/agent-session/stream-digest.ts';
import { digitsText } from '../../domain/count-text.ts';

/** What the events of a session say of it. */
export interface SessionFigures {
  readonly digest: StreamDigest;
  /** How often each tool was called, in the order of the first calls. */
  readonly tools: ReadonlyMap<string, number>;
}

/** @param onEvent called with each event */
export async function readFigures(
  events: AsyncIterable<SessionEvent>,
  onEvent: (event: SessionEvent) => void = () => undefined,
): Promise<SessionFigures> {
  let digest = emptyDigest;
  const tools = new Map<string, number>();
  for await (const event of events) {
    onEvent(event);
    if (event.type === 'state' || event.type === 'leftOut') continue;
    digest = foldAgentEvent(digest, event);
    if (event.type === 'toolCall') tools.set(event.name, (tools.get(event.name) ?? 0) + 1);
  }
  return { digest, tools };
}

/** `1,240 tokens in, 300 out, 5,000 from the cache` */
export function tokensText(usage: TokenUsage): string {
  const written = usage.input_tokens + usage.cache_creation_input_tokens;
  const cached = usage.cache_read_input_tokens;
  const fromCache = cached === 0 ? '' : `, ${digitsText(cached)} from the cache`;
  return `${digitsText(written)} tokens in, ${digitsText(usage.output_tokens)} out${fromCache}`;
}
