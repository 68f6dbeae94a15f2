import type { Phase } from './server-record.ts';

/** Of a saved recording: more than the inspector ever saves, and less than what a browser dies of. */
export const mostRecordingBytes = 256 * 1_048_576;

/** The version of @statelyai/inspect whose messages ours contain: its receivers read our stream. */
export const inspectionWireVersion = '0.7.2';

/** What JSON can say. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

interface ActorMessageBase {
  readonly _version: string;
  /** Milliseconds since the epoch, as decimal digits. */
  readonly createdAt: string;
  /** The number of the message in the stream of its server, as decimal digits; null: it says how things are, and is not in that stream. */
  readonly id: string | null;
  /** Of the actor that the message is about: `<part of the program>.<XState's session id>`. */
  readonly sessionId: string;
  /** Of the actor that has no parent. */
  readonly rootId: string;
}

/** The state of an actor as it was when the message was made. */
export interface SeenSnapshot {
  readonly status: string;
  /** Of a machine only, as `context`, `children` and `tags` are. */
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

/** What an actor runs; `work` is whatever cannot be told apart from the outside. */
export type ActorKind = 'machine' | 'promise' | 'callback' | 'observable' | 'work';

/** An actor is there: it has just been made, or is introduced to somebody who has come later. */
export interface ActorMessage extends ActorMessageBase {
  readonly type: '@xstate.actor';
  readonly name: string;
  readonly parentId?: string;
  readonly systemId?: string;
  readonly kind: ActorKind;
  /** The name under which its parent knows what it does; null: it was given none. */
  readonly src: string | null;
  /** The configuration of a machine, as JSON text. */
  readonly definition: string;
  readonly snapshot: SeenSnapshot;
}

/** An event is on its way to an actor. */
export interface EventMessage extends ActorMessageBase {
  readonly type: '@xstate.event';
  readonly event: SeenEvent;
  /** Who has sent it; absent where it came from outside. */
  readonly sourceId?: string;
}

/** An event has been dealt with. */
export interface SnapshotMessage extends ActorMessageBase {
  readonly type: '@xstate.snapshot';
  readonly event: SeenEvent;
  readonly snapshot: SeenSnapshot;
}

/** A transition that was taken: ids of states. */
export interface TakenTransition {
  readonly source: string;
  readonly event: string;
  readonly targets: readonly string[];
}

/** A machine has taken a step; an event may cause several. The payload of the event stands in its `@xstate.event`. */
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

/** What XState tells of its actors. */
export type ChartMessage = ActorMessage | EventMessage | SnapshotMessage | StepMessage | ActionMessage;

/** The first message to each watcher. */
export interface HelloMessage {
  readonly type: 'maitred.hello';
  readonly wireVersion: 1;
  readonly serverId: string;
  readonly pid: number;
  readonly version: string;
  readonly projectDir: string;
  readonly startedAtMs: number;
  /** State of the lifecycle chart as of now. */
  readonly state: string;
  /** When the lifecycle came into each of its states: all that is known of what was before the recording. */
  readonly phases: readonly Phase[];
  readonly recording: {
    /** `greeting`: `maitred serve --inspect` records from the greeting on; `watcher`: the first watcher was the beginning. */
    readonly since: 'greeting' | 'watcher';
    readonly sinceMs: number;
    /** How many messages are kept and follow this one … */
    readonly messages: number;
    /** … and how many older ones there was no room for. */
    readonly dropped: { readonly messages: number; readonly bytes: number };
  };
}

/** The tool calls that a server has, as of now; said when that changes, but not more often than ten times a second. */
export interface CallsMessage {
  readonly type: 'maitred.calls';
  /** Milliseconds since the epoch, as decimal digits. */
  readonly createdAt: string;
  /** The number of the message in the stream of its server, as decimal digits; null: it says how things are, and is not in that stream. */
  readonly id: string | null;
  /** In order of arrival; the oldest few where there are many. */
  readonly calls: readonly SeenCall[];
  /** All that run or wait, those too that are left out of `calls`. */
  readonly inFlight: number;
  readonly waiting: number;
}

export interface SeenCall {
  readonly tool: string;
  /** When it came: milliseconds since the epoch. */
  readonly sinceMs: number;
  /** Tasks that it waits for; null: it runs. Empty: it waits for a seat. */
  readonly waitsFor: readonly string[] | null;
}

/** Messages that this watcher does not get; every living actor is introduced again after it. */
export interface LostMessage {
  readonly type: 'maitred.lost';
  readonly messages: number;
  readonly why: 'watcherTooSlow' | 'notReadable';
}

/** The last message: there is nothing more to come. */
export interface ByeMessage {
  readonly type: 'maitred.bye';
  readonly why: string;
}

/** One line of the stream. */
export type InspectionMessage = ChartMessage | CallsMessage | HelloMessage | LostMessage | ByeMessage;
