import { isoOf } from '../iso-time.ts';
import type { RunningSession } from './session-record.ts';
import type { AgentSessionSpec } from './session-spec.ts';
import { type SessionState, waitsFor } from './session-state.ts';

/** The record of a session that begins. */
export function beginRecord(
  spec: AgentSessionSpec,
  {
    key,
    serverId,
    startedAtMs,
  }: {
    readonly key: string;
    readonly serverId: string;
    readonly startedAtMs: number;
  },
): RunningSession {
  return {
    schema_version: 1,
    key,
    server_id: serverId,
    agent: spec.agent,
    session_id: '',
    pid: null,
    skill_command: spec.skillCommand,
    step_name: spec.stepName,
    order_id: spec.orderId,
    step_key: spec.stepKey,
    kitchen_id: serverId,
    cwd: spec.cwd,
    model: spec.model,
    started_at: isoOf(startedAtMs),
    ...stateOfRecord('preparing', startedAtMs, null),
    budget: spec.budget,
    marker: spec.marker,
    contract: spec.contract,
  };
}

/** The fields of a record that describe a state. @param untilMs when the state ends at the latest, in milliseconds since the epoch; null: at no set time */
export const stateOfRecord = (state: SessionState, sinceMs: number, untilMs: number | null) => ({
  state,
  state_since: isoOf(sinceMs),
  state_deadline: untilMs === null ? null : isoOf(untilMs),
  waits_for: waitsFor[state],
});
