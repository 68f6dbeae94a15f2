import type { AgentEvent } from '../../domain/agent-session/agent-event.ts';
import type { AgentName, AgentSessionSpec } from '../../domain/agent-session/session-spec.ts';

/** What one process of a session is for. `resume` and `nudge` continue the session with this id. */
export type AgentRound =
  | { readonly kind: 'first' }
  | { readonly kind: 'resume' | 'nudge'; readonly sessionId: string; readonly prompt: string };

/** What an adapter knows of the machine. */
export interface AgentPlace {
  /** The server's own variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDir: string;
  readonly execPath: string;
  /** The folder of the program's files. */
  readonly programDir: string;
  /** A folder of this session, where an adapter may write files for its agent. */
  readonly sessionDir: string;
  /** Whether agents are replayed from a scenario: they need not be installed. */
  readonly isReplayed?: boolean;
}

/** A process to start. */
export interface AgentCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** Complete: the agent inherits nothing else but the owner mark. */
  readonly env: Readonly<Record<string, string>>;
  /** Written to stdin, which is then closed; null: stdin is empty. */
  readonly stdin: string | null;
}

/** Reads what one process prints on stdout, line by line. */
export interface AgentStreamReader {
  /** @param line without its newline; a carriage return may be at its end. null: a line over the limit */
  line(line: string | null, sizeBytes: number): readonly AgentEvent[];
  /** The process has ended. @param exit its exit code; null: a signal ended it, or it is unknown */
  end(exit: number | null): readonly AgentEvent[];
}

/** One coding agent: how it is started, read and resumed. Each is one file. Adapters keep no state of a session. */
export interface AgentAdapter {
  readonly name: AgentName;
  /** @throws AppError `not_found` where the agent is not installed, `invalid_input` for a session that it cannot run; both say what to do */
  command(spec: AgentSessionSpec, round: AgentRound, place: AgentPlace): AgentCommand;
  createReader(spec: AgentSessionSpec): AgentStreamReader;
  /** The folder in which the agent keeps its own logs of sessions in this working directory; null: it keeps none. */
  logDir(spec: AgentSessionSpec, place: AgentPlace): string | null;
  /** The events of one line of that log. */
  readLogLine(line: string): readonly AgentEvent[];
  readonly canResume: boolean;
  /**
   * What a failure means and what to do, as a sentence, where stderr, the result or the version shows a known one: not logged in, too old. null: the failure is
   * not known.
   */
  explain(failure: {
    readonly stderr: string;
    readonly result: string;
    readonly version: string | null;
  }): string | null;
}
