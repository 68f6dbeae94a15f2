import type { TokenUsage } from '../../domain/agent-session/agent-event.ts';
import { type SessionUsage, sessionUsageSchema } from '../../domain/agent-session/session-usage.schema.ts';
import { sumTokens } from '../../domain/agent-session/sum-tokens.ts';
import type { JsonObject } from '../../domain/json-object.ts';
import type { StateFolder } from '../../domain/state-folder.ts';
import { canonicalStepName } from '../../domain/step-name.ts';
import { createPace } from '../platform/pace.ts';
import { type AuditFiles, auditFiles } from './audit/audit-files.ts';
import { readFence, writeFence } from './audit/fence.ts';
import { windowMs } from './audit/read-audit.ts';
import { readSessionIndex } from './audit/session-index.ts';
import type { StepTiming, TimingLog } from './timing-log.ts';

/** What the sessions of one step used. */
export interface StepTokens {
  readonly stepName: string;
  readonly tokens: TokenUsage;
  readonly invocations: number;
  /** How long the sessions ran. */
  readonly elapsedMs: number;
  /** As in the report on times if that has the step, else `elapsedMs`. */
  readonly wallClockMs: number;
}

export interface StepReport<Step> {
  /** Each step once, in the order in which they first ran. */
  readonly steps: readonly Step[];
  /** Lines of the session index that could not be read, and the fence if it holds no timestamp. They are not counted. */
  readonly skippedLines: number;
}

/**
 * What the steps of recipes took, in tokens and in time: by the agent sessions of all servers on this state folder that settled in the last 24 hours,
 * since the last clear. A session without a step counts under the name of its skill; `plan-2` counts as `plan`.
 *
 * Each report reads the index of sessions again. It lets the event loop turn every few milliseconds.
 */
export interface SessionTelemetry {
  /**
   * @param orderId empty for all orders together
   * @throws AppError `unavailable`, naming the file and the fix, if the index or a fence exists but cannot be read; the signal's reason, within one
   * chunk (64 KiB) of its abort
   */
  tokens(orderId: string, signal: AbortSignal): Promise<StepReport<StepTokens>>;
  /**
   * The calls of this server, then the sessions of others. A session of this server that has a step is part of the call that ran it.
   * @throws as `tokens` does
   */
  timing(orderId: string, signal: AbortSignal): Promise<StepReport<StepTiming>>;
  /**
   * Forgets the tokens up to now, for every server; those of one order only for this server.
   * @throws AppError `unavailable`, naming the file; nothing is forgotten then
   */
  clearTokens(orderId: string): Promise<void>;
  /** The same for times. Other servers that run keep the times of their own calls. */
  clearTiming(orderId: string): Promise<void>;
}

export interface SessionTelemetryDeps {
  readonly stateFolder: StateFolder;
  readonly serverId: string;
  /** The calls of this server. */
  readonly timing: TimingLog;
  readonly files?: AuditFiles;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Milliseconds of a monotonic clock. */
  readonly clockMs?: () => number;
}

/** What is forgotten. */
interface Cleared {
  /** For every server: sessions that settled before. */
  readonly fenceFile: string;
  /** For this server: when it has cleared an order. */
  readonly orders: Map<string, number>;
}

/** A line of the index. `usage` null: of a session that is only known from its trace. */
interface IndexedSession {
  readonly settledAtMs: number;
  readonly usage: SessionUsage | null | 'unreadable';
}

interface CountedSession {
  readonly stepName: string;
  readonly usage: SessionUsage;
}

const chunkBytes = 64 * 1_024;

/** Later steps are counted together, under another name. */
const mostSteps = 2_000;
const otherSteps = '(other steps)';

/** Beyond them, the order that was cleared first shows again. */
const mostClearedOrders = 1_000;

export function createSessionTelemetry({
  stateFolder,
  serverId,
  timing: ownTiming,
  files = auditFiles,
  now = Date.now,
  clockMs = () => performance.now(),
}: SessionTelemetryDeps): SessionTelemetry {
  const tokensCleared: Cleared = { fenceFile: stateFolder.tokensClearedAtFile, orders: new Map() };
  const timingCleared: Cleared = { fenceFile: stateFolder.timingClearedAtFile, orders: new Map() };

  /** The sessions that are not forgotten. */
  async function read({ fenceFile, orders }: Cleared, orderId: string, signal: AbortSignal) {
    const reading = { files, signal, pace: createPace(clockMs), buffer: Buffer.allocUnsafeSlow(chunkBytes) };
    const fence = await readFence(reading, fenceFile);
    const sinceMs = Math.max(now() - windowMs, fence.atMs);
    const index = await readSessionIndex(reading, stateFolder.sessionIndexFile, sinceMs, indexedSession);
    let skippedLines = index.skippedLines + (fence.isBad ? 1 : 0);
    const sessions: CountedSession[] = [];
    for (const { settledAtMs, usage } of index.sessions.values()) {
      if (usage === 'unreadable') skippedLines += 1;
      else if (
        usage !== null &&
        settledAtMs > fence.atMs &&
        settledAtMs > (orders.get(usage.order_id) ?? Number.NEGATIVE_INFINITY) &&
        (orderId === '' || usage.order_id === orderId)
      )
        sessions.push({ usage, stepName: canonicalStepName(usage.step_name) || skillNameOf(usage.skill_command) });
    }
    return { sessions, skippedLines };
  }

  async function timing(orderId: string, signal: AbortSignal): Promise<StepReport<StepTiming>> {
    const { sessions, skippedLines } = await read(timingCleared, orderId, signal);
    const steps = new Map(ownTiming.report(orderId).map((step) => [step.stepName, step]));
    const isTimedCall = ({ key, step_name }: SessionUsage) =>
      key.startsWith(`${serverId}.`) && canonicalStepName(step_name) !== '';
    for (const { usage, ...found } of sessions) {
      if (isTimedCall(usage)) continue;
      const stepName = withRoomIn(steps, found.stepName);
      const { totalMs, invocations } = steps.get(stepName) ?? { totalMs: 0, invocations: 0 };
      steps.set(stepName, { stepName, totalMs: totalMs + elapsedMsOf(usage), invocations: invocations + 1 });
    }
    return { steps: [...steps.values()], skippedLines };
  }

  async function clear({ fenceFile, orders }: Cleared, orderId: string): Promise<void> {
    if (orderId === '') {
      await writeFence(fenceFile, now());
      orders.clear();
      return;
    }
    orders.delete(orderId);
    orders.set(orderId, now());
    const [oldest] = orders.keys();
    if (orders.size > mostClearedOrders && oldest !== undefined) orders.delete(oldest);
  }

  return {
    timing,
    async tokens(orderId, signal) {
      const { sessions, skippedLines } = await read(tokensCleared, orderId, signal);
      const steps = new Map<string, Omit<StepTokens, 'wallClockMs'>>();
      for (const { usage, ...found } of sessions) {
        const stepName = withRoomIn(steps, found.stepName);
        const before = steps.get(stepName);
        steps.set(stepName, {
          stepName,
          tokens: sumTokens(before === undefined ? [usage] : [before.tokens, usage]),
          invocations: (before?.invocations ?? 0) + 1,
          elapsedMs: (before?.elapsedMs ?? 0) + elapsedMsOf(usage),
        });
      }
      const timed = new Map((await timing(orderId, signal)).steps.map(({ stepName, totalMs }) => [stepName, totalMs]));
      return {
        steps: [...steps.values()].map((step) => ({
          ...step,
          wallClockMs: timed.get(step.stepName) ?? step.elapsedMs,
        })),
        skippedLines,
      };
    },
    clearTokens: (orderId) => clear(tokensCleared, orderId),
    async clearTiming(orderId) {
      await clear(timingCleared, orderId);
      ownTiming.clear(orderId);
    },
  };
}

function indexedSession(entry: JsonObject, settledAtMs: number): IndexedSession {
  if (entry.key === undefined) return { settledAtMs, usage: null };
  const { data } = sessionUsageSchema.safeParse(entry);
  return { settledAtMs, usage: data ?? 'unreadable' };
}

/** The skill that a command names: `make-plan` of `/make-plan add a box`. */
function skillNameOf(skillCommand: string): string {
  const [, name = ''] = /^\s*\/?(?:maitred:)?(\S+)/.exec(skillCommand) ?? [];
  return canonicalStepName(name) || '(no step)';
}

const withRoomIn = (steps: ReadonlyMap<string, unknown>, stepName: string): string =>
  steps.has(stepName) || steps.size < mostSteps ? stepName : otherSteps;

const elapsedMsOf = ({ elapsed_seconds }: SessionUsage): number => elapsed_seconds * 1_000;
