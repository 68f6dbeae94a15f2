import type { Socket } from 'node:net';
import type { Fault } from '../domain/app-error.ts';
import type { EarlySettingsReading } from '../domain/early-settings.ts';
import type { LogRecord } from '../domain/log-record.ts';
import type { ServerRecord } from '../domain/server-record.ts';
import type { ShutdownPolicy, TransportKind } from '../domain/shutdown-policy.ts';
import type { StartupTask } from '../domain/startup-task.ts';
import type { LifecycleEvent } from '../machines/lifecycle.setup.ts';
import type { WorkerRegistry } from '../runners/worker-registry.ts';
import type { ClientConnections } from './client-connections.ts';
import type { LifecycleView } from './lifecycle-view.ts';
import type { ServerContext } from './server-context.ts';
import type { TaskRunner } from './task-runner.ts';

/** A process that lives the life cycle, whichever way its clients reach it. */
export interface Host {
  readonly context: ServerContext;
  readonly lifecycle: LifecycleView;
  readonly connections: ClientConnections;
  readonly workers: WorkerRegistry;
  readonly inspection: InspectionAccess;
  /** null until the client has sent initialize. */
  clientName(): string | null;
  /** undefined: its clients use our own tools. */
  purpose(): HostPurpose | undefined;
  /** Sends to the life cycle. */
  send(event: LifecycleEvent): void;
  /** Writes the server record, if it is not there yet. @throws AppError `conflict` or `unavailable` when the state folder cannot be used */
  ensureServerRecord(): void;
}

/** The command behind the front, or the recipe run of a host without clients. */
export type HostPurpose = Pick<ServerRecord, 'wrapped' | 'recipeRun'>;

/** What makes one kind of host different from another. */
export interface HostKind {
  readonly transport: TransportKind;
  readonly tasks: readonly StartupTask[];
  /** The functions behind the tasks. */
  readonly taskRunner: TaskRunner;
  readEarlySettings(): EarlySettingsReading;
  /** Makes what the transport needs: no file, no process, no network. */
  wireTransport(): void;
  openTransport(): void;
  /** Settles when the first calls have had their turn: the server record, the log and the inspection wait until then. */
  whenQuiet(): Promise<void>;
  /** null until the client has sent initialize. */
  clientName(): string | null;
  /** Absent where clients use our own tools. */
  purpose?(): HostPurpose;
  /** Refuses, finishes and aborts the calls of all clients. @param fault their answer */
  drain(policy: ShutdownPolicy, fault: Fault, signal: AbortSignal): Promise<void>;
  flush(): Promise<void>;
  /** Receives what the host failed of, just before the process exits. Where it is absent, stderr gets the message. */
  onFailed?(fault: Fault): void;
}

/** How the charts, the calls and the log of this process are shown; what shows them is loaded when it is first needed. */
export interface InspectionAccess {
  /** Records the charts from now on. A host whose charts cannot be recorded serves all the same. */
  record(): void;
  /** Shows them to one more watcher. */
  admit(watcher: Socket): void;
  /** Shows a line of the log, if anybody watches. @param line without secrets */
  log(line: LogRecord): void;
  /** Sends the last messages, blocking. */
  leave(): void;
}
