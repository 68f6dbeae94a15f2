import type {
  ActorMessage,
  ChartMessage,
  EventMessage,
  SeenSnapshot,
  SnapshotMessage,
  StepMessage,
} from '../../src/domain/inspection.ts';
import { activeStates } from './active-states.ts';
import { countBefore, itself } from './count-before.ts';
import type { ActorAt, RecordedMessage, SnapshotAt, TransitionAt } from './recording.ts';

/** The messages about one actor, each list in order. */
export interface ActorHistory {
  readonly sessionId: string;
  readonly rootId: string;
  readonly since: number;
  /** The newest; null: none has come. */
  introduction: ActorMessage | null;

  states: RecordedMessage<ActorMessage | SnapshotMessage>[];
  steps: RecordedMessage<StepMessage>[];
  /** Moments after transitions, from which on the actor's context shows the result. */
  transitionMoments: number[];
  /** Events sent to it that it has not handled yet. */
  readonly pending: RecordedMessage<EventMessage>[];
  /** How it ended, according to its event to the parent. Its own last snapshot comes later, or never if the server ends. */
  outcome: 'done' | 'error' | null;
  /** The last result of `actorAtMoment`: the same question gets the same object. */
  answer: CachedActor | null;
}

interface CachedActor {
  readonly state: RecordedMessage | undefined;
  readonly step: RecordedMessage | undefined;
  readonly introduction: ActorMessage | null;
  readonly actor: ActorAt;
}

/** If snapshots of an actor are lost, its events would stay pending for ever. */
const mostPending = 1_000;

export function createActorHistory({ sessionId, rootId }: ChartMessage, since: number): ActorHistory {
  return {
    sessionId,
    rootId,
    since,
    introduction: null,
    states: [],
    steps: [],
    transitionMoments: [],
    pending: [],
    outcome: null,
    answer: null,
  };
}

export const positionOf = ({ position }: { readonly position: number }): number => position;

export function newestBefore<Thing extends { readonly position: number }>(
  things: readonly Thing[],
  moment: number,
): Thing | undefined {
  return things[countBefore(things, moment, positionOf) - 1];
}

/** According to its newest message: an actor that takes a step is alive. */
export const hasEnded = ({ states, steps }: ActorHistory): boolean =>
  newestStatus(states.at(-1), steps.at(-1)) !== 'active';

const newestStatus = (state: RecordedState | undefined, step: RecordedStep | undefined): string =>
  (isNewer(step, state) ? step.message.status : state?.message.snapshot.status) ?? 'active';

const isNewer = (step: RecordedStep | undefined, state: RecordedState | undefined): step is RecordedStep =>
  step !== undefined && step.position > (state?.position ?? -1);

export function keepStep(history: ActorHistory, entry: RecordedMessage<StepMessage>): void {
  history.steps.push(entry);
  if (entry.message.transitions.length > 0) history.transitionMoments.push(entry.position + 1);
}

/** @returns the pending event that led to this state, if there is one */
export function keepState(
  history: ActorHistory,
  entry: RecordedMessage<ActorMessage | SnapshotMessage>,
): RecordedMessage<EventMessage> | undefined {
  const { states, transitionMoments, pending } = history;
  const before = states.at(-1)?.position ?? -1;
  states.push(entry);
  const { message } = entry;
  if (message.type === '@xstate.actor') return undefined;
  if ((transitionMoments.at(-1) ?? -1) > before + 1)
    transitionMoments[transitionMoments.length - 1] = entry.position + 1;
  const at = pending.findIndex((event) => event.message.event.type === message.event.type);
  return at < 0 ? undefined : pending.splice(at, 1)[0];
}

export function keepEvent({ pending }: ActorHistory, entry: RecordedMessage<EventMessage>): void {
  pending.push(entry);
  if (pending.length > mostPending) pending.shift();
}

/** Whether the actor is listed at a moment from this position on: it is not if it had ended before. */
export function isWantedFrom(history: ActorHistory, position: number): boolean {
  const { states, steps } = history;
  const newest = Math.max(states.at(-1)?.position ?? -1, steps.at(-1)?.position ?? -1);
  return newest >= position || !hasEnded(history);
}

/** Of the messages before a position, keeps only the newest. */
export function forgetBefore(history: ActorHistory, position: number): void {
  const { states, steps, transitionMoments, pending } = history;
  history.states = states.slice(Math.max(0, countBefore(states, position, positionOf) - 1));
  history.steps = steps.slice(Math.max(0, countBefore(steps, position, positionOf) - 1));
  history.transitionMoments = transitionMoments.slice(countBefore(transitionMoments, position, itself));
  pending.splice(0, countBefore(pending, position, positionOf));
}

export function actorAtMoment(history: ActorHistory, moment: number): ActorAt {
  const { introduction } = history;
  const state = newestBefore(history.states, moment);
  const step = newestBefore(history.steps, moment);
  const { answer } = history;
  if (answer?.state === state && answer?.step === step && answer?.introduction === introduction) return answer.actor;
  const snapshot = snapshotOf(history, state, step);
  const actor: ActorAt = {
    sessionId: history.sessionId,
    parentId: introduction?.parentId ?? null,
    startedBy: introduction?.startedBy ?? null,
    call: introduction?.call ?? null,
    rootId: history.rootId,
    name: introduction?.name ?? history.sessionId,
    systemId: introduction?.systemId ?? null,
    kind: introduction?.kind ?? (snapshot.value === null ? 'work' : 'machine'),
    src: introduction?.src ?? null,
    definition: introduction?.kind === 'machine' ? introduction.definition : null,
    since: history.since,
    snapshot,
    active: activeStates(snapshot.value),
  };
  history.answer = { state, step, introduction, actor };
  return actor;
}

export function snapshotBefore(history: ActorHistory, moment: number): SnapshotAt | null {
  const { states, steps } = history;
  const state = states[countBefore(states, moment, positionOf) - 2];
  if (state === undefined) return null;
  return snapshotOf(history, state, newestBefore(steps, state.position));
}

function snapshotOf(
  { since }: ActorHistory,
  state: RecordedState | undefined,
  step: RecordedStep | undefined,
): SnapshotAt {
  const seen = state?.message.snapshot;
  const status = newestStatus(state, step);
  return {
    position: state?.position ?? since,
    atMs: (state ?? step)?.atMs ?? 0,
    event: state?.message.type === '@xstate.snapshot' ? state.message.event : null,
    snapshot: seen?.status === status ? seen : { ...seen, status },
    value: (isNewer(step, state) ? step.message.value : seen?.value) ?? null,
    isEndOfServer: state?.logKind === 'serverEnded',
  };
}

/** A snapshot with the newest value of the machine. */
export const newestSnapshot = ({ snapshot, value }: SnapshotAt): SeenSnapshot =>
  value === null ? snapshot : { ...snapshot, value };

type RecordedState = RecordedMessage<ActorMessage | SnapshotMessage>;
type RecordedStep = RecordedMessage<StepMessage>;

/** The last transitions before a moment, the oldest first. */
export function lastTransitions({ steps }: ActorHistory, moment: number, most: number): TransitionAt[] {
  const transitions: TransitionAt[] = [];
  for (let at = countBefore(steps, moment, positionOf) - 1; at >= 0 && transitions.length < most; at -= 1) {
    const step = steps[at];
    if (step !== undefined) transitions.unshift(...transitionsOf(step));
  }
  return transitions.slice(-most);
}

/** The transitions of an event, from the position of the event to that of its snapshot. */
export function transitionsOfEvent({ states, steps }: ActorHistory, from: number, to: number): TransitionAt[] {
  const begin = Math.max(from, newestBefore(states, to)?.position ?? 0);
  return steps.slice(countBefore(steps, begin, positionOf), countBefore(steps, to, positionOf)).flatMap(transitionsOf);
}

function transitionsOf({ position, atMs, message }: RecordedStep): TransitionAt[] {
  return message.transitions.map((taken) => ({ position, atMs, taken }));
}
