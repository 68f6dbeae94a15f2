import type { AgentEvent } from '../../domain/agent-session/agent-event.ts';
import { endsWithMarker, hasMarkerLine } from '../../domain/agent-session/completion-marker.ts';
import { joinTexts } from '../../domain/agent-session/join-texts.ts';
import { spentBudget } from '../../domain/agent-session/session-budget.ts';
import type { BudgetKind, ChannelConfirmation } from '../../domain/agent-session/session-outcome.ts';
import type { AgentSessionSpec } from '../../domain/agent-session/session-spec.ts';
import { emptyDigest, foldAgentEvent, type StreamDigest } from '../../domain/agent-session/stream-digest.ts';
import type { StartedBy } from '../../domain/inspection.ts';
import { createListeners } from '../../domain/listeners.ts';
import type { ConnectedProcesses } from '../platform/process/child-processes.ts';
import type { ProcessTable } from '../platform/process/process-table.ts';
import type { AgentAdapter, AgentPlace, AgentRound } from './agent-adapter.ts';
import { type AgentProcess, type AgentProcessEnd, startAgentProcess } from './agent-process.ts';
import type { Prices } from './prices.ts';
import type { ProcessTrace } from './process-trace.ts';
import { type SessionLogWatch, watchSessionLog } from './session-log-watch.ts';
import { createSignsOfLife } from './signs-of-life.ts';
import { whenQuiet, whenStale } from './when-stale.ts';

/**
 * A session of an agent: its processes one after another, and what its channels say. The methods that begin with `when` settle when that has
 * happened and never otherwise; once the signal is aborted they watch no more.
 */
export interface AgentSession {
  /** Of all rounds. */
  readonly digest: StreamDigest;
  /** The process of the last round; null before the first. */
  readonly agentProcess: AgentProcess | null;
  /** How the last process ended; null while it runs. */
  readonly end: AgentProcessEnd | null;
  /** Whether the last process was ended, and had not exited by itself. */
  readonly wasKilled: boolean;
  readonly stderrTail: string;
  readonly channel: ChannelConfirmation;
  readonly agentLogFile: string | null;
  /** What its tokens cost; null: unknown. */
  readonly costUsd: number | null;
  /** Calls back after each change; returns a function that ends it. */
  subscribe(listener: () => void): () => void;
  /**
   * Starts a round; the round `first` begins the session anew, and forgets what those before it have said.
   * @returns when its process runs @throws AppError as `AgentAdapter.command` and `ConnectedProcesses.connect`
   */
  start(round: AgentRound, startedBy: StartedBy): Promise<void>;
  whenExited(signal: AbortSignal): Promise<void>;
  whenResultReported(signal: AbortSignal): Promise<void>;
  whenCompletionLogged(signal: AbortSignal): Promise<void>;
  whenSilent(signal: AbortSignal): Promise<void>;
  whenLogStale(signal: AbortSignal): Promise<void>;
  whenToolsLost(signal: AbortSignal): Promise<void>;
  whenBudgetSpent(signal: AbortSignal): Promise<BudgetKind>;
  /** Settles when the process and all that it started has ended by itself, and both channels are read to their ends. */
  whenDrained(): Promise<void>;
  /** Ends what runs or starts, and reads both channels to their ends. @returns how long the process ran, in milliseconds */
  finish(): Promise<number>;
}

export interface AgentSessionOptions {
  readonly spec: AgentSessionSpec;
  readonly adapter: AgentAdapter;
  readonly place: AgentPlace;
  readonly processes: ConnectedProcesses;
  readonly table: ProcessTable;
  readonly trace: Pick<ProcessTrace, 'follow'>;
  readonly prices: Pick<Prices, 'costUsd'>;
  /** Which budget of the whole server is spent; null: none. */
  spentByServer(): BudgetKind | null;
  onEvent(event: AgentEvent): void;
  /** The price list could not be loaded. The cost is unknown then. */
  onUnpriced(problem: unknown): null;
  redact(text: string): string;
}

export function createAgentSession(options: AgentSessionOptions): AgentSession {
  const { spec, adapter, place, prices } = options;
  const { notify, subscribe } = createListeners();
  let digest: StreamDigest = emptyDigest;
  /** Of the present round: whether its stdout and its log have shown the end. */
  let isResultReported = false;
  let isCompletionLogged = false;
  let agentProcess: AgentProcess | null = null;
  /** The same, until `finish` has ended it. */
  let unfinished: AgentProcess | null = null;
  /** Of that process: settles when it is gone and all that it said is taken. */
  let over: Promise<AgentProcessEnd | null> = Promise.resolve(null);
  let end: AgentProcessEnd | null = null;
  let wasKilled = false;
  let log: SessionLogWatch | null = null;
  let costUsd: number | null = 0;
  let pricing: Promise<void> = Promise.resolve();
  let isPriceDue = false;

  /** Settles when the cost is that of the digest. */
  const price = () => {
    if (isPriceDue) return pricing;
    isPriceDue = true;
    pricing = pricing.then(async () => {
      isPriceDue = false;
      costUsd = await prices.costUsd(digest.usageByModel).catch(options.onUnpriced);
      notify();
    });
    return pricing;
  };
  const isEnd = (text: string) => spec.marker === null || hasMarkerLine(text, spec.marker);
  const take = (events: readonly AgentEvent[]) => {
    for (const event of joinTexts(events)) {
      digest = foldAgentEvent(digest, event);
      if (event.type === 'result' && isEnd(event.result.text)) isResultReported = true;
      options.onEvent(event);
      if (event.type === 'usage' || event.type === 'result') void price();
    }
    if (events.length > 0) notify();
  };

  /** Settles with what the question answers, once that is not null. */
  const until = <Answer>(ask: () => Answer | null, signal: AbortSignal) =>
    new Promise<Answer>((resolve) => {
      const look = () => {
        const answer = ask();
        if (answer === null) return;
        unsubscribe();
        signal.removeEventListener('abort', unsubscribe);
        resolve(answer);
      };
      const unsubscribe = subscribe(look);
      signal.addEventListener('abort', unsubscribe);
      if (signal.aborted) unsubscribe();
      else look();
    });
  const truly = (is: boolean) => (is ? true : null);
  const never = new Promise<never>(() => undefined);
  const readToTheEnd = async () => {
    end = await over;
    await log?.readNow();
    log?.end();
    await price();
  };

  return {
    get digest() {
      return digest;
    },
    get agentProcess() {
      return agentProcess;
    },
    get end() {
      return end;
    },
    get wasKilled() {
      return wasKilled;
    },
    get stderrTail() {
      return agentProcess?.stderrTail() ?? '';
    },
    get channel() {
      if (isResultReported) return 'channel_a';
      if (isCompletionLogged) return 'channel_b';
      return log?.isFolderMissing ? 'dir_missing' : 'unmonitored';
    },
    get agentLogFile() {
      return log?.file ?? null;
    },
    get costUsd() {
      return costUsd;
    },
    subscribe,
    async start(round, startedBy) {
      const command = adapter.command(spec, round, place);
      const reader = adapter.createReader(spec);
      const logDir = adapter.logDir(spec, place);
      const isFirst = round.kind === 'first';
      const sizeBefore = isFirst ? 0 : (log?.sizeBytes ?? 0);
      const { turns, usage, usageByModel } = digest;
      // What a first attempt has used counts, though it says nothing of the second. A resumed session lists its tools again.
      digest = isFirst ? { ...emptyDigest, turns, usage, usageByModel } : { ...digest, tools: null };
      isResultReported = false;
      isCompletionLogged = false;
      end = null;
      wasKilled = false;
      log?.end();
      log = watchSessionLog(
        {
          dir: logDir,
          sessionId: () => digest.sessionId,
          onLine(line) {
            const { marker } = spec;
            if (marker === null) return;
            const isEndOf = (event: AgentEvent) => event.type === 'text' && endsWithMarker(event.text, marker);
            if (!adapter.readLogLine(line).some(isEndOf)) return;
            isCompletionLogged = true;
            notify();
          },
        },
        sizeBefore,
      );
      log.subscribe(notify);
      const read: AgentEvent[] = [];
      const started = startAgentProcess({
        processes: options.processes,
        command,
        cwd: spec.cwd,
        logDir,
        label: `${spec.agent}: ${spec.skillCommand}`,
        startedBy,
        onLine: (line, sizeBytes) => void read.push(...reader.line(line, sizeBytes)),
        onRead: () => take(read.splice(0)),
        redact: options.redact,
      });
      agentProcess = started;
      unfinished = started;
      started.subscribe(notify);
      over = started.over.then((ended) => {
        // An exit code says nothing of the work where the process was asked to exit: many exit with 0 then.
        if (started.pid !== null) take([...read, ...reader.end(wasKilled ? null : ended.exit.code)]);
        return ended;
      });
      await started.started;
      const { pid } = started;
      if (pid !== null) options.trace.follow({ pid, over: started.over });
    },
    async whenExited(signal) {
      await until(() => agentProcess?.exit ?? null, signal);
    },
    async whenResultReported(signal) {
      await until(() => truly(isResultReported), signal);
    },
    async whenCompletionLogged(signal) {
      await until(() => truly(isCompletionLogged), signal);
    },
    async whenSilent(signal) {
      const { idleMs } = spec.limits;
      if (idleMs === null) return never;
      await whenQuiet(idleMs, () => agentProcess?.lastOutputAtMs ?? 0, signal);
    },
    async whenLogStale(signal) {
      const { staleMs, suppressionMs } = spec.limits;
      const pid = agentProcess?.pid ?? null;
      if (staleMs === null || pid === null) return never;
      const firstAtMs = await until(() => log?.lastGrowthAtMs ?? null, signal);
      const lastGrowthAtMs = () => log?.lastGrowthAtMs ?? firstAtMs;
      await whenStale({ staleMs, suppressionMs, lastGrowthAtMs, life: createSignsOfLife(options.table, pid) }, signal);
    },
    async whenToolsLost(signal) {
      const { neededTools } = spec.contract;
      if (neededTools.length === 0) return never;
      await until(() => {
        const { tools } = digest;
        return tools === null ? null : truly(!neededTools.every((tool) => tools.includes(tool)));
      }, signal);
    },
    whenBudgetSpent: (signal) =>
      until(() => spentBudget(digest, costUsd, spec.budget) ?? options.spentByServer(), signal),
    whenDrained: readToTheEnd,
    async finish() {
      const ending = unfinished;
      unfinished = null;
      if (ending !== null) wasKilled = ending.exit === null;
      ending?.end();
      await readToTheEnd();
      return ending?.ranMs ?? 0;
    },
  };
}
