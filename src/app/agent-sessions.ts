import type { AnyActor } from 'xstate';
import type { AgentName } from '../domain/agent-session/session-spec.ts';
import type { Config } from '../domain/config.schema.ts';
import type { ActorReference, StartedBy } from '../domain/inspection.ts';
import {
  type AgentSessionRunner,
  type AgentSessionRunnerDeps,
  createAgentSessionRunner,
} from '../runners/agent-sessions.ts';
import type { RunnerDeps } from '../runners/run-chart.ts';
import type { AgentAdapter } from '../services/agents/agent-adapter.ts';
import { createClaudeAdapter } from '../services/agents/claude.ts';
import { createCommandAgent } from '../services/agents/command.ts';
import { createPrices } from '../services/agents/prices.ts';
import { createProcessTraces } from '../services/agents/process-trace.ts';
import { createScriptAgent } from '../services/agents/script.ts';
import { createSourceClones } from '../services/agents/source-clone.ts';
import type { Git } from '../services/git/git.ts';
import type { ConnectedProcesses } from '../services/platform/process/child-processes.ts';
import type { ProcessTable } from '../services/platform/process/process-table.ts';
import { createSessionStore, type SessionStoreDeps } from '../services/state/agent-sessions/session-store.ts';
import type { Host } from './host.ts';
import { rootOf } from './inspection-messages.ts';
import type { RootActor } from './root-actors.ts';
import { redactorFor } from './secrets.ts';
import { createSessionEvents, type SessionEvents } from './session-events.ts';

/** What the settings and the other services say of agent sessions. */
export interface AgentSessionSettings
  extends Pick<AgentSessionRunnerDeps, 'onQuota'>,
    Pick<SessionStoreDeps, 'isServerAlive'> {
  readonly settings: Config['run_skill'];
  readonly tracing: Config['linux_tracing'];
}

/** Shows a chart to the inspector, as `RunnerDeps` says, with what else is known of it. */
export type FollowChart = (
  ...args: [...Parameters<RunnerDeps['follow']>, more?: Pick<RootActor, 'sessionEvents'>]
) => void;

interface AgentSessionParts extends Omit<RunnerDeps, 'follow'>, AgentSessionSettings {
  readonly follow: FollowChart;
  readonly processes: ConnectedProcesses;
  /** @param startedBy what asks for its programs */
  gitFor(startedBy: StartedBy): Git;
  /** Whether agents are replayed from a scenario. */
  readonly isReplayed: boolean;
  readonly table: ProcessTable;
}

/** Joins the runner of agent sessions with the agents, their files and their prices. */
export function createAgentSessions(
  { context, lifecycle, ensureServerRecord }: Host,
  { settings, tracing, isServerAlive, follow, isReplayed, ...parts }: AgentSessionParts,
): AgentSessionRunner {
  const { nodeProcess, files, place, serverId, log } = context;
  const { homeDir, stateFolder: folder } = place;
  const redact = redactorFor(context);
  const agents = agentsOf(settings, homeDir);
  const events = new WeakMap<ActorReference, SessionEvents>();
  return createAgentSessionRunner({
    ...parts,
    follow(name, actor, startedBy) {
      const sessionEvents = createSessionEvents();
      events.set(actor, sessionEvents);
      follow(name, actor, startedBy, { sessionEvents });
    },
    onEvent(startedBy, event) {
      if (!(startedBy instanceof AbortSignal)) events.get(rootOf(startedBy as AnyActor))?.add(event);
    },
    serverId,
    log,
    redact,
    agentOf: (name) => agents[name],
    place: { env: nodeProcess.env, homeDir, execPath: nodeProcess.execPath, programDir: files.dir, isReplayed },
    store: createSessionStore({ folder, serverId, redact, log, isServerAlive, ensureServerRecord }),
    prices: createPrices(() => files.load<typeof import('./prices.ts')>('prices')),
    traces: createProcessTraces({ isEnabled: tracing.enabled, intervalMs: tracing.proc_interval * 1_000 }),
    sourceClones: createSourceClones(parts.gitFor),
    serverBudget: { tokens: settings.server_budget_tokens, usd: settings.server_budget_usd },
    isShuttingDown: () => lifecycle.shutdown !== null,
  });
}

/** The agents that sessions may have. */
function agentsOf(
  { claude_path: file, env: passed, command, script, exit_after_stop_delay_ms: exitDelayMs }: Config['run_skill'],
  homeDir: string,
): Readonly<Record<AgentName, AgentAdapter>> {
  const inHome = (path: string) => path.replace(/^~(?=\/)/, homeDir);
  return {
    claude: createClaudeAdapter({ passed, exitDelayMs, ...(file === null ? {} : { file: inHome(file) }) }),
    command: createCommandAgent({ command, passed }),
    script: createScriptAgent({ scriptFile: script === null ? null : inHome(script), passed }),
  };
}
