import type { EventLog } from './event-log.ts';
import type { LogRow, NamedActor } from './log-row.ts';

/** Events between actors, in order: a sequence diagram. */
export interface Sequence {
  /** From left to right; the first stands for the outside of the charts, if an event came from there. */
  readonly lifelines: readonly Lifeline[];
  readonly arrows: readonly SequenceArrow[];
  /** The number of older arrows that are omitted. */
  readonly before: number;
}

export interface Lifeline {
  /** null: outside. */
  readonly sessionId: string | null;
  readonly name: string;
  /** The index of the arrow at which it starts or ends; null: not among these arrows. */
  readonly from: number | null;
  readonly to: number | null;
}

export interface SequenceArrow {
  /** The index of the sender's lifeline; equal to `to` if it sent the event to itself; null: the sender has no lifeline. */
  readonly from: number | null;
  readonly to: number;
  readonly row: LogRow;
}

const outside = '';

/** The indexes of the lifelines that some arrows touch, from left to right. */
export function touchedLifelines(arrows: readonly SequenceArrow[]): readonly number[] {
  const numbers = arrows.flatMap(({ from, to }) => (from === null ? [to] : [from, to]));
  return [...new Set(numbers)].sort((one, other) => one - other);
}

/**
 * The last events before a moment as arrows between actors.
 * @param log the filtered log of the recording
 * @param most the maximum number of arrows
 * @param isMachine an actor that is not a machine has a lifeline only if it received an event: a promise sends only its end
 */
export function sequenceBefore(
  log: EventLog,
  moment: number,
  most: number,
  isMachine: (sessionId: string) => boolean,
): Sequence {
  const end = log.countAt(moment);
  const begin = Math.max(0, end - most);
  const rows = log.rows(begin, end).filter(({ target }) => target !== null);
  const receivers = new Set(rows.map(({ target }) => target?.sessionId));
  const hasLifeline = ({ sessionId }: NamedActor) => receivers.has(sessionId) || isMachine(sessionId);
  const lifelines = new Map<string, number>();
  const drawn: Lifeline[] = [];

  const lifelineOf = (actor: NamedActor | null): number => {
    const key = actor?.sessionId ?? outside;
    const known = lifelines.get(key);
    if (known !== undefined) return known;
    const number =
      drawn.push({ sessionId: actor?.sessionId ?? null, name: actor?.name ?? 'outside', from: null, to: null }) - 1;
    lifelines.set(key, number);
    return number;
  };

  if (rows.some(({ logKind, source }) => logKind === 'event' && source === null)) lifelineOf(null);
  const arrows = rows.map((row, at): SequenceArrow => {
    const { source, target, logKind } = row;
    const begins = logKind === 'created' || logKind === 'present';
    const sender = logKind === 'ended' || (begins && source === null) ? target : source;
    const from = sender === null || hasLifeline(sender) ? lifelineOf(sender) : null;
    const to = lifelineOf(target);
    const line = drawn[to];
    if (line !== undefined && begins) drawn[to] = { ...line, from: at };
    if (line !== undefined && logKind === 'ended') drawn[to] = { ...line, to: at };
    return { from, to, row };
  });
  return { lifelines: drawn, arrows, before: begin };
}
