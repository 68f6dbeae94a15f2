import { isoOf } from '../iso-time.ts';
import { isJsonObject } from '../json-object.ts';
import type { RateLimit } from './agent-event.ts';

/** What the API said about a rate limit, and to which session. */
export interface QuotaEvent extends RateLimit {
  /** Empty until the agent has named it. */
  readonly sessionId: string;
  readonly skillCommand: string;
}

/** A line of `quota_events.jsonl`. */
export interface QuotaRecord {
  /** ISO 8601, as all times here. */
  readonly ts: string;
  readonly event: RateLimit['status'];
  /** Empty if it was not named. */
  readonly window_name: string;
  /** In percent; null: not named. */
  readonly utilization: number | null;
  /** null: not named. */
  readonly resets_at: string | null;
  readonly session_id: string;
  readonly skill_command: string;
}

export const quotaRecordOf = (
  { status, window, utilization, resetsAtMs, sessionId, skillCommand }: QuotaEvent,
  nowMs: number,
): QuotaRecord => ({
  ts: isoOf(nowMs),
  event: status,
  window_name: window,
  utilization,
  resets_at: resetsAtMs === null ? null : isoOf(resetsAtMs),
  session_id: sessionId,
  skill_command: skillCommand,
});

const isText = (value: unknown) => typeof value === 'string';

const checks: Readonly<Record<keyof QuotaRecord, (value: unknown) => boolean>> = {
  ts: isText,
  event: (value) => value === 'allowed' || value === 'warning' || value === 'rejected',
  window_name: isText,
  utilization: (value) => value === null || typeof value === 'number',
  resets_at: (value) => value === null || isText(value),
  session_id: isText,
  skill_command: isText,
};

export const isQuotaRecord = (value: unknown): value is QuotaRecord =>
  isJsonObject(value) && Object.entries(checks).every(([key, isValid]) => isValid(value[key]));
