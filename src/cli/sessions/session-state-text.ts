import { tokensOf } from '../../domain/agent-session/agent-event.ts';
import type { SettledEntry } from '../../domain/agent-session/session-summary.schema.ts';
import type { StreamDigest } from '../../domain/agent-session/stream-digest.ts';
import { secondText } from '../../domain/clock-text.ts';
import { durationText } from '../../domain/duration-text.ts';
import type { UnsettledSession } from '../../services/state/agent-sessions/read-sessions.ts';
import type { Paint } from '../report.ts';

export const lostText = 'lost (its server died; the next server to start records its outcome)';

/** In which state a session is, for programs: that of its chart, `lost` without a living owner, `recovering` while another server records it. */
const stateOf = ({ owner, isRecovered, record }: UnsettledSession): string => {
  if (!owner.isAlive) return 'lost';
  return isRecovered ? 'recovering' : (record?.state ?? 'unknown');
};

/** `running for 3 min 5 s, until 13:00:00 at the latest` */
export function stateText(session: UnsettledSession, paint: Paint): string {
  const { owner, record, isRecovered } = session;
  if (!owner.isAlive) return paint('bad', lostText);
  if (isRecovered) return paint('warning', `its server died; server ${owner.serverId} records it now`);
  if (record === null) return paint('warning', 'its record is damaged');
  const deadline = record.state_deadline === null ? NaN : Date.parse(record.state_deadline);
  const until = Number.isNaN(deadline) ? '' : `, until ${secondText(deadline)} at the latest`;
  return `${paint('good', record.state)} for ${durationText(sinceMs(record.state_since))}${until}`;
}

/** `succeeded`, `to be tried again (stale)`, `failed (timeout)` */
export function outcomeText(
  { success, needs_retry, subtype }: Pick<SettledEntry, 'success' | 'needs_retry' | 'subtype'>,
  paint: Paint,
): string {
  if (success) return paint('good', subtype === 'success' ? 'succeeded' : `succeeded (${subtype})`);
  return needs_retry ? paint('warning', `to be tried again (${subtype})`) : paint('bad', `failed (${subtype})`);
}

export const agentText = ({ agent, model, cwd }: Pick<SettledEntry, 'agent' | 'model' | 'cwd'>): string =>
  `${agent || 'an agent'}${model === null ? '' : ` with ${model}`}${cwd === '' ? '' : ` in ${cwd}`}`;

/** `step plan, order order-7`; empty for neither. */
export const stepText = ({ step_name, order_id }: Pick<SettledEntry, 'step_name' | 'order_id'>): string =>
  [...(step_name === '' ? [] : [`step ${step_name}`]), ...(order_id === '' ? [] : [`order ${order_id}`])].join(', ');

export const sinceMs = (time: string): number => Math.max(0, Date.now() - Date.parse(time));

/** snake_case, the times as ISO strings. */
export const unsettledJson = (session: UnsettledSession, digest: StreamDigest) => ({
  owner: { server_id: session.owner.serverId, alive: session.owner.isAlive },
  ...session.record,
  key: session.key,
  state: stateOf(session),
  ...(session.owner.isAlive && !session.isRecovered ? {} : { waits_for: null, state_deadline: null, pid: null }),
  state_of_record: session.record?.state ?? null,
  dir: session.dir,
  turns: digest.turns,
  tool_calls: digest.toolCalls,
  ...tokensOf(digest.usage),
  cost_usd: digest.result?.costUsd ?? null,
});
