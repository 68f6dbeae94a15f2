import type {
  ActorKind,
  CallsMessage,
  HelloMessage,
  InspectionMessage,
  Json,
  SeenEvent,
  SeenSnapshot,
  TakenTransition,
} from '../../src/domain/inspection.ts';

/**
 * What one server has said, in order. It grows at its end, and forgets at its beginning what is too much. Every message has a position that it keeps.
 * A *moment* is a position too: everything that stands before it has happened, and nothing else; `end` is the moment as of now.
 */
export interface Recording {
  readonly serverId: string;
  /** The newest; null before the first. */
  readonly hello: HelloMessage | null;
  /** The position of the oldest message that is kept: so many were forgotten. */
  readonly first: number;
  readonly end: number;
  /** So many messages the server could not give, or not to this inspector. */
  readonly lost: number;
  /** What it takes in memory, estimated. */
  readonly sizeBytes: number;
  /** Keeps a message, unless it is known by its number: who attaches to a server again is told again what it has recorded. */
  push(message: InspectionMessage): void;
  /** @throws RangeError for a position that is not kept */
  at(position: number): Entry;
  /** The last moment not later than a time; `first` where there is none. */
  momentAt(timeMs: number): number;
  /**
   * The next moment after, or the last before, at which a transition is taken; null where there is none. Of one actor: at which it has been dealt
   * with, so that its context shows it.
   */
  nextTransition(moment: number, sessionId?: string): number | null;
  previousTransition(moment: number, sessionId?: string): number | null;
  /** Actors that had come before a moment, in that order. */
  actorsAt(moment: number): readonly ActorAt[];
  actorAt(sessionId: string, moment: number): ActorAt | null;
  /** The session id where it has not been introduced. */
  nameOf(sessionId: string): string;
  /** What an event has led to; null where it is no event, or has not been dealt with. */
  outcomeOf(position: number): Outcome | null;
  /** The transitions that an actor took last, the oldest first. */
  transitionsBefore(sessionId: string, moment: number, most: number): readonly TransitionAt[];
  /** The state before the newest one, to compare. */
  previousSnapshot(sessionId: string, moment: number): SnapshotAt | null;
  /** The newest word about the calls of the server; null where there is none. */
  callsAt(moment: number): CallsMessage | null;
  /** States of the lifecycle with the time at which each was entered: from the hello, and from its transitions since. */
  phasesAt(moment: number): readonly { readonly state: string; readonly atMs: number }[];
}

export interface Entry {
  readonly position: number;
  readonly atMs: number;
  readonly message: InspectionMessage;
  /** Why it stands in the log; null: it does not. */
  readonly news: News | null;
}

/** `came` and `ended` speak of an actor; `attached`, `lost` and `left` of the server. */
export type News = 'event' | 'came' | 'ended' | 'attached' | 'lost' | 'left';

export interface Outcome {
  /** Of the snapshot. */
  readonly position: number;
  readonly transitions: readonly TransitionAt[];
}

export interface ActorAt {
  readonly sessionId: string;
  readonly parentId: string | null;
  readonly rootId: string;
  readonly name: string;
  readonly systemId: string | null;
  readonly kind: ActorKind;
  readonly src: string | null;
  /** Of a machine: its configuration, as JSON text. */
  readonly definition: string | null;
  /** The position at which it came. */
  readonly since: number;
  readonly snapshot: SnapshotAt;
  /** Words of the active states from the chart down, with dots: `kitchen.open`; parents too. Empty for what is no machine. */
  readonly active: ReadonlySet<string>;
}

export interface SnapshotAt {
  readonly position: number;
  readonly atMs: number;
  /** What led to it; null where it was introduced as it is. */
  readonly event: SeenEvent | null;
  readonly snapshot: SeenSnapshot;
  /** Of a machine: its newest value, which a step may have changed after the snapshot. */
  readonly value: Json | null;
}

export interface TransitionAt {
  readonly position: number;
  readonly atMs: number;
  readonly taken: TakenTransition;
}
