import type {
  CallsMessage,
  ChartMessage,
  HelloMessage,
  InspectionMessage,
  StepMessage,
} from '../../src/domain/inspection.ts';
import {
  type ActorHistory,
  actorAtMoment,
  createActorHistory,
  type EntryOf,
  forgetBefore,
  hasEnded,
  keepEvent,
  keepState,
  keepStep,
  lastTransitions,
  newestBefore,
  nextStop,
  positionOf,
  previousStop,
  snapshotBefore,
  transitionsBetween,
} from './actor-history.ts';
import { countBefore } from './count-before.ts';
import { estimateSizeBytes } from './estimate-size.ts';
import { createPhaseLog } from './phase-log.ts';
import type { Entry, News, Recording } from './recording.ts';

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
  let sizeBytes = 0;
  let hello: HelloMessage | null = null;
  /** The number of the newest message, in the stream of the server. */
  let newestId = -1;
  let newestAtMs = 0;
  let isTimeKnown = false;
  let histories = new Map<string, ActorHistory>();
  let calls: EntryOf<CallsMessage>[] = [];
  /** Moments just after a transition. */
  let stops: number[] = [];
  const phases = createPhaseLog();

  const end = () => first + entries.length;

  /** What has no time of its own gets that of what stands before it; at the beginning, of what comes next. */
  const timeOf = (message: InspectionMessage): number => {
    newestAtMs = Math.max(newestAtMs, Math.floor(ownTimeOf(message) ?? 0));
    if (!isTimeKnown && isOfStream(message)) {
      isTimeKnown = true;
      for (const entry of entries) entry.atMs = newestAtMs;
    }
    return newestAtMs;
  };

  const historyOf = (message: ChartMessage, position: number): ActorHistory => {
    const known = histories.get(message.sessionId);
    if (known !== undefined) return known;
    const history = createActorHistory(message, position);
    histories.set(message.sessionId, history);
    return history;
  };

  const keepOfChart = (entry: KeptEntry, message: ChartMessage): News | null => {
    const { position } = entry;
    const isNew = !histories.has(message.sessionId);
    const history = historyOf(message, position);
    switch (message.type) {
      case '@xstate.actor':
        history.introduction = message;
        keepState(history, entry as EntryOf<typeof message>);
        return isNew ? 'came' : null;
      case '@xstate.event':
        keepEvent(history, entry as EntryOf<typeof message>);
        return isInnerWork(message.event.type) ? null : 'event';
      case '@xstate.snapshot': {
        const endedBefore = hasEnded(history);
        const event = keepState(history, entry as EntryOf<typeof message>);
        if (event !== undefined) (event as KeptEntry).dealtAt = position;
        return hasEnded(history) && !endedBefore ? 'ended' : null;
      }
      case '@xstate.microstep':
      case '@xstate.transition':
        keepStep(history, entry as EntryOf<typeof message>);
        if (message.transitions.length > 0) stops.push(position + 1);
        if (isOfLifecycle(message)) phases.enter(message.value, entry.atMs);
        return null;
      case '@xstate.action':
        return null;
    }
  };

  /** What has ended unseen is not introduced again; what lives is, right after. */
  const endAll = (position: number, atMs: number) => {
    for (const history of histories.values()) {
      const last = history.states.at(-1);
      if (last === undefined || hasEnded(history)) continue;
      const { _version, createdAt, sessionId, rootId, snapshot } = last.message;
      const message = {
        ...({ type: '@xstate.snapshot', _version, createdAt, id: null, sessionId, rootId } as const),
        event: { type: '' },
        snapshot: { ...snapshot, status: 'stopped' },
      };
      keepState(history, { position, atMs, message, news: null });
    }
  };

  const keep = (entry: KeptEntry): News | null => {
    const { message, position, atMs } = entry;
    switch (message.type) {
      case 'maitred.hello': {
        const isSame = hello?.recording.sinceMs === message.recording.sinceMs;
        if (hello !== null && (!isSame || message.recording.dropped.messages > 0)) endAll(position, atMs);
        if (!isSame) newestId = -1;
        hello = message;
        phases.learn(message.phases);
        return 'attached';
      }
      case 'maitred.lost':
        if (message.why === 'watcherTooSlow') endAll(position, atMs);
        return 'lost';
      case 'maitred.bye':
        return 'left';
      case 'maitred.calls':
        calls.push(entry as EntryOf<typeof message>);
        return null;
      default:
        return keepOfChart(entry, message);
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
    entries = entries.slice(forgotten);
    first += forgotten;
    stops = stops.slice(countBefore(stops, first, (moment) => moment));
    calls = calls.slice(Math.max(0, countBefore(calls, first, positionOf) - 1));
    for (const history of histories.values()) forgetBefore(history, first);
    histories = new Map([...histories].filter(([, history]) => mayBeAskedFor(history, first)));
  };

  const entryAt = (position: number): KeptEntry => {
    const entry = entries[position - first];
    if (entry === undefined) throw new RangeError(`there is no message ${position}: ${first} to ${end() - 1} are kept`);
    return entry;
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
      return end();
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
      const entry: KeptEntry = {
        position: end(),
        atMs: timeOf(message),
        message,
        news: null,
        sizeBytes: estimateSizeBytes(message),
        dealtAt: null,
      };
      entries.push(entry);
      sizeBytes += entry.sizeBytes;
      entry.news = keep(entry);
      if (entries.length > limits.messages || sizeBytes > limits.sizeBytes) forgetOldest();
    },
    at: entryAt,
    momentAt: (timeMs) => first + countBefore(entries, Math.floor(timeMs) + 1, ({ atMs }) => atMs),
    nextTransition(moment, sessionId) {
      return nextStop(sessionId === undefined ? { stops } : (histories.get(sessionId) ?? { stops: [] }), moment);
    },
    previousTransition(moment, sessionId) {
      return previousStop(sessionId === undefined ? { stops } : (histories.get(sessionId) ?? { stops: [] }), moment);
    },
    actorsAt(moment) {
      return [...histories.values()]
        .filter(({ since }) => since < moment)
        .map((history) => actorAtMoment(history, moment));
    },
    actorAt(sessionId, moment) {
      const history = histories.get(sessionId);
      return history === undefined || history.since >= moment ? null : actorAtMoment(history, moment);
    },
    nameOf: (sessionId) => histories.get(sessionId)?.introduction?.name ?? sessionId,
    outcomeOf(position) {
      const { dealtAt, message } = entryAt(position);
      if (dealtAt === null || message.type !== '@xstate.event') return null;
      const history = histories.get(message.sessionId);
      if (history === undefined) return null;
      const before = newestBefore(history.states, dealtAt);
      const from = Math.max(position, before?.position ?? 0);
      return {
        position: dealtAt,
        atMs: entryAt(dealtAt).atMs,
        transitions: transitionsBetween(history, from, dealtAt),
      };
    },
    transitionsBefore(sessionId, moment, most) {
      const history = histories.get(sessionId);
      return history === undefined ? [] : lastTransitions(history, moment, most);
    },
    previousSnapshot(sessionId, moment) {
      const history = histories.get(sessionId);
      return history === undefined ? null : snapshotBefore(history, moment);
    },
    callsAt: (moment) => newestBefore(calls, moment)?.message ?? null,
    phasesAt(moment) {
      const newest = entries[Math.min(moment, end()) - 1 - first] ?? (moment > 0 ? entries[0] : undefined);
      return newest === undefined ? [] : phases.until(newest.atMs);
    },
  };
}

type StreamMessage = Extract<InspectionMessage, { readonly id: string | null }> & { readonly id: string };

/** Whether it says what happened, and not how things are. */
const isOfStream = (message: InspectionMessage): message is StreamMessage => 'id' in message && message.id !== null;

function ownTimeOf(message: InspectionMessage): number | null {
  if (isOfStream(message)) return Number(message.createdAt);
  return message.type === 'maitred.hello' ? message.recording.sinceMs : null;
}

/** One that had ended before is not listed at any moment that is kept. */
const mayBeAskedFor = (history: ActorHistory, first: number): boolean => {
  const { states, steps } = history;
  const newest = Math.max(states.at(-1)?.position ?? -1, steps.at(-1)?.position ?? -1);
  return newest >= first || !hasEnded(history);
};

/** What tells no more than that an actor has come or ended, which has a row of its own. */
const isInnerWork = (eventType: string): boolean =>
  eventType === 'xstate.init' || eventType === 'xstate.stop' || eventType.startsWith('xstate.promise.');

const isOfLifecycle = ({ sessionId, rootId }: StepMessage): boolean =>
  sessionId === rootId && sessionId.startsWith('lifecycle.');
