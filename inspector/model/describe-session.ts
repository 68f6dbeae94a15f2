import type { TokenUsage } from '../../src/domain/agent-session/agent-event.ts';
import { digitsText } from '../../src/domain/count-text.ts';
import { innermostStates } from './active-states.ts';
import { actorStatusText } from './actor-status.ts';
import { formatValue } from './format-value.ts';
import type { ActorAt } from './recording.ts';
import type { Turn, TurnCall } from './session-timeline.ts';
import { membersOf, type SeenPart, wordIn } from './session-values.ts';

/** Whether the actor is the chart of an agent session. */
export const isSession = ({ kind, src }: ActorAt): boolean => kind === 'machine' && src === 'agentSession';

/** The session that an actor belongs to: itself, or the nearest one that it was started by; null: it belongs to none. */
export function sessionOf(actor: ActorAt | null, actorAt: (sessionId: string) => ActorAt | null): ActorAt | null {
  const seen = new Set<string>();
  for (let at = actor; at !== null && !seen.has(at.sessionId); ) {
    if (isSession(at)) return at;
    seen.add(at.sessionId);
    const by = at.parentId ?? at.startedBy;
    at = by === null ? null : actorAt(by);
  }
  return null;
}

/** The state of its chart; of one that has ended how it ended, in the chart's word. */
export function describeSessionState({ active, snapshot }: ActorAt): string {
  const { status, output } = snapshot.snapshot;
  if (status === 'active') return innermostStates(active).join(', ');
  const ending = wordIn(membersOf(output).ending);
  return status === 'done' && ending !== '' ? `ended: ${ending}` : actorStatusText(status);
}

/** `1,240 in, 300 out, 5,000 cached`; empty where none were used. */
export function tokensText(tokens: TokenUsage): string {
  const { input_tokens, output_tokens, cache_creation_input_tokens, cache_read_input_tokens } = tokens;
  const parts: readonly (readonly [number, string])[] = [
    [input_tokens + cache_creation_input_tokens, 'in'],
    [output_tokens, 'out'],
    [cache_read_input_tokens, 'cached'],
  ];
  const used = parts.filter(([count]) => count > 0);
  return used.map(([count, word]) => `${digitsText(count)} ${word}`).join(', ');
}

/** The arguments of a tool call on one line. */
export function inputText({ input }: TurnCall): string {
  const text = input === null ? '' : formatValue(input, mostShown);
  return text.startsWith('{') ? text.replace(/^\{ ?| ?\}$/g, '') : text;
}

/** About two lines of a panel. */
const mostShown = 120;

/** The first line of a result that is not empty. */
export const resultText = ({ text }: SeenPart): string => text.trimStart().split('\n', 1)[0]?.slice(0, mostShown) ?? '';

/** How long a call ran, up to the given time if it still runs; null: not known. */
export function callMs({ atMs, status, input, result }: TurnCall, nowMs: number): number | null {
  if (input === null) return null;
  const endMs = result?.atMs ?? (status === 'running' ? nowMs : null);
  return endMs === null ? null : Math.max(0, endMs - atMs);
}

/** How long a turn took: to its last event, or up to the given time while one of its calls runs. */
export function turnMs({ fromMs, toMs, parts }: Turn, nowMs: number): number {
  const isRunning = parts.some((part) => part.kind === 'call' && part.status === 'running');
  return Math.max(0, (isRunning ? Math.max(nowMs, toMs) : toMs) - fromMs);
}
