import type {
  ActorMessage,
  ChartMessage,
  EventMessage,
  SnapshotMessage,
  StepMessage,
} from '../../src/domain/inspection.ts';
import { activeStates } from './active-states.ts';
import { countBefore, itself } from './count-before.ts';
import type { ActorAt, Entry, SnapshotAt, TransitionAt } from './recording.ts';

/** An entry of which the kind is known. */
export type EntryOf<Message> = Entry & { readonly message: Message };

/** All that is kept of one actor; each list in order. */
export interface ActorHistory {
  readonly sessionId: string;
  readonly rootId: string;
  readonly since: number;
  /** The newest; null where none has come. */
  introduction: ActorMessage | null;
  /** How it was. */
  states: EntryOf<ActorMessage | SnapshotMessage>[];
  steps: EntryOf<StepMessage>[];
  /** Moments at which transitions had been dealt with: by then its context shows them. */
  transitionMoments: number[];
  /** Events on their way to it. */
  readonly onTheWay: EntryOf<EventMessage>[];
  /** How it has ended, as it has told its parent; its own word of that comes later, and when its server leaves never. */
  outcome: 'done' | 'error' | null;
  /** What was answered last: asked again for the same, it is the same object. */
  answer: Answer | null;
}

interface Answer {
  readonly state: Entry | undefined;
  readonly step: Entry | undefined;
  readonly introduction: ActorMessage | null;
  readonly actor: ActorAt;
}

/** Of one whose messages are lost more are on their way than will ever arrive. */
const mostOnTheWay = 1_000;

export function createActorHistory({ sessionId, rootId }: ChartMessage, since: number): ActorHistory {
  return {
    sessionId,
    rootId,
    since,
    introduction: null,
    states: [],
    steps: [],
    transitionMoments: [],
    onTheWay: [],
    outcome: null,
    answer: null,
  };
}

export const positionOf = ({ position }: Entry): number => position;

export function newestBefore<Thing extends Entry>(things: readonly Thing[], moment: number): Thing | undefined {
  return things[countBefore(things, moment, positionOf) - 1];
}

/** By the newest word of it: what takes a step lives. */
export const hasEnded = ({ states, steps }: ActorHistory): boolean =>
  newestStatus(states.at(-1), steps.at(-1)) !== 'active';

const newestStatus = (state: StateEntry | undefined, step: StepEntry | undefined): string =>
  (isNewer(step, state) ? step.message.status : state?.message.snapshot.status) ?? 'active';

const isNewer = (step: StepEntry | undefined, state: StateEntry | undefined): step is StepEntry =>
  step !== undefined && step.position > (state?.position ?? -1);

export function keepStep(history: ActorHistory, entry: EntryOf<StepMessage>): void {
  history.steps.push(entry);
  if (entry.message.transitions.length > 0) history.transitionMoments.push(entry.position + 1);
}

/** @returns the event that it has dealt with, where that was on its way */
export function keepState(
  history: ActorHistory,
  entry: EntryOf<ActorMessage | SnapshotMessage>,
): EntryOf<EventMessage> | undefined {
  const { states, transitionMoments, onTheWay } = history;
  const before = states.at(-1)?.position ?? -1;
  states.push(entry);
  const { message } = entry;
  if (message.type === '@xstate.actor') return undefined;
  if ((transitionMoments.at(-1) ?? -1) > before + 1)
    transitionMoments[transitionMoments.length - 1] = entry.position + 1;
  const at = onTheWay.findIndex((event) => event.message.event.type === message.event.type);
  return at < 0 ? undefined : onTheWay.splice(at, 1)[0];
}

export function keepEvent({ onTheWay }: ActorHistory, entry: EntryOf<EventMessage>): void {
  onTheWay.push(entry);
  if (onTheWay.length > mostOnTheWay) onTheWay.shift();
}

/** Whether it is listed at any moment from a position on: what had ended before is not. */
export function isWantedFrom(history: ActorHistory, position: number): boolean {
  const { states, steps } = history;
  const newest = Math.max(states.at(-1)?.position ?? -1, steps.at(-1)?.position ?? -1);
  return newest >= position || !hasEnded(history);
}

/** Of what stands before a position only the newest is kept. */
export function forgetBefore(history: ActorHistory, position: number): void {
  const { states, steps, transitionMoments, onTheWay } = history;
  history.states = states.slice(Math.max(0, countBefore(states, position, positionOf) - 1));
  history.steps = steps.slice(Math.max(0, countBefore(steps, position, positionOf) - 1));
  history.transitionMoments = transitionMoments.slice(countBefore(transitionMoments, position, itself));
  onTheWay.splice(0, countBefore(onTheWay, position, positionOf));
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

function snapshotOf({ since }: ActorHistory, state: StateEntry | undefined, step: StepEntry | undefined): SnapshotAt {
  const seen = state?.message.snapshot;
  const status = newestStatus(state, step);
  return {
    position: state?.position ?? since,
    atMs: (state ?? step)?.atMs ?? 0,
    event: state?.message.type === '@xstate.snapshot' ? state.message.event : null,
    snapshot: seen?.status === status ? seen : { ...seen, status },
    value: (isNewer(step, state) ? step.message.value : seen?.value) ?? null,
  };
}

type StateEntry = EntryOf<ActorMessage | SnapshotMessage>;
type StepEntry = EntryOf<StepMessage>;

/** The transitions that were taken last before a moment, the oldest first. */
export function lastTransitions({ steps }: ActorHistory, moment: number, most: number): TransitionAt[] {
  const transitions: TransitionAt[] = [];
  for (let at = countBefore(steps, moment, positionOf) - 1; at >= 0 && transitions.length < most; at -= 1) {
    const step = steps[at];
    if (step !== undefined) transitions.unshift(...transitionsOf(step));
  }
  return transitions.slice(-most);
}

/** The transitions of the event from a position that came to an end at another. */
export function transitionsOfEvent({ states, steps }: ActorHistory, from: number, to: number): TransitionAt[] {
  const begin = Math.max(from, newestBefore(states, to)?.position ?? 0);
  return steps.slice(countBefore(steps, begin, positionOf), countBefore(steps, to, positionOf)).flatMap(transitionsOf);
}

function transitionsOf({ position, atMs, message }: StepEntry): TransitionAt[] {
  return message.transitions.map((taken) => ({ position, atMs, taken }));
}
