import type {
  ActorMessage,
  CallCountMessage,
  ChartMessage,
  HelloMessage,
  InspectionMessage,
  StepMessage,
} from '../../src/domain/inspection.ts';
import { createIntroductions } from '../../src/domain/introductions.ts';
import { shortName } from '../../src/domain/short-name.ts';
import { createActorHistories } from './actor-histories.ts';
import {
  actorAtMoment,
  lastTransitions,
  newestBefore,
  positionOf,
  snapshotBefore,
  transitionsOfEvent,
} from './actor-history.ts';
import { createCallHistories } from './call-histories.ts';
import { countBefore } from './count-before.ts';
import { isFailedCall } from './failed-call.ts';
import { createPhaseLog } from './phase-log.ts';
import type { LogKind, RecordedMessage, Recording } from './recording.ts';
import { createSessionHistories } from './session-histories.ts';
import { createTextPool } from './text-pool.ts';

export interface RecordingLimits {
  readonly messages: number;
  /** In memory, estimated. */
  readonly sizeBytes: number;
}

const usualLimits: RecordingLimits = { messages: 200_000, sizeBytes: 64 * 1_048_576 };
/** A recording that exceeds a limit forgets this share of it at once. */
const forgottenShare = 1 / 16;

interface KeptMessage extends RecordedMessage {
  atMs: number;
  logKind: LogKind | null;
  readonly sizeBytes: number;
  /** For an event: the position of the snapshot that followed it. */
  handledAt: number | null;
}

export function createRecording(serverId: string, limits: RecordingLimits = usualLimits): Recording {
  let entries: KeptMessage[] = [];
  let first = 0;
  /** The time of the newest forgotten message. */
  let forgottenAtMs = 0;
  let sizeBytes = 0;
  let lost = 0;
  let hello: HelloMessage | null = null;
  /** The server's number of the newest message. */
  let newestId = -1;
  let newestAtMs = 0;
  let isTimeKnown = false;
  const isIntroduction = createIntroductions();
  /** Each with the calls of those before it. */
  let callCounts: RecordedMessage<CallCountMessage>[] = [];
  const actors = createActorHistories();
  const calls = createCallHistories();
  const sessions = createSessionHistories();
  const definitions = createTextPool();
  const phases = createPhaseLog();

  /** A message without a time gets that of the message before it; the first ones get that of the first message with a time. */
  const timeOf = (message: InspectionMessage): number => {
    newestAtMs = Math.max(newestAtMs, Math.floor(ownTimeOf(message) ?? 0));
    if (!isTimeKnown && isOfStream(message)) {
      isTimeKnown = true;
      for (const entry of entries) entry.atMs = newestAtMs;
    }
    return newestAtMs;
  };

  const entryOf = (message: InspectionMessage, sharedBytes = 0): KeptMessage => ({
    position: first + entries.length,
    atMs: timeOf(message),
    message,
    logKind: null,
    sizeBytes: estimateSizeBytes(message) - sharedBytes,
    handledAt: null,
  });

  /** Actors with the same logic share one copy of its definition, which is counted once. */
  const withSharedDefinition = (message: ActorMessage): KeptMessage => {
    const { text: definition, isNew } = definitions.take(message.definition);
    return entryOf({ ...message, definition }, isNew ? 0 : definition.length);
  };

  const keepHello = (message: HelloMessage, { position, atMs }: RecordedMessage) => {
    const isSame = hello?.recording.sinceMs === message.recording.sinceMs;
    if (hello !== null && (!isSame || message.recording.dropped.messages > 0)) {
      actors.endAll(position, atMs, 'lost');
      calls.endAll(position, 'unknown');
    }
    if (!isSame) newestId = -1;
    hello = message;
    phases.learn(message.phases);
  };

  /** @param wasThere whether an actor that it introduces was created before the recording began */
  const keepOfChart = (entry: RecordedMessage<ChartMessage>, wasThere: boolean): LogKind | null => {
    const { logKind, handled } = actors.keep(entry, wasThere);
    if (handled !== undefined) (handled as KeptMessage).handledAt = entry.position;
    if (isStepOfLifecycle(entry.message)) phases.enter(entry.message.value, entry.atMs);
    return logKind;
  };

  const keepCallCount = (entry: RecordedMessage<CallCountMessage>) => {
    const before = callCounts.at(-1)?.message;
    // A number that was sent without an id includes those that are known.
    if (entry.message.id === null && before !== undefined) return;
    callCounts.push({ ...entry, message: before === undefined ? entry.message : withCount(entry.message, before) });
  };

  const keep = (entry: KeptMessage): LogKind | null => {
    const { message, position, atMs } = entry;
    const wasThere = isIntroduction(message);
    switch (message.type) {
      case 'maitred.hello':
        keepHello(message, entry);
        return 'attached';
      case 'maitred.lost':
        lost += message.messages;
        if (message.why === 'watcherTooSlow') {
          actors.endAll(position, atMs, 'lost');
          calls.endAll(position, 'unknown');
        }
        return 'lost';
      case 'maitred.bye':
        actors.endAll(position, atMs, 'serverEnded');
        calls.endAll(position, 'unanswered');
        return 'serverEnded';
      case 'maitred.call':
        calls.keepCall(entry as RecordedMessage<typeof message>);
        return isFailedCall(message) ? 'callFailed' : null;
      case 'maitred.callCount':
        keepCallCount(entry as RecordedMessage<typeof message>);
        return isFailedCall(message) ? 'callFailed' : null;
      case 'maitred.log':
        calls.keepLog(entry as RecordedMessage<typeof message>);
        return null;
      case 'maitred.sessionEvent':
        sessions.keep(entry as RecordedMessage<typeof message>);
        return null;
      default:
        return keepOfChart(entry as RecordedMessage<typeof message>, wasThere);
    }
  };

  const forgetOldest = () => {
    const mostMessages = limits.messages * (1 - forgottenShare);
    const mostBytes = limits.sizeBytes * (1 - forgottenShare);
    let forgotten = 0;
    while (entries.length - forgotten > mostMessages || (sizeBytes > mostBytes && forgotten < entries.length - 1)) {
      sizeBytes -= entries[forgotten]?.sizeBytes ?? 0;
      forgotten += 1;
    }
    forgottenAtMs = entries[forgotten - 1]?.atMs ?? forgottenAtMs;
    entries = entries.slice(forgotten);
    first += forgotten;
    callCounts = callCounts.slice(Math.max(0, countBefore(callCounts, first, positionOf) - 1));
    actors.forgetBefore(first);
    calls.forgetBefore(first);
    sessions.forgetBefore(first);
    definitions.keepOnly([...actors.all()].flatMap(({ introduction }) => introduction?.definition ?? []));
  };

  const entryAt = (position: number): KeptMessage => {
    const entry = entries[position - first];
    if (entry !== undefined) return entry;
    throw new RangeError(`message ${position} is not kept: there are ${first} to ${first + entries.length - 1}`);
  };

  /** The time of the last message before a moment. */
  const timeBefore = (moment: number): number =>
    entries[moment - 1 - first]?.atMs ?? (moment > first ? newestAtMs : forgottenAtMs);

  return {
    serverId,
    get hello() {
      return hello;
    },
    get first() {
      return first;
    },
    get end() {
      return first + entries.length;
    },
    get lost() {
      return lost;
    },
    get sizeBytes() {
      return sizeBytes;
    },
    push(message) {
      if (isOfStream(message)) {
        const id = Number(message.id);
        if (id <= newestId) return;
        newestId = id;
      }
      const entry = message.type === '@xstate.actor' ? withSharedDefinition(message) : entryOf(message);
      entries.push(entry);
      sizeBytes += entry.sizeBytes;
      entry.logKind = keep(entry);
      if (entries.length > limits.messages || sizeBytes > limits.sizeBytes) forgetOldest();
    },
    at: entryAt,
    momentAt: (timeMs) => first + countBefore(entries, Math.floor(timeMs) + 1, ({ atMs }) => atMs),
    nextTransition: actors.nextTransition,
    previousTransition: actors.previousTransition,
    actorsAt(moment) {
      const there = [...actors.all()].filter(({ since }) => since < moment);
      return there.map((history) => actorAtMoment(history, moment));
    },
    actorAt(sessionId, moment) {
      const history = actors.get(sessionId);
      return history === undefined || history.since >= moment ? null : actorAtMoment(history, moment);
    },
    nameOf: (sessionId) => shortName(actors.get(sessionId)?.introduction?.name ?? sessionId),
    outcomeOf(position) {
      const { handledAt, message } = entryAt(position);
      const history = 'sessionId' in message ? actors.get(message.sessionId) : undefined;
      if (handledAt === null || history === undefined) return null;
      const transitions = transitionsOfEvent(history, position, handledAt);
      return { position: handledAt, transitions };
    },
    transitionsBefore(sessionId, moment, most) {
      const history = actors.get(sessionId);
      return history === undefined ? [] : lastTransitions(history, moment, most);
    },
    previousSnapshot(sessionId, moment) {
      const history = actors.get(sessionId);
      return history === undefined ? null : snapshotBefore(history, moment);
    },
    callsAt: (moment) => calls.callsAt(moment, timeBefore(moment)),
    callCountAt: (moment) => newestBefore(callCounts, moment)?.message ?? null,
    logOfCall: calls.logOf,
    eventsOfSession: sessions.eventsOf,
    phasesAt: (moment) => phases.until(timeBefore(moment)),
  };
}

const withCount = (message: CallCountMessage, { fromMs, calls, failed }: CallCountMessage): CallCountMessage => ({
  ...message,
  fromMs,
  calls: calls + message.calls,
  failed: failed + message.failed,
});

type StreamMessage = Extract<InspectionMessage, { readonly id: string | null }> & { readonly id: string };

/** Whether a message reports something that happened; those without an id describe the present state. */
const isOfStream = (message: InspectionMessage): message is StreamMessage => 'id' in message && message.id !== null;

function ownTimeOf(message: InspectionMessage): number | null {
  if (isOfStream(message)) return Number(message.createdAt);
  return message.type === 'maitred.hello' ? message.recording.sinceMs : null;
}

const perObjectBytes = 32;
const perMemberBytes = 16;

/** The size of parsed JSON in memory, estimated. */
function estimateSizeBytes(value: unknown): number {
  if (typeof value === 'string') return perMemberBytes + value.length;
  if (typeof value !== 'object' || value === null) return perMemberBytes;
  let sizeBytes = perObjectBytes;
  if (Array.isArray(value)) for (const within of value) sizeBytes += perMemberBytes + estimateSizeBytes(within);
  else
    for (const key in value)
      sizeBytes += perMemberBytes + estimateSizeBytes((value as Readonly<Record<string, unknown>>)[key]);
  return sizeBytes;
}

const isStepOfLifecycle = (message: ChartMessage): message is StepMessage =>
  'transitions' in message && message.sessionId === message.rootId && message.sessionId.startsWith('lifecycle.');
