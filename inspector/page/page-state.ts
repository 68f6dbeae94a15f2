import { batch, computed, signal } from '@preact/signals';
import { type AbsentActor, findAbsentActor } from '../model/absent-actor.ts';
import { stoppedWithServer } from '../model/actor-status.ts';
import type { RecordingHeader, ServerLine } from '../model/page-line.ts';
import type { ActorAt, Recording } from '../model/recording.ts';

/** A server, or a recording of one from a file. */
export interface WatchedServer {
  /** The server's id; a file has an id of its own, since its server may be watched too. */
  readonly id: string;
  readonly recording: Recording;
  /** Its status; null: it is a file. */
  readonly line: ServerLine | null;
  /** null: it is a server. */
  readonly file: { readonly name: string; readonly header: RecordingHeader } | null;
}

/** Whether it is a server that is gone. */
export const hasLeft = ({ line }: WatchedServer): boolean => line?.status === 'ended' || line?.status === 'disappeared';

/** The state of the connection to the inspector's server. */
export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open' }
  | { readonly kind: 'broken'; readonly againInMs: number }
  | { readonly kind: 'refused' };

export type View = 'actors' | 'chart' | 'context' | 'events' | 'sequence' | 'calls' | 'session';

export const allViews: readonly View[] = ['actors', 'chart', 'context', 'events', 'sequence', 'calls', 'session'];

/** A wide page shows one of these, and all other views. */
export const viewsBesideChart: readonly View[] = ['events', 'sequence', 'calls', 'session'];

export const servers = signal<readonly WatchedServer[]>([]);
export const connection = signal<Connection>({ kind: 'connecting' });

/** The user's choice; null: none yet, the first suitable one is shown. */
export const chosenServerId = signal<string | null>(null);
const chosenActorId = signal<string | null>(null);

/** The moment that is shown; null: the present, which moves on. */
export const pinnedMoment = signal<number | null>(null);

/** If it is not one of `viewsBesideChart`, a wide page shows the events. */
export const view = signal<View>('chart');
export const isNarrow = signal(false);
export const isHelpOpen = signal(false);

/** Grows when recordings grow, a few times a second at most. */
export const revision = signal(0);

export const server = computed<WatchedServer | null>(
  () =>
    servers.value.find(({ id }) => id === chosenServerId.value) ??
    servers.value.find(({ line }) => line?.status !== 'unreachable') ??
    servers.value[0] ??
    null,
);

/** Whether ended servers and ended actors are listed. */
export const areEndedShown = signal(true);

/** The chosen server is always listed. */
export const listedServers = computed<readonly WatchedServer[]>(() =>
  areEndedShown.value ? servers.value : servers.value.filter((each) => !hasLeft(each) || each.id === server.value?.id),
);

export const recording = computed<Recording | null>(() => server.value?.recording ?? null);

export const recordingEnd = computed(() => {
  revision.value;
  return recording.value?.end ?? 0;
});

export const recordingFirst = computed(() => {
  revision.value;
  return recording.value?.first ?? 0;
});

export const isLive = computed(() => pinnedMoment.value === null);

/** Whether messages of the server arrive as they happen. */
export const isReceiving = computed(() => connection.value.kind === 'open' && server.value?.line?.status === 'running');

export const moment = computed(() => {
  const pinned = pinnedMoment.value ?? recordingEnd.value;
  return Math.min(Math.max(pinned, recordingFirst.value), recordingEnd.value);
});

/** Whether the present is shown of a server that is gone. One that was killed has reported no end of its actors and calls. */
export const isOver = computed(() => isLive.value && server.value !== null && hasLeft(server.value));

const asShown = (shown: ActorAt): ActorAt => (isOver.value ? stoppedWithServer(shown) : shown);

export const actors = computed<readonly ActorAt[]>(() => recording.value?.actorsAt(moment.value).map(asShown) ?? []);

/** The chosen actor if it does not exist at this moment; null: it does, or none is chosen. */
export const absentActor = computed<AbsentActor | null>(() => {
  const of = recording.value;
  const id = chosenActorId.value;
  return of === null || id === null ? null : findAbsentActor(of, id, moment.value);
});

/** The actor that is shown: the chosen one, else its nearest ancestor, else the first machine; null: no actor exists at this moment. */
export const actor = computed<ActorAt | null>(() => {
  const id = absentActor.value === null ? chosenActorId.value : absentActor.value.ancestorId;
  const found = id === null ? null : (recording.value?.actorAt(id, moment.value) ?? null);
  return (found && asShown(found)) ?? actors.value.find(({ kind }) => kind === 'machine') ?? actors.value[0] ?? null;
});

/** The time of the last message before the moment; null: there is none. */
export const momentAtMs = computed<number | null>(() => timeBefore(recording.value, moment.value));

export function chooseServer(id: string): void {
  batch(() => {
    if (id !== server.value?.id) {
      chosenActorId.value = null;
      pinnedMoment.value = null;
    }
    chosenServerId.value = id;
  });
}

export function chooseActor(serverId: string, sessionId: string): void {
  batch(() => {
    chooseServer(serverId);
    chosenActorId.value = sessionId;
  });
}

/** Shows a moment. At the last one the page becomes live. */
export function goTo(wanted: number): void {
  pinnedMoment.value = wanted >= recordingEnd.value ? null : Math.max(wanted, recordingFirst.value);
}

export function goLive(): void {
  pinnedMoment.value = null;
}

/** A page that redraws in every frame would not react to its user while many messages arrive. */
const leastPauseMs = 80;

let isRefreshAsked = false;
let refreshedAtMs = Number.NEGATIVE_INFINITY;

/** Redraws the page in the next frame, after a minimum pause since the last time. */
export function refreshSoon(): void {
  if (isRefreshAsked) return;
  isRefreshAsked = true;
  const pauseMs = refreshedAtMs + leastPauseMs - performance.now();
  if (pauseMs <= 0) requestAnimationFrame(refresh);
  else setTimeout(() => requestAnimationFrame(refresh), pauseMs);
}

function refresh(): void {
  isRefreshAsked = false;
  refreshedAtMs = performance.now();
  revision.value += 1;
}

function timeBefore(shown: Recording | null, position: number): number | null {
  if (shown === null || position <= shown.first) return null;
  return shown.at(position - 1).atMs;
}
