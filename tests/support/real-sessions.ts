import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, inject } from 'vitest';
import type { AnyActor } from 'xstate';
import type { RunningSession, SessionEvent } from '../../src/domain/agent-session/session-record.ts';
import type { AgentSessionSpec, SessionLimits } from '../../src/domain/agent-session/session-spec.ts';
import type { SessionState } from '../../src/domain/agent-session/session-state.ts';
import { type Fault, toFault } from '../../src/domain/app-error.ts';
import { type JsonObject, parseJsonObject } from '../../src/domain/json-object.ts';
import { logThrough } from '../../src/domain/log-record.ts';
import { createRedactor } from '../../src/domain/redact.ts';
import { stateFolderAt } from '../../src/domain/state-folder.ts';
import {
  type AgentSessionOptions,
  type AgentSessionReport,
  type AgentSessionRunner,
  type AgentSessionRunnerDeps,
  createAgentSessionRunner,
} from '../../src/runners/agent-sessions.ts';
import { createChildProcessRunner } from '../../src/runners/child-processes.ts';
import type { AgentAdapter } from '../../src/services/agents/agent-adapter.ts';
import { createProcessTraces } from '../../src/services/agents/process-trace.ts';
import { createProcessTable } from '../../src/services/platform/process/create-process-table.ts';
import {
  createSessionStore,
  type OpenSession,
  type SessionStore,
} from '../../src/services/state/agent-sessions/session-store.ts';
import { type CommandedClock, createCommandedClock } from '../fixtures/commanded-clock.ts';
import { arrowsTakenBy } from '../machines/stories.ts';
import { bearersOf } from '../services/platform/process/read-processes.ts';
import { sessionsOf } from '../services/state/agent-sessions/a-session-site.ts';
import { aSession } from './run-agent.ts';

/** What a session says of itself when it enters a state, and what can be done to it then. */
export interface SessionMoment {
  readonly clock: CommandedClock;
  readonly cwd: string;
  cancel(): void;
}

export interface Scene extends Omit<Partial<AgentSessionSpec>, 'limits'> {
  /** The agent of the session. */
  readonly adapter: AgentAdapter;
  /** Instead of long ones. */
  readonly limits?: Partial<SessionLimits>;
  /** Called when it enters a state, before anything else happens in it. Its chart's limits are then those of a clock that only the scene fires. */
  readonly on?: Readonly<Partial<Record<SessionState, (moment: SessionMoment) => void>>>;
  /** Called with each event of it that is written down. */
  onEvent?(event: SessionEvent, moment: SessionMoment): void;
  readonly fillDir?: AgentSessionOptions['fillDir'];
  readonly onProgress?: AgentSessionOptions['onProgress'];
  readonly onSpending?: AgentSessionOptions['onSpending'];
  readonly deps?: Partial<AgentSessionRunnerDeps>;
  /** What stands between the session and its files. */
  wrapStore?(store: SessionStore): SessionStore;
}

/** A session that has ended, as its caller and the state folder show it. */
export interface Played {
  readonly states: readonly SessionState[];
  /** null: it was an error. */
  readonly report: AgentSessionReport | null;
  readonly fault: Fault | null;
  /** Its summary in the session log; null: there is none. */
  readonly summary: JsonObject | null;
  /** The folders of running and of settled sessions, and the lines of the index. */
  readonly folders: ReturnType<typeof sessionsOf>;
  /** Of its events in the session log. */
  readonly eventsSizeBytes: number;
  /** The commands of processes that are left. */
  readonly left: readonly string[];
  /** The events of the server's log. */
  readonly logged: readonly string[];
  readonly arrows: ReadonlySet<string>;
  /** How long each state may take: as its record says, and as its chart does. Where only the scene fires limits. */
  readonly limits: readonly (readonly [state: SessionState, ofRecord: number, ofChart: number])[];
}

/** One server with a runner of real processes. */
export interface SessionServer {
  readonly runner: AgentSessionRunner;
  play(scene: Omit<Scene, 'adapter' | 'deps' | 'wrapStore'>): Promise<Played>;
  /** The commands of its processes. */
  left(): readonly string[];
  /** The folders of running and of settled sessions, and the lines of the index. */
  folders(): ReturnType<typeof sessionsOf>;
}

const longLimits: SessionLimits = {
  wallMs: 60_000,
  idleMs: null,
  staleMs: null,
  suppressionMs: 60_000,
  drainMs: 20_000,
  exitGraceMs: 20_000,
  nudgeMs: 20_000,
  pausedMs: 600_000,
};

/** So many sessions start at once on two cores. */
const mostAtOnce = 8;

/** Sessions that begin with the file, some at a time. None of their processes and files outlives it. */
export class RealSessions {
  readonly #root = mkdtempSync(join(tmpdir(), 'maitred-test-'));
  readonly #prefix = `t${randomUUID().slice(0, 8)}`;
  readonly #table = createProcessTable();
  readonly #plays: (() => Promise<unknown>)[] = [];
  readonly #arrows: ReadonlySet<string>[] = [];
  #servers = 0;

  constructor() {
    beforeAll(() => {
      const next = async (): Promise<void> => {
        const play = this.#plays.shift();
        if (play !== undefined) await play().then(next, next);
      };
      for (let count = 0; count < mostAtOnce; count += 1) void next();
    });
    afterAll(() => {
      for (const { pid } of this.left()) process.kill(pid, 'SIGKILL');
      rmSync(this.#root, { recursive: true, force: true });
    });
  }

  /** A file with this text. */
  file(text: string): string {
    const path = join(this.#root, randomUUID());
    writeFileSync(path, text);
    return path;
  }

  /** Runs with the others. @returns what settles with its result */
  begin<Result>(play: () => Promise<Result>): () => Promise<Result> {
    const result = new Promise<Result>((resolve, reject) => {
      this.#plays.push(() => play().then(resolve, reject));
    });
    result.catch(() => undefined);
    return () => result;
  }

  /** A session of a server of its own. */
  scene(scene: Scene): () => Promise<Played> {
    return this.begin(() => this.server(scene).play(scene));
  }

  left() {
    return bearersOf(this.#prefix);
  }

  /** All arrows that the sessions have taken. */
  get arrows(): ReadonlySet<string> {
    return new Set(this.#arrows.flatMap((taken) => [...taken]));
  }

  server({
    adapter,
    deps = {},
    wrapStore = (store) => store,
  }: Pick<Scene, 'adapter' | 'deps' | 'wrapStore'>): SessionServer {
    this.#servers += 1;
    // Of one length: no id begins with another one, and the processes of each are found by its id.
    const serverId = `${this.#prefix}-${String(this.#servers).padStart(3, '0')}`;
    const dir = join(this.#root, serverId);
    const folder = stateFolderAt(join(dir, 'state'));
    const logged: string[] = [];
    const log = logThrough(({ event }) => logged.push(event));
    const redact = createRedactor(new Set());
    const store = createSessionStore({
      folder,
      serverId,
      redact,
      log,
      isServerAlive: () => true,
      ensureServerRecord: () => undefined,
    });
    const processes = createChildProcessRunner({
      serverId,
      env: { PATH: process.env.PATH },
      outputDir: join(dir, 'output'),
      readDiskSpace: () => null,
      table: this.#table,
      guardian: { ensure: () => undefined, setPrograms: () => undefined, dismiss: () => undefined },
      graceMs: () => 200,
      ensureServerRecord: () => undefined,
      onPrograms: () => undefined,
      register: () => undefined,
      follow: () => undefined,
    });
    /** The session that starts: its runner follows its chart in the same turn. */
    let onActor: (actor: AnyActor) => void = () => undefined;
    const watchers = new Map<string, StoreWatcher>();
    const commanded = createCommandedClock();
    let clock = systemClock;
    const runner = createAgentSessionRunner({
      serverId,
      log,
      redact,
      agentOf: () => adapter,
      place: { env: process.env, homeDir: dir, execPath: process.execPath, programDir: inject('programDir') },
      processes,
      table: this.#table,
      traces: createProcessTraces({ isEnabled: true, intervalMs: 60_000 }),
      store: wrapStore(seenStore(store, watchers)),
      prices: { costUsd: async () => null, knows: async () => false },
      sourceClones: {
        snapshot: async () => null,
        revert: async () => ({ isContaminated: false, isReverted: false, remarks: [] }),
      },
      serverBudget: { tokens: null, usd: null },
      isShuttingDown: () => false,
      onQuota: () => undefined,
      onEvent: () => undefined,
      register: () => undefined,
      follow: (_, actor) => onActor(actor),
      clock: {
        setTimeout: (run, ms) => clock.setTimeout(run, ms),
        clearTimeout: (id) => clock.clearTimeout(id),
      },
      ...deps,
    });
    let sessions = 0;

    const left = () => bearersOf(`${serverId}.`).map(({ command }) => command);
    const folders = () => sessionsOf(folder);
    const play: SessionServer['play'] = async ({ limits, on, onEvent, fillDir, onProgress, onSpending, ...spec }) => {
      sessions += 1;
      const cwd = join(dir, `work-${sessions}`);
      mkdirSync(cwd, { recursive: true });
      const cancelling = new AbortController();
      const moment = { clock: commanded, cwd, cancel: () => cancelling.abort(new Error('nobody needs it')) };
      const states: SessionState[] = [];
      const ofChart: number[] = [];
      const ofRecord: (readonly [SessionState, number])[] = [];
      let arrows: ReadonlySet<string> = new Set();
      clock = on === undefined ? systemClock : commanded;
      watchers.set(`${serverId}.${sessions}`, {
        onEvent: (event) => onEvent?.(event, moment),
        onUpdate({ state, state_since, state_deadline }) {
          if (state !== undefined && state_since !== undefined && typeof state_deadline === 'string')
            ofRecord.push([state, Date.parse(state_deadline) - Date.parse(state_since)]);
        },
      });
      onActor = (actor) => {
        arrows = arrowsTakenBy(actor);
        this.#arrows.push(arrows);
        actor.subscribe(({ value }) => {
          if (value === states.at(-1)) return;
          states.push(value);
          if (value !== 'preparing' && value !== 'settled') ofChart.push(commanded.delays()[0] ?? 0);
          on?.[value as SessionState]?.(moment);
        });
      };
      const [report, fault] = await runner
        .run(aSession({ cwd, ...spec, limits: { ...longLimits, ...limits } }), {
          signal: cancelling.signal,
          ...(fillDir === undefined ? {} : { fillDir }),
          ...(onProgress === undefined ? {} : { onProgress }),
          ...(onSpending === undefined ? {} : { onSpending }),
        })
        .then(
          (settled) => [settled, null] as const,
          (problem: unknown) => [null, toFault(problem)] as const,
        );
      const found = { left: left(), folders: folders() };
      const name = found.folders.settled.at(-1);
      const place = `${folder.sessionsDir}/${name}`;
      return {
        ...found,
        states,
        report,
        fault,
        summary: name === undefined ? null : parseJsonObject(readFileSync(`${place}/summary.json`, 'utf8')),
        eventsSizeBytes: name === undefined ? 0 : statSync(`${place}/events.jsonl`).size,
        logged,
        arrows,
        limits: on === undefined ? [] : ofRecord.map(([state, ms], index) => [state, ms, ofChart[index] ?? 0] as const),
      };
    };
    return { runner, play, left, folders };
  }
}

/** The same store, whose open sessions do some things in another way. */
export const changeOpen =
  (change: (open: OpenSession) => Partial<OpenSession>) =>
  (store: SessionStore): SessionStore => ({
    async begin(record) {
      const open = await store.begin(record);
      return Object.assign(Object.create(open) as OpenSession, change(open));
    },
  });

interface StoreWatcher {
  onUpdate(change: Partial<RunningSession>): void;
  onEvent(event: SessionEvent): void;
}

/** The same store, whose changes of records and whose events are seen by the watcher of the session's key. */
const seenStore = (store: SessionStore, watchers: ReadonlyMap<string, StoreWatcher>): SessionStore => ({
  async begin(record) {
    const watcher = watchers.get(record.key);
    const see = changeOpen((open) => ({
      update(change) {
        watcher?.onUpdate(change);
        open.update(change);
      },
      append(event) {
        watcher?.onEvent(event);
        open.append(event);
      },
    }));
    return see(store).begin(record);
  },
});

const systemClock: Pick<CommandedClock, 'setTimeout' | 'clearTimeout'> = {
  setTimeout: (run, ms) => Number(setTimeout(run, ms)),
  clearTimeout: (id) => clearTimeout(id as number),
};
