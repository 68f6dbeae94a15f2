import type { Phase } from './server-record.ts';

/** The largest recording: more than the inspector saves, and less than a browser can hold. */
export const mostRecordingBytes = 256 * 1_048_576;

/** Our messages extend those of this version of @statelyai/inspect: its receivers can read our stream. */
export const inspectionWireVersion = '0.7.2';

/** A JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | JsonMembers;

/** The members of a JSON object. */
export type JsonMembers = { readonly [key: string]: Json };

interface StreamMessageBase {
  /** Milliseconds since the epoch, as decimal digits. */
  readonly createdAt: string;
  /** The number of the message in its server's stream, as decimal digits; null: it describes the present state and is not part of that stream. */
  readonly id: string | null;
}

interface ActorMessageBase extends StreamMessageBase {
  readonly _version: string;
  /** The actor that the message is about: `<part of the program>.<XState's session id>`. */
  readonly sessionId: string;
  /** The session id of its ancestor without a parent. */
  readonly rootId: string;
}

/** The state of an actor when the message was created. */
export interface SeenSnapshot {
  readonly status: string;
  /** Only of a machine, like `context`, `children` and `tags`. */
  readonly value?: Json;
  readonly context?: Json;
  readonly children?: Json;
  readonly tags?: Json;
  readonly input?: Json;
  readonly output?: Json;
  readonly error?: Json;
}

export interface SeenEvent {
  readonly type: string;
  readonly [key: string]: Json;
}

/** The kind of logic that an actor runs; `work`: none of the others. */
export type ActorKind = 'machine' | 'promise' | 'callback' | 'observable' | 'work';

/** An actor exists: it was just created, or is introduced to a watcher that attached later. */
export interface ActorMessage extends ActorMessageBase {
  readonly type: '@xstate.actor';
  readonly name: string;
  readonly parentId?: string;
  /** The actor, of another root, that asked for this one; its session id. */
  readonly startedBy?: string;
  /** The number of the call that asked for it; absent: no call did. */
  readonly call?: number;
  readonly systemId?: string;
  readonly kind: ActorKind;
  /** The name of its logic in its parent; null: it has none. */
  readonly src: string | null;
  /** The configuration of a machine, as JSON text. */
  readonly definition: string;
  readonly snapshot: SeenSnapshot;
}

/** An event was sent to an actor. */
export interface EventMessage extends ActorMessageBase {
  readonly type: '@xstate.event';
  readonly event: SeenEvent;
  /** The sender; absent if it came from outside. */
  readonly sourceId?: string;
}

/** An actor has handled an event. */
export interface SnapshotMessage extends ActorMessageBase {
  readonly type: '@xstate.snapshot';
  readonly event: SeenEvent;
  readonly snapshot: SeenSnapshot;
}

/** A transition that was taken, by ids of states. */
export interface TakenTransition {
  readonly source: string;
  readonly event: string;
  readonly targets: readonly string[];
}

/** A machine has taken a step; an event may cause several. The event's payload is only in its `@xstate.event`. */
export interface StepMessage extends ActorMessageBase {
  readonly type: '@xstate.microstep' | '@xstate.transition';
  readonly event: { readonly type: string };
  readonly status: string;
  readonly value: Json;
  readonly transitions: readonly TakenTransition[];
}

export interface ActionMessage extends ActorMessageBase {
  readonly type: '@xstate.action';
  readonly action: { readonly type: string; readonly params?: Json };
}

/** Messages about actors, from XState. */
export type ChartMessage = ActorMessage | EventMessage | SnapshotMessage | StepMessage | ActionMessage;

/** The first message to each watcher. */
export interface HelloMessage {
  readonly type: 'maitred.hello';
  readonly wireVersion: 1;
  readonly serverId: string;
  readonly pid: number;
  readonly version: string;
  readonly projectDir: string;
  /** Of a wrapped command; absent for `serve`. */
  readonly name?: string;
  readonly startedAtMs: number;
  /** The present state of the lifecycle chart. */
  readonly state: string;
  /** The times at which the lifecycle entered its states: all that is known of the time before the recording. */
  readonly phases: readonly Phase[];
  readonly recording: {
    /** `greeting`: recorded from the start (`maitred serve --inspect`); `watcher`: recorded since the first watcher attached. */
    readonly since: 'greeting' | 'watcher';
    readonly sinceMs: number;
    /** The number of kept messages, which follow this one. */
    readonly messages: number;
    /** The older messages that are no longer kept. */
    readonly dropped: { readonly messages: number; readonly bytes: number };
  };
}

/**
 * One request of a client that was handed on to the backend, as it was when the message was created. Sent again when it has changed: the newest
 * message with its number counts. Those with `id: null` describe calls from before the recording began.
 */
export interface CallMessage extends StreamMessageBase {
  readonly type: 'maitred.call';
  /** Names the call among all calls of this server; in order of arrival. */
  readonly number: number;
  readonly method: string;
  /** null: a request other than tools/call. */
  readonly tool: string | null;
  /** As the client gave it; a long text is truncated. The log names the call by it. */
  readonly requestId: string | number;
  /** Times are in milliseconds since the epoch. */
  readonly arrivedAtMs: number;
  /** null: it has not run. */
  readonly ranAtMs: number | null;
  /** null: it is pending. */
  readonly answeredAtMs: number | null;
  readonly outcome: CallOutcome | null;
  /** The tasks that it waits for; null: it does not wait; empty: it waits for a slot. */
  readonly waitsFor: readonly string[] | null;
  readonly progressCount: number;
  /** The text of the newest progress notification; null: it had none, or it had no text. */
  readonly progress: string | null;
  /** The arguments of a tool, or the parameters of another request. */
  readonly request: SeenText;
  /** The result or the error; null: it has no answer. */
  readonly answer: SeenText | null;
}

/** `toolError`: a result whose `isError` is true. `error`: a JSON-RPC error. `cancelled`: the client cancelled it, and got no answer. */
export type CallOutcome = 'result' | 'toolError' | 'error' | 'cancelled';

/** JSON without secrets, at most 4 KiB of it. */
export interface SeenText {
  readonly text: string;
  /** Of the whole text. */
  readonly sizeBytes: number;
  readonly isTruncated: boolean;
}

/** Calls that were answered too fast, one after another, to be recorded each: they are only counted. */
export interface CallCountMessage extends StreamMessageBase {
  readonly type: 'maitred.callCount';
  readonly fromMs: number;
  readonly toMs: number;
  readonly calls: number;
  /** Those of them whose outcome is `toolError` or `error`. */
  readonly failed: number;
}

/** A line of the server's log. */
export interface LogMessage extends StreamMessageBase {
  readonly type: 'maitred.log';
  readonly level: string;
  readonly event: string;
  /** Without secrets, bounded. */
  readonly fields: JsonMembers;
  /** The number of the call that it is about; absent: of none. */
  readonly call?: number;
}

/**
 * One thing that the agent of a session has reported. Those with `id: null` are of sessions that run, from before the recording or from messages that
 * were dropped or lost.
 */
export interface SessionEventMessage extends StreamMessageBase {
  readonly type: 'maitred.sessionEvent';
  /** The chart of the session; its session id. */
  readonly session: string;
  /** Names it among the events of its session, in their order. Where numbers are left out, events were not sent. */
  readonly number: number;
  /** When the agent reported it, in milliseconds since the epoch. */
  readonly atMs: number;
  /** An `AgentEvent` without secrets; long texts are truncated. */
  readonly event: SeenEvent;
}

/** Some messages are missing for this watcher; every living actor is introduced again after this. */
export interface LostMessage {
  readonly type: 'maitred.lost';
  readonly messages: number;
  readonly why: 'watcherTooSlow' | 'notReadable';
}

/** The last message of a server. */
export interface ByeMessage {
  readonly type: 'maitred.bye';
  readonly why: string;
}

/** One line of the stream. */
export type InspectionMessage =
  | ChartMessage
  | CallMessage
  | CallCountMessage
  | LogMessage
  | SessionEventMessage
  | HelloMessage
  | LostMessage
  | ByeMessage;

/** An actor, whichever copy of XState has made it. */
export interface ActorReference {
  readonly sessionId: string;
}

/** What asks for a chart: an actor of another runner's chart, or a call, which is known by its signal. */
export type StartedBy = ActorReference | AbortSignal;
