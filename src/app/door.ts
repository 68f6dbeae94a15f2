import type { Socket } from 'node:net';
import { AppError } from '../domain/app-error.ts';
import { usualGraceMs } from '../domain/child-process.ts';
import { defaultEarlySettings } from '../domain/early-settings.ts';
import type { Phase, ServerRecord } from '../domain/server-record.ts';
import type { Front } from '../front/front.ts';
import type { LifecycleContext, LifecycleEvent } from '../machines/lifecycle.setup.ts';
import { createEarlyLog, type EarlyLog } from './early-log.ts';
import type { Host } from './host.ts';
import type { ProgramFiles } from './program-files.ts';
import { type EarlySettingsRead, findPlace, type Place } from './read-door.ts';
import { createRootActors, type RootActors } from './root-actors.ts';
import type { Session } from './session.ts';
import { createTransitionLog, type TransitionLog } from './transition-log.ts';

/** What can be seen of the lifecycle, kept by a subscription so that nobody asks the actor for it. */
export interface LifecycleView extends Pick<LifecycleContext, 'records' | 'degraded' | 'end' | 'fault'> {
  readonly state: string;
  readonly phases: readonly Phase[];
}

/** `state`: of the chart, a task or a degradation; `calls`: some have come, or all have gone. */
export type Change = 'state' | 'calls';

/** One life of a server: what the files of the first bundle share, and what they hand to those that are loaded later. */
export interface Door {
  readonly host: Host;
  readonly files: ProgramFiles;
  readonly serverId: string;
  readonly startedAtMs: number;
  readonly place: Place;
  readonly session: Session;
  readonly earlyLog: EarlyLog;
  readonly transitions: TransitionLog;
  /** Every chart that lives in this server. */
  readonly roots: RootActors;
  /** null while nobody looks at the charts and nothing of them is recorded. */
  inspection: Inspection | null;
  view: LifecycleView;
  /** What was read for the door; null before `configure` is over. */
  read: EarlySettingsRead | null;
  /** @throws AppError `internal` before `compose` */
  front: Front;
  readonly isComposed: boolean;
  /** Sends to the lifecycle. */
  tell(event: LifecycleEvent): void;
  /** Calls back after each change; returns a function that ends it. */
  onChange(listener: (what: Change) => void): () => void;
  announce(what: Change): void;
  /** What this server has started; null until it starts its first program. */
  children: Children | null;
  /** What goes on behind the calls; null until the first piece of work is submitted. */
  background: BackgroundKeeper | null;
  /** From SIGTERM to SIGKILL for what this server has started, as of now. */
  childGraceMs: number;
  /** Values that are written nowhere: every redactor knows what is added here from then on. */
  readonly secrets: Set<string>;
  /** Writes the heartbeat, if it is not there yet. @throws AppError `conflict` or `unavailable` when the state folder cannot be used */
  recordServer(): void;
  /** null: no file is kept. */
  logFile(): string | null;
}

/** How a server leaves without leaving a process behind. */
export interface Children {
  /** Kills what still runs, and settles when none of it is left. */
  killAll(): Promise<void>;
  /** The last act, blocking. */
  leave(): void;
  programs(): ServerRecord['programs'];
}

/** What shows the charts to those who look. */
export interface Inspection {
  /** Shows them to one more. */
  admit(watcher: Socket): void;
  /** Says the last of it, blocking. */
  leave(): void;
}

/** How a server leaves without losing background work. */
export interface BackgroundKeeper {
  /** Lets it finish for so long, or until the signal is aborted, cancels the rest, and settles when all has ended. */
  drain(finishMs: number, signal: AbortSignal): Promise<void>;
  /** Settles when all of it has ended. */
  whenSettled(): Promise<void>;
}

/** What `main` hands down. */
export interface Arrival {
  readonly host: Host;
  readonly files: ProgramFiles;
  readonly homeDir: string;
  /** The arguments after `serve`. */
  readonly args: readonly string[];
}

/** @param tell sends to the lifecycle, once it is there */
export function createDoor({ host, files, homeDir, args }: Arrival, tell: Door['tell']): Door {
  const startedAtMs = Date.now();
  const serverId = createServerId(startedAtMs, host.pid);
  const place = findPlace(host, args, homeDir);
  const session: Session = {
    settings: defaultEarlySettings,
    clientName: null,
    isKitchenOpen: false,
    isHeadless: host.env.MAITRED_HEADLESS === '1',
  };
  const listeners = new Set<(what: Change) => void>();
  let front: Front | null = null;
  return {
    host,
    files,
    serverId,
    startedAtMs,
    place,
    session,
    earlyLog: createEarlyLog({ server_id: serverId }, () => session.settings.logLevel),
    transitions: createTransitionLog(),
    roots: createRootActors(),
    inspection: null,
    view: { state: 'configure', phases: [], records: {}, degraded: [], end: null, fault: null },
    read: null,
    get front() {
      if (front === null) throw new AppError('internal', 'the front is not composed yet');
      return front;
    },
    set front(composed) {
      front = composed;
    },
    get isComposed() {
      return front !== null;
    },
    children: null,
    background: null,
    childGraceMs: usualGraceMs,
    secrets: new Set(),
    recordServer() {
      throw new AppError('internal', 'the heartbeat is not there yet');
    },
    tell,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    announce(what) {
      for (const listener of listeners) listener(what);
    },
    logFile: () => (session.settings.logFile ? place.stateFolder.serverLogFile : null),
  };
}

/** Sorts by start; unlike any other on this machine. */
function createServerId(startedAtMs: number, pid: number): string {
  return [startedAtMs, pid, Math.floor(Math.random() * 2 ** 32)].map((part) => part.toString(36)).join('-');
}
