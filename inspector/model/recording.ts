import type {
  ActorKind,
  CallCountMessage,
  CallMessage,
  HelloMessage,
  InspectionMessage,
  Json,
  LogMessage,
  SeenEvent,
  SeenSnapshot,
  SessionEventMessage,
  TakenTransition,
} from '../../src/domain/inspection.ts';

/**
 * The messages of one server, in order. A recording grows at its end and forgets its oldest messages when it becomes too large. Each message has a
 * position that never changes. A *moment* is a position too: all messages before it have happened, and no others; `end` is the present moment.
 */
export interface Recording {
  readonly serverId: string;
  /** The newest hello; null before the first. */
  readonly hello: HelloMessage | null;
  /** The position of the oldest message that is kept, which is also the number of forgotten messages. */
  readonly first: number;
  readonly end: number;
  /** The number of messages that the server could not send, at all or to this inspector. */
  readonly lost: number;
  /** Its size in memory, estimated. */
  readonly sizeBytes: number;
  /** Adds a message. Ignores one whose number is known: a server sends its recording again to an inspector that reconnects. */
  push(message: InspectionMessage): void;
  /** @throws RangeError if the position is not kept */
  at(position: number): RecordedMessage;
  /** The last moment that is not later than a time; `first` if there is none. */
  momentAt(timeMs: number): number;
  /**
   * The closest moment after, or before, the given one at which a transition was taken; null if there is none. With a session id: at which that actor had
   * handled the event, so that its context shows the result.
   */
  nextTransition(moment: number, sessionId?: string): number | null;
  previousTransition(moment: number, sessionId?: string): number | null;
  /** The actors that had started before a moment, in the order in which they started. */
  actorsAt(moment: number): readonly ActorAt[];
  actorAt(sessionId: string, moment: number): ActorAt | null;
  /** The actor's name, shortened; its session id if no message has named it. */
  nameOf(sessionId: string): string;
  /** The result of an event; null for other messages, and for an event that was not handled. */
  outcomeOf(position: number): EventOutcome | null;
  /** The last transitions of an actor, the oldest first. */
  transitionsBefore(sessionId: string, moment: number, most: number): readonly TransitionAt[];
  /** The snapshot before the newest one, for a comparison. */
  previousSnapshot(sessionId: string, moment: number): SnapshotAt | null;
  /** The calls that are known at a moment, as they were then, in order of arrival. */
  callsAt(moment: number): readonly CallAt[];
  /** The calls before a moment that were only counted, all in one message; null: there are none. */
  callCountAt(moment: number): CallCountMessage | null;
  /** The lines of the server's log before a moment that are about a call, the oldest first. */
  logOfCall(number: number, moment: number): readonly RecordedMessage<LogMessage>[];
  /** What the agent of a session had reported before a moment, in its order. The newest 2,000 events are known. @param sessionId of its chart */
  eventsOfSession(sessionId: string, moment: number): readonly RecordedMessage<SessionEventMessage>[];
  /** The states of the lifecycle with the times at which they were entered, from the hello and from later transitions. */
  phasesAt(moment: number): readonly { readonly state: string; readonly atMs: number }[];
}

export interface RecordedMessage<Message extends InspectionMessage = InspectionMessage> {
  readonly position: number;
  readonly atMs: number;
  readonly message: Message;
  /** The kind of its row in the log; null: it has none. */
  readonly logKind: LogKind | null;
}

/**
 * `created`, `present` (it was created before the recording began) and `ended` are about an actor; `attached`, `lost` and `serverEnded` about the
 * server.
 */
export type LogKind = 'event' | 'created' | 'present' | 'ended' | 'callFailed' | 'attached' | 'lost' | 'serverEnded';

export interface EventOutcome {
  /** Of the snapshot that followed the event. */
  readonly position: number;
  readonly transitions: readonly TransitionAt[];
}

export interface CallAt extends RecordedMessage<CallMessage> {
  readonly status: CallStatus;
}

/**
 * `unsuccessful`: it has a result that reports no success, such as a command that exited with 1. `unanswered`: the server ended before it answered.
 * `unknown`: it was pending before messages were lost.
 */
export type CallStatus =
  | 'waiting'
  | 'running'
  | 'failed'
  | 'unsuccessful'
  | 'unanswered'
  | 'unknown'
  | 'cancelled'
  | 'ok';

export interface ActorAt {
  readonly sessionId: string;
  readonly parentId: string | null;
  /** The actor of another root that asked for this one. */
  readonly startedBy: string | null;
  /** The number of the call that asked for it. */
  readonly call: number | null;
  readonly rootId: string;
  readonly name: string;
  readonly systemId: string | null;
  readonly kind: ActorKind;
  readonly src: string | null;
  /** The configuration of a machine, as JSON text. */
  readonly definition: string | null;
  /** The position of the first message about it. */
  readonly since: number;
  readonly snapshot: SnapshotAt;
  /** Paths of the active states and their parents, with dots: `kitchen.open`. Empty if the actor is not a machine. */
  readonly active: ReadonlySet<string>;
}

export interface SnapshotAt {
  readonly position: number;
  readonly atMs: number;
  /** The event that led to it; null if the actor was introduced in this state. */
  readonly event: SeenEvent | null;
  readonly snapshot: SeenSnapshot;
  /** The newest value of a machine, which may be newer than the snapshot: a step changes it earlier. */
  readonly value: Json | null;
  /** The actor reported no end: its server has ended. */
  readonly isEndOfServer: boolean;
}

export interface TransitionAt {
  readonly position: number;
  readonly atMs: number;
  readonly taken: TakenTransition;
}
