import { batch, computed, signal } from '@preact/signals';
import type { RecordingHeader, ServerLine } from '../model/page-line.ts';
import type { ActorAt, Recording } from '../model/recording.ts';

/** A server, or a file in which one was recorded. */
export interface WatchedServer {
  /** Of a server its id; of a file a name of its own, as the server it tells of may be watched too. */
  readonly id: string;
  readonly recording: Recording;
  /** What the inspector's server says of it; null: it is a file. */
  readonly line: ServerLine | null;
  /** null: it is a server. */
  readonly file: { readonly name: string; readonly header: RecordingHeader } | null;
}

/** How the page is connected with the inspector's server. */
export type Link =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open' }
  | { readonly kind: 'broken'; readonly againInMs: number }
  | { readonly kind: 'refused' };

export type View = 'actors' | 'chart' | 'context' | 'events' | 'sequence' | 'calls';

export const allViews: readonly View[] = ['actors', 'chart', 'context', 'events', 'sequence', 'calls'];

/** On a wide page one of these is shown, beside what is always there. */
export const viewsBesideChart: readonly View[] = ['events', 'sequence', 'calls'];

export const servers = signal<readonly WatchedServer[]>([]);
export const link = signal<Link>({ kind: 'connecting' });

/** What was chosen; null: nothing yet, and the first one that can be looked at is shown. */
export const chosenServerId = signal<string | null>(null);
export const chosenActorId = signal<string | null>(null);

/** The moment that is looked at; null: as of now, and it moves on. */
export const pinnedMoment = signal<number | null>(null);

/** On a wide page the events are shown where it is none of those beside the chart. */
export const view = signal<View>('chart');
export const isNarrow = signal(false);
export const isHelpOpen = signal(false);

/** Grows when the recordings have, some times a second at most. */
export const revision = signal(0);

export const server = computed<WatchedServer | null>(
  () =>
    servers.value.find(({ id }) => id === chosenServerId.value) ??
    servers.value.find(({ line }) => line?.status !== 'unreachable') ??
    servers.value[0] ??
    null,
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

export const moment = computed(() => {
  const pinned = pinnedMoment.value ?? recordingEnd.value;
  return Math.min(Math.max(pinned, recordingFirst.value), recordingEnd.value);
});

export const actors = computed<readonly ActorAt[]>(() => recording.value?.actorsAt(moment.value) ?? []);

/** The chosen one, or the first machine; null where there is none at this moment. */
export const actor = computed<ActorAt | null>(() => {
  const id = chosenActorId.value;
  if (id !== null) return recording.value?.actorAt(id, moment.value) ?? null;
  return actors.value.find(({ kind }) => kind === 'machine') ?? actors.value[0] ?? null;
});

/** Time of what happened last before the moment; null where nothing has. */
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

/** Looks at a moment; at the last one the page moves on with the server. */
export function goTo(wanted: number): void {
  pinnedMoment.value = wanted >= recordingEnd.value ? null : Math.max(wanted, recordingFirst.value);
}

export function goLive(): void {
  pinnedMoment.value = null;
}

/** A page that is drawn at every picture has no time to listen to who uses it, when much comes. */
const leastPauseMs = 80;

let isRefreshAsked = false;
let refreshedAtMs = Number.NEGATIVE_INFINITY;

/** Shows what was recorded: with the next picture, but not without a pause after the last time. */
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

function timeBefore(of: Recording | null, position: number): number | null {
  if (of === null || position <= of.first) return null;
  return of.at(position - 1).atMs;
}
