import { adjudicate, limitRetries } from '../domain/agent-session/adjudicate.ts';
import type { AgentEvent } from '../domain/agent-session/agent-event.ts';
import { killReasonOf, stopReasonOf } from '../domain/agent-session/end-reasons.ts';
import { explainFailure } from '../domain/agent-session/explain-failure.ts';
import { nudgePrompt, resumePrompt } from '../domain/agent-session/prompt.ts';
import type { QuotaEvent } from '../domain/agent-session/quota-event.ts';
import { pauseOf } from '../domain/agent-session/rate-limit.ts';
import { createRetryCounts } from '../domain/agent-session/retry-counts.ts';
import { beginRecord, stateOfRecord } from '../domain/agent-session/running-session.ts';
import { createServerBudget } from '../domain/agent-session/server-budget.ts';
import { budgetTokensOf } from '../domain/agent-session/session-budget.ts';
import type {
  SessionEnding,
  SessionEvidence,
  SessionOutcome,
  SkillResult,
} from '../domain/agent-session/session-outcome.ts';
import type { AgentName, AgentSessionSpec } from '../domain/agent-session/session-spec.ts';
import { type SessionState, stateLimitMs } from '../domain/agent-session/session-state.ts';
import { skillResultOf } from '../domain/agent-session/skill-result.ts';
import { emptyDigest, usageOf } from '../domain/agent-session/stream-digest.ts';
import { AppError, appErrorOf, type Fault, toFault } from '../domain/app-error.ts';
import { encodeJson } from '../domain/encode-json.ts';
import { hashText } from '../domain/hash-text.ts';
import type { StartedBy } from '../domain/inspection.ts';
import { isoOf } from '../domain/iso-time.ts';
import type { Log } from '../domain/log-record.ts';
import type { CallSpending } from '../domain/recipe/run-spending.ts';
import type { Redactor } from '../domain/redact.ts';
import { createThrottle } from '../domain/throttle.ts';
import { within } from '../domain/within.ts';
import {
  type AgentSessionContext,
  type AgentSessionEvent,
  type AgentSessionWork,
  agentSessionWork,
  createAgentSessionMachine,
} from '../machines/agent-session.machine.ts';
import type { WorkScope } from '../machines/define-work.ts';
import type { AgentAdapter, AgentPlace, AgentRound } from '../services/agents/agent-adapter.ts';
import { type AgentSession, createAgentSession } from '../services/agents/agent-session.ts';
import { needsOwnServer, writeOwnServer } from '../services/agents/own-server.ts';
import { type Prices, requireHeldBudget } from '../services/agents/prices.ts';
import type { ProcessTrace, ProcessTraces } from '../services/agents/process-trace.ts';
import type { Contamination, SourceClones, SourceSnapshot } from '../services/agents/source-clone.ts';
import type { ConnectedProcesses } from '../services/platform/process/child-processes.ts';
import type { ProcessTable } from '../services/platform/process/process-table.ts';
import { filesIn } from '../services/state/agent-sessions/session-dir.ts';
import type { OpenSession, SessionStore } from '../services/state/agent-sessions/session-store.ts';
import { type RunnerDeps, RunTable, runChart } from './run-chart.ts';
import type { Workers } from './worker-registry.ts';

/** Where a session is. */
export interface SessionProgress {
  readonly state: SessionState;
  readonly elapsedMs: number;
  readonly turns: number;
  readonly toolInUse: string | null;
  readonly tokens: number;
  /** null: unknown. */
  readonly costUsd: number | null;
  /** When a pause ends, in milliseconds since the epoch; null: it is not paused. */
  readonly pausedUntilMs: number | null;
}

export interface AgentSessionReport {
  readonly outcome: SessionOutcome;
  readonly result: SkillResult;
  readonly ending: SessionEnding;
  /** Which limit ended it; null: none did. */
  readonly stopReason: string | null;
  /** null: unknown. */
  readonly costUsd: number | null;
  /** The folder with the files of the session; null: it could not be written. */
  readonly dirName: string | null;
  /** Why it has not succeeded, and what went wrong beside it, as sentences. */
  readonly remarks: readonly string[];
}

export interface AgentSessionOptions {
  /** Aborted: the session is ended, with everything that it started. */
  readonly signal: AbortSignal;
  readonly startedBy?: StartedBy;
  /** Called when the state changes, and at most once a second while it runs. */
  onProgress?(progress: SessionProgress): void;
  /** Called with what it has used so far, whenever there is progress; and last of all when it has ended, also by its signal. */
  onSpending?(spent: CallSpending): void;
  /**
   * Called with the folder of the session before its agent starts: for what the session alone may see.
   * @returns the folders with skills to show to the agent
   */
  fillDir?(sessionDir: string): Promise<readonly string[]>;
}

/** Runs coding agents without a person. */
export interface AgentSessions {
  /**
   * Runs a session to its end. A session that fails is a report, not an error.
   * @throws AppError `not_found` where the agent is not installed, `invalid_input` for a budget that cannot be held, `unavailable` where the
   * state folder cannot be written and during a shutdown; the signal's reason if it was aborted before the session completed
   */
  run(spec: AgentSessionSpec, options: AgentSessionOptions): Promise<AgentSessionReport>;
}

export type AgentSessionRunner = AgentSessions & Required<Pick<Workers, 'drain' | 'whenSettled'>>;

export interface AgentSessionRunnerDeps extends RunnerDeps {
  readonly serverId: string;
  readonly log: Log;
  readonly redact: Redactor;
  agentOf(name: AgentName): AgentAdapter;
  readonly place: Omit<AgentPlace, 'sessionDir'>;
  readonly processes: ConnectedProcesses;
  readonly table: ProcessTable;
  readonly traces: ProcessTraces;
  readonly store: SessionStore;
  readonly prices: Prices;
  readonly sourceClones: SourceClones;
  /** Of all sessions of this server together. null: none. */
  readonly serverBudget: { readonly tokens: number | null; readonly usd: number | null };
  isShuttingDown(): boolean;
  onQuota(event: QuotaEvent): void;
  /** Called with each event of a session. @param startedBy an actor of its chart */
  onEvent(startedBy: StartedBy, event: AgentEvent): void;
}

interface SessionRun {
  readonly spec: AgentSessionSpec;
  readonly options: AgentSessionOptions;
  readonly key: string;
  readonly startedAtMs: number;
  readonly adapter: AgentAdapter;
  /** Settles when no preparation goes on. Never rejects. */
  preparing: Promise<unknown>;
  /** null until it is prepared. */
  prepared: PreparedSession | null;
  /** The limits that it was told, hashed. */
  readonly limitsTold: Set<string>;
  /** How many pauses were asked for. */
  pauses: number;
  /** How its last process but the nudge ended. */
  last: Pick<SessionEvidence, 'channel' | 'exit' | 'killReason' | 'stderrTail'>;
  outcome: SessionOutcome | null;
  report: AgentSessionReport | null;
  /** Why its process could not be started. */
  startFault: Fault | null;
  over: Promise<unknown>;
  notifyProgress(): void;
  cancel(): void;
}

interface PreparedSession {
  readonly open: OpenSession;
  readonly session: AgentSession;
  readonly trace: ProcessTrace;
  /** The working directory before, where a worktree skill may contaminate it. */
  readonly snapshot: SourceSnapshot | null;
}

type EndedContext = Pick<AgentSessionContext, 'ending' | 'spent' | 'wasNudged'>;

const progressEveryMs = 1_000;
/** What is prepared when a session is cancelled. */
const lastPrepareMs = 2_000;

export function createAgentSessionRunner(deps: AgentSessionRunnerDeps): AgentSessionRunner {
  const runs = new RunTable<SessionRun>();
  const retries = createRetryCounts();
  const serverBudget = createServerBudget(deps.serverBudget);

  const spentByServer = () =>
    serverBudget.spentWith([...runs.values()].flatMap(({ prepared }) => prepared?.session ?? []));

  /** @throws the signal's reason; nothing is left then, as after any error */
  const prepare = async (run: SessionRun, { signal, startedBy }: WorkScope): Promise<PreparedSession> => {
    const { spec, adapter, options } = run;
    await requireHeldBudget(spec, deps.serverBudget, deps.prices);
    const overSpent = spentByServer();
    if (overSpent !== null)
      throw new AppError(
        'forbidden',
        `The budget of this server for agent sessions is spent (${overSpent}): restart the server, which begins a new budget, or raise run_skill.server_budget_tokens or run_skill.server_budget_usd first.`,
      );
    const open = await deps.store.begin(recordOf(run, deps));
    try {
      const skillDirs = (await options.fillDir?.(open.dir)) ?? spec.skillDirs;
      const snapshot = spec.contract.makesWorktree ? await deps.sourceClones.snapshot(spec.cwd, startedBy) : null;
      signal.throwIfAborted();
      const place = { ...deps.place, sessionDir: open.dir };
      const mcp = needsOwnServer(spec.contract.neededTools) ? { mcpConfigFile: await writeOwnServer(place) } : {};
      const trace = deps.traces.begin(filesIn(open.dir));
      const session: AgentSession = createAgentSession({
        spec: { ...spec, skillDirs, ...mcp },
        adapter,
        place,
        processes: deps.processes,
        table: deps.table,
        trace,
        prices: deps.prices,
        // What cannot be counted cannot be held.
        spentByServer: () =>
          deps.serverBudget.usd !== null && session.costUsd === null ? 'server_usd' : spentByServer(),
        redact: deps.redact.text,
        onUnpriced(problem) {
          deps.log.warning('prices_not_loaded', { session: run.key, error: toFault(problem).message });
          return null;
        },
        onEvent(event) {
          noteEvent(run, open, event, deps);
          deps.onEvent(startedBy, event);
        },
      });
      session.subscribe(run.notifyProgress);
      return { open, session, trace, snapshot };
    } catch (problem) {
      await open.discard();
      throw problem;
    }
  };

  const preparedOf = (run: SessionRun): PreparedSession => {
    if (run.prepared === null) throw new AppError('internal', `session ${run.key} is not prepared`);
    return run.prepared;
  };
  const sessionOf = ({ sessionId }: { readonly sessionId: number }) => preparedOf(runs.of(sessionId)).session;

  const startRound = async (run: SessionRun, round: AgentRound, startedBy: StartedBy) => {
    const { session, open } = preparedOf(run);
    await session.start(round, startedBy);
    open.update({ pid: session.agentProcess?.pid ?? null });
  };

  /** Whether another session of this server works in the folder. */
  const isSharedWith = (run: SessionRun, folder: string) =>
    [...runs.values()].some((other) => other !== run && `${other.spec.cwd}/`.startsWith(`${folder}/`));

  const evidenceOf = (run: SessionRun, { ending, spent, wasNudged }: EndedContext): SessionEvidence => {
    const { session } = preparedOf(run);
    const { spec } = run;
    const { agentProcess, wasKilled } = session;
    // A nudge has a process of its own, which says nothing of how the session ended.
    if (!wasNudged)
      run.last = {
        channel: session.channel,
        exit: session.end?.exit ?? agentProcess?.exit ?? null,
        killReason: killReasonOf({ hasRun: agentProcess !== null && agentProcess.pid !== null, wasKilled }, ending),
        stderrTail: session.stderrTail,
      };
    return {
      ...run.last,
      ending: ending ?? 'notStarted',
      spent,
      digest: session.digest,
      marker: spec.marker,
      contract: spec.contract,
      cwd: spec.cwd,
      retriesBefore: retries.of(spec.skillCommand),
      wasNudged,
    };
  };

  const work: AgentSessionWork = {
    async prepareSession({ sessionId }, scope) {
      const run = runs.of(sessionId);
      const preparing = prepare(run, scope);
      run.preparing = preparing.catch(() => undefined);
      run.prepared = await preparing;
    },
    async startAgent({ sessionId, round }, { startedBy }) {
      const run = runs.of(sessionId);
      const id = sessionOf({ sessionId }).digest.sessionId;
      const prompt = resumePrompt(run.spec.marker);
      const isResumed = round === 'resume' && id !== null;
      try {
        await startRound(run, isResumed ? { kind: 'resume', sessionId: id, prompt } : { kind: 'first' }, startedBy);
      } catch (problem) {
        run.startFault = toFault(problem);
        throw problem;
      }
    },
    waitForExit: (input, { signal }) => sessionOf(input).whenExited(signal),
    waitForResult: (input, { signal }) => sessionOf(input).whenResultReported(signal),
    waitForCompletion: (input, { signal }) => sessionOf(input).whenCompletionLogged(signal),
    waitForSilence: (input, { signal }) => sessionOf(input).whenSilent(signal),
    waitForStaleLog: (input, { signal }) => sessionOf(input).whenLogStale(signal),
    waitForLostTools: (input, { signal }) => sessionOf(input).whenToolsLost(signal),
    waitForSpentBudget: (input, { signal }) => sessionOf(input).whenBudgetSpent(signal),
    drainChannels: (input) => sessionOf(input).whenDrained(),
    async endAgent({ sessionId }) {
      const { session, open } = preparedOf(runs.of(sessionId));
      const ranMs = await session.finish();
      open.update({ pid: null });
      return ranMs;
    },
    async adjudicate({ sessionId, ...context }) {
      const run = runs.of(sessionId);
      const evidence = evidenceOf(run, context);
      const outcome = adjudicate(evidence);
      run.outcome = outcome;
      const canContinue = run.adapter.canResume && evidence.digest.sessionId !== null;
      const nowMs = Date.now();
      const pause = canContinue ? pauseOf(evidence, run.pauses, nowMs) : null;
      if (pause !== null) run.pauses += 1;
      return {
        hasLostTools: context.ending === 'lostTools',
        pauseMs: pause === null ? null : Math.max(0, pause.untilMs - nowMs),
        lacksOutputs: canContinue && outcome.retryReason === 'contract_recovery' && outcome.missingOutputs.length > 0,
      };
    },
    async nudgeAgent({ sessionId }, { startedBy }) {
      const run = runs.of(sessionId);
      const { session } = preparedOf(run);
      const id = session.digest.sessionId;
      if (id === null || run.outcome === null) return;
      const prompt = nudgePrompt(run.outcome.missingOutputs, run.spec.marker);
      await startRound(run, { kind: 'nudge', sessionId: id, prompt }, startedBy);
      await session.whenDrained();
    },
    async recordOutcome({ sessionId, ranMs, pausedMs, ...context }, { startedBy }) {
      const run = runs.of(sessionId);
      const { session, open, trace, snapshot } = preparedOf(run);
      const { spec } = run;
      const evidence = evidenceOf(run, context);
      const { outcome, isReverted, remarks } = await revertContamination(
        run.outcome ?? adjudicate(evidence),
        evidence.retriesBefore,
        snapshot,
        (found) => deps.sourceClones.revert(found, isSharedWith(run, found.folder), startedBy),
      );
      retries.note(spec.skillCommand, outcome);
      const { digest, stderrTail } = evidence;
      const advice = run.adapter.explain({ stderr: stderrTail, result: outcome.result, version: digest.version });
      const { survivors = [], fault = null } = session.end ?? {};
      const result = skillResultOf(outcome, {
        digest,
        exit: evidence.exit,
        killReason: evidence.killReason,
        stderrTail,
        sessionId: digest.sessionId ?? '',
        orderId: spec.orderId,
      });
      const report: AgentSessionReport = {
        outcome,
        result,
        ending: evidence.ending,
        stopReason: stopReasonOf(evidence),
        costUsd: costOf(session),
        dirName: null,
        remarks: [
          ...remarks,
          ...(run.startFault === null ? [] : [run.startFault.message]),
          ...explainFailure(outcome, evidence),
          ...(outcome.kind !== 'succeeded' && advice !== null ? [advice] : []),
          ...(survivors.length === 0 ? [] : [`These processes could not be ended: ${survivors.join(', ')}.`]),
          ...(fault === null || evidence.killReason === 'not_applicable' ? [] : [fault.message]),
        ],
      };
      // What came of it is known, whether or not it can be written.
      run.report = report;
      try {
        const dirName = await open.settle({
          ...report,
          skillResult: result,
          channel: evidence.channel,
          killReason: evidence.killReason,
          pid: session.agentProcess?.pid ?? null,
          // The folder moves, and keeps only our own files.
          agentLogFile: session.agentLogFile?.startsWith(`${open.dir}/`) ? null : session.agentLogFile,
          model: digest.model ?? spec.model,
          startedAtMs: run.startedAtMs,
          endedAtMs: Date.now(),
          runningMs: ranMs,
          pausedMs,
          turns: digest.turns,
          toolCalls: digest.toolCalls,
          writtenPaths: digest.writtenPaths,
          isCloneContaminationReverted: isReverted,
          survivors,
          trace: await trace.finish(),
        });
        run.report = { ...report, dirName };
      } catch (problem) {
        const { message } = toFault(problem);
        deps.log.warning('session_not_recorded', { session: run.key, error: message });
        run.report = withRemark(report, `The files of the session could not be written: ${message}`);
      }
    },
  };
  const machine = createAgentSessionMachine(agentSessionWork.actors(work));

  const runToEnd = async (id: number, run: SessionRun): Promise<AgentSessionReport> => {
    const { spec, options } = run;
    const beganAtMs = performance.now();
    let state: SessionState = 'preparing';
    let untilMs: number | null = null;
    const progress = createThrottle(() => {
      const { digest, costUsd } = run.prepared?.session ?? { digest: emptyDigest, costUsd: 0 };
      const { turns, toolInUse } = digest;
      const tokens = budgetTokensOf(digest.usage);
      options.onProgress?.({
        state,
        elapsedMs: performance.now() - beganAtMs,
        turns,
        toolInUse,
        tokens,
        costUsd,
        pausedUntilMs: state === 'paused' ? untilMs : null,
      });
      options.onSpending?.({ usd: costUsd, tokens, turns });
    }, progressEveryMs);
    run.notifyProgress = progress.soon;
    const chart = runChart(
      machine,
      {
        name: `${machine.id}.${id}`,
        label: `session ${spec.skillCommand}`,
        input: { sessionId: id, limits: spec.limits },
        startedBy: options.startedBy,
        signal: options.signal,
        cancel: (): AgentSessionEvent => ({ type: 'CANCEL' }),
        onSnapshot({ value, context }) {
          if (value === state && value !== 'preparing') return;
          state = value as SessionState;
          untilMs = noteState(run, state, context);
          if (state !== 'settled') progress.now();
        },
      },
      deps,
    );
    run.cancel = () => chart.send({ type: 'CANCEL' });
    try {
      const { fault, ending } = await chart.output;
      const { report } = run;
      if (ending === 'cancelled' || report === null) options.signal.throwIfAborted();
      if (fault === null && report !== null) return report;
      if (report !== null && ending !== null && ending !== 'notStarted')
        return withRemark(report, fault?.message ?? '');
      throw faultOf(run, fault ?? { code: 'cancelled', message: 'The session was cancelled before it started.' });
    } finally {
      progress.end();
      // What is prepared for nobody removes its folder.
      await within(lastPrepareMs, run.preparing);
      options.onSpending?.(spentBy(run));
    }
  };
  const whenSettled = async () => void (await Promise.allSettled([...runs.values()].map(({ over }) => over)));

  const runner: AgentSessionRunner = {
    async run(spec, options) {
      options.signal.throwIfAborted();
      if (deps.isShuttingDown())
        throw new AppError('unavailable', 'The server is shutting down. Start the session again when it is back.');
      const id = runs.nextId();
      const run: SessionRun = {
        spec,
        options,
        key: `${deps.serverId}.${id}`,
        startedAtMs: Date.now(),
        adapter: deps.agentOf(spec.agent),
        preparing: Promise.resolve(),
        prepared: null,
        limitsTold: new Set(),
        pauses: 0,
        last: { channel: 'unmonitored', exit: null, killReason: 'not_applicable', stderrTail: '' },
        outcome: null,
        report: null,
        startFault: null,
        over: Promise.resolve(),
        notifyProgress: () => undefined,
        cancel: () => undefined,
      };
      runs.set(id, run);
      const over = runToEnd(id, run).finally(() => {
        runs.delete(id);
        if (run.prepared !== null) serverBudget.add(run.prepared.session);
      });
      run.over = over;
      return over;
    },
    async drain(finishMs, signal) {
      if (finishMs > 0) await within(finishMs, whenSettled(), signal);
      for (const { cancel } of runs.values()) cancel();
      await whenSettled();
    },
    whenSettled,
  };
  deps.register(runner);
  return runner;
}

const withRemark = (report: AgentSessionReport, remark: string): AgentSessionReport => ({
  ...report,
  remarks: [...report.remarks, remark],
});

const recordOf = ({ spec, key, startedAtMs }: SessionRun, { serverId }: AgentSessionRunnerDeps) =>
  beginRecord(spec, { key, serverId, startedAtMs });

/** null: unknown, also where the agent has run and has not said what it used. */
const costOf = ({ agentProcess, digest, costUsd }: AgentSession): number | null => {
  const hasRun = digest.records > 0 || (agentProcess !== null && agentProcess.pid !== null);
  return hasRun && usageOf(digest) === null ? null : costUsd;
};

function spentBy({ prepared }: SessionRun): CallSpending {
  if (prepared === null) return { usd: 0, tokens: 0, turns: 0 };
  const { digest } = prepared.session;
  return { usd: costOf(prepared.session), tokens: budgetTokensOf(digest.usage), turns: digest.turns };
}

/** @returns when the state ends at the latest, in milliseconds since the epoch; null: at no set time */
function noteState({ prepared }: SessionRun, state: SessionState, context: AgentSessionContext): number | null {
  const nowMs = Date.now();
  const untilMs = state === 'settled' ? null : nowMs + stateLimitMs(state, context);
  prepared?.open.append({ at: isoOf(nowMs), type: 'state', state, reason: context.spent ?? context.ending });
  prepared?.open.update(stateOfRecord(state, nowMs, untilMs));
  return untilMs;
}

/** Of one session. An agent repeats what it was told with each request. */
const mostLimits = 50;

function noteEvent(run: SessionRun, open: OpenSession, event: AgentEvent, { onQuota }: AgentSessionRunnerDeps) {
  const { spec, limitsTold } = run;
  const at = isoOf(Date.now());
  open.append({ at, ...event });
  if (event.type === 'init') open.update({ session_id: event.sessionId, model: event.model ?? spec.model });
  if (event.type !== 'rateLimit' || event.limit.status === 'allowed') return;
  const { status, window, resetsAtMs } = event.limit;
  const told = hashText(encodeJson([status, window, resetsAtMs]));
  if (limitsTold.has(told) || limitsTold.size === mostLimits) return;
  limitsTold.add(told);
  onQuota({ ...event.limit, sessionId: open.record.session_id, skillCommand: spec.skillCommand });
}

/** Undoes what a session without a success has done in the source clone, unless it made a worktree. */
async function revertContamination(
  outcome: SessionOutcome,
  retriesBefore: number,
  snapshot: SourceSnapshot | null,
  revert: (snapshot: SourceSnapshot) => Promise<Contamination>,
): Promise<{ readonly outcome: SessionOutcome; readonly isReverted: boolean; readonly remarks: readonly string[] }> {
  if (snapshot === null || outcome.kind === 'succeeded' || outcome.worktreePath !== null)
    return { outcome, isReverted: false, remarks: [] };
  const { isContaminated, isReverted, remarks } = await revert(snapshot);
  return {
    outcome: isContaminated
      ? limitRetries({ ...outcome, kind: 'retriable', retryReason: 'clone_contamination' }, retriesBefore)
      : outcome,
    isReverted,
    remarks,
  };
}

/** The fault as an error, with the advice of the agent's adapter if it has any. */
function faultOf({ adapter, last }: SessionRun, fault: Fault): AppError {
  const advice = adapter.explain({ stderr: last.stderrTail, result: '', version: null });
  return appErrorOf(advice === null ? fault : { ...fault, message: `${fault.message} ${advice}` });
}
