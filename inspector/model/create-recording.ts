import type {
  ActorMessage,
  CallsMessage,
  ChartMessage,
  HelloMessage,
  InspectionMessage,
  StepMessage,
} from '../../src/domain/inspection.ts';
import { createActorHistories } from './actor-histories.ts';
import {
  actorAtMoment,
  type EntryOf,
  lastTransitions,
  newestBefore,
  positionOf,
  snapshotBefore,
  transitionsOfEvent,
} from './actor-history.ts';
import { countBefore } from './count-before.ts';
import { estimateSizeBytes } from './estimate-size.ts';
import { createPhaseLog } from './phase-log.ts';
import type { Entry, News, Recording } from './recording.ts';
import { createTextPool } from './text-pool.ts';

export interface RecordingLimits {
  readonly messages: number;
  /** In memory, estimated. */
  readonly sizeBytes: number;
}

const usualLimits: RecordingLimits = { messages: 200_000, sizeBytes: 64 * 1_048_576 };
/** When there is too much, so much of it is forgotten at once. */
const forgottenShare = 1 / 16;

interface KeptEntry extends Entry {
  atMs: number;
  news: News | null;
  readonly sizeBytes: number;
  /** Of an event: the position of the snapshot that came of it. */
  dealtAt: number | null;
}

export function createRecording(serverId: string, limits: RecordingLimits = usualLimits): Recording {
  let entries: KeptEntry[] = [];
  let first = 0;
  /** When the last of those happened that are forgotten. */
  let forgottenAtMs = 0;
  let sizeBytes = 0;
  let lost = 0;
  let hello: HelloMessage | null = null;
  /** The number of the newest message, in the stream of the server. */
  let newestId = -1;
  let newestAtMs = 0;
  let isTimeKnown = false;
  let calls: EntryOf<CallsMessage>[] = [];
  const actors = createActorHistories();
  const definitions = createTextPool();
  const phases = createPhaseLog();

  /** What has no time of its own gets that of what stands before it; at the beginning, of what comes next. */
  const timeOf = (message: InspectionMessage): number => {
    newestAtMs = Math.max(newestAtMs, Math.floor(ownTimeOf(message) ?? 0));
    if (!isTimeKnown && isOfStream(message)) {
      isTimeKnown = true;
      for (const entry of entries) entry.atMs = newestAtMs;
    }
    return newestAtMs;
  };

  const entryOf = (message: InspectionMessage, sharedBytes = 0): KeptEntry => ({
    position: first + entries.length,
    atMs: timeOf(message),
    message,
    news: null,
    sizeBytes: estimateSizeBytes(message) - sharedBytes,
    dealtAt: null,
  });

  /** Actors that do the same have the same definition: it is kept, and counted, once. */
  const withSharedDefinition = (message: ActorMessage): KeptEntry => {
    const { text: definition, isNew } = definitions.take(message.definition);
    return entryOf({ ...message, definition }, isNew ? 0 : definition.length);
  };

  const greet = (message: HelloMessage, { position, atMs }: Entry) => {
    const isSame = hello?.recording.sinceMs === message.recording.sinceMs;
    if (hello !== null && (!isSame || message.recording.dropped.messages > 0)) actors.endAll(position, atMs);
    if (!isSame) newestId = -1;
    hello = message;
    phases.learn(message.phases);
  };

  const keepOfChart = (entry: EntryOf<ChartMessage>): News | null => {
    const { news, dealtWith } = actors.keep(entry);
    if (dealtWith !== undefined) (dealtWith as KeptEntry).dealtAt = entry.position;
    if (isStepOfLifecycle(entry.message)) phases.enter(entry.message.value, entry.atMs);
    return news;
  };

  const keep = (entry: KeptEntry): News | null => {
    const { message, position, atMs } = entry;
    switch (message.type) {
      case 'maitred.hello':
        greet(message, entry);
        return 'attached';
      case 'maitred.lost':
        lost += message.messages;
        if (message.why === 'watcherTooSlow') actors.endAll(position, atMs);
        return 'lost';
      case 'maitred.bye':
        actors.endAll(position, atMs);
        return 'left';
      case 'maitred.calls':
        calls.push(entry as EntryOf<typeof message>);
        return null;
      default:
        return keepOfChart(entry as EntryOf<typeof message>);
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
    calls = calls.slice(Math.max(0, countBefore(calls, first, positionOf) - 1));
    actors.forgetBefore(first);
    definitions.keepOnly([...actors.all()].flatMap(({ introduction }) => introduction?.definition ?? []));
  };

  const entryAt = (position: number): KeptEntry => {
    const entry = entries[position - first];
    if (entry !== undefined) return entry;
    throw new RangeError(`message ${position} is not kept: there are ${first} to ${first + entries.length - 1}`);
  };

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
      entry.news = keep(entry);
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
    nameOf: (sessionId) => actors.get(sessionId)?.introduction?.name ?? sessionId,
    outcomeOf(position) {
      const { dealtAt, message } = entryAt(position);
      const history = 'sessionId' in message ? actors.get(message.sessionId) : undefined;
      if (dealtAt === null || history === undefined) return null;
      const transitions = transitionsOfEvent(history, position, dealtAt);
      return { position: dealtAt, transitions };
    },
    transitionsBefore(sessionId, moment, most) {
      const history = actors.get(sessionId);
      return history === undefined ? [] : lastTransitions(history, moment, most);
    },
    previousSnapshot(sessionId, moment) {
      const history = actors.get(sessionId);
      return history === undefined ? null : snapshotBefore(history, moment);
    },
    callsAt: (moment) => newestBefore(calls, moment)?.message ?? null,
    phasesAt: (moment) =>
      phases.until(entries[moment - 1 - first]?.atMs ?? (moment > first ? newestAtMs : forgottenAtMs)),
  };
}

type StreamMessage = Extract<InspectionMessage, { readonly id: string | null }> & { readonly id: string };

/** Whether it says what happened, and not how things are. */
const isOfStream = (message: InspectionMessage): message is StreamMessage => 'id' in message && message.id !== null;

function ownTimeOf(message: InspectionMessage): number | null {
  if (isOfStream(message)) return Number(message.createdAt);
  return message.type === 'maitred.hello' ? message.recording.sinceMs : null;
}

const isStepOfLifecycle = (message: ChartMessage): message is StepMessage =>
  'transitions' in message && message.sessionId === message.rootId && message.sessionId.startsWith('lifecycle.');
