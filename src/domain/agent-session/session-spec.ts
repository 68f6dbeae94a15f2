import type { SkillContract } from './skill-contract.ts';

export type AgentName = 'claude' | 'command' | 'script';

/** Limits of one session. null: none. */
export interface SessionBudget {
  readonly turns: number | null;
  /** Input, output and written cache together. */
  readonly tokens: number | null;
  readonly usd: number | null;
}

/** The durations that bound a session, in milliseconds. */
export interface SessionLimits {
  /** From the start to the end, without pauses. */
  readonly wallMs: number;
  /** Without output on stdout; null: not watched. */
  readonly idleMs: number | null;
  /** Without growth of the session's own log; null: not watched. */
  readonly staleMs: number | null;
  /** For how long a live connection or a busy process may excuse a log that does not grow. */
  readonly suppressionMs: number;
  /** For the other channel, once the process has ended; for what it left on its output. */
  readonly drainMs: number;
  /** For a session that has completed, to exit by itself. */
  readonly exitGraceMs: number;
  readonly nudgeMs: number;
  /** Of all pauses for rate limits together. */
  readonly pausedMs: number;
}

/** A session to run. */
export interface AgentSessionSpec {
  readonly agent: AgentName;
  /** What was asked for: `/make-plan add a search box`. */
  readonly skillCommand: string;
  /** Complete, with the directives. */
  readonly prompt: string;
  /** The line that the session ends with; null: none was asked for. */
  readonly marker: string | null;
  readonly contract: SkillContract;
  /** Absolute. */
  readonly cwd: string;
  /** null: the agent's own. */
  readonly model: string | null;
  /** Folders whose `.claude/skills` the session may see. */
  readonly skillDirs: readonly string[];
  /** A file of MCP servers for the session, as its agent reads them; without it, it has none. */
  readonly mcpConfigFile?: string;
  readonly limits: SessionLimits;
  readonly budget: SessionBudget;
  /** Empty for none. */
  readonly stepName: string;
  /** Empty for none. */
  readonly orderId: string;
  /** The idempotency key of the step of a recipe run that asks for it, by which a resumed run finds it; null: none does. */
  readonly stepKey: string | null;
}
