import type { EventLog } from './event-log.ts';
import type { LogRow, Party } from './log-row.ts';

/** Events between actors, in order. */
export interface Sequence {
  /** From left to right; the first stands for what is outside of the charts, if anything came from there. */
  readonly lifelines: readonly Lifeline[];
  readonly arrows: readonly SequenceArrow[];
  /** Older ones that are not in it. */
  readonly before: number;
}

export interface Lifeline {
  /** null: outside. */
  readonly sessionId: string | null;
  readonly name: string;
  /** The arrow at which it begins and ends, if that is among them. */
  readonly from: number | null;
  readonly to: number | null;
}

export interface SequenceArrow {
  /** Numbers of lifelines; the same twice: it has sent it to itself. null: what has sent it only works for the other, and has no lifeline. */
  readonly from: number | null;
  readonly to: number;
  readonly row: LogRow;
}

const outside = '';

/** The numbers of the lifelines between which some arrows are, from left to right. */
export function takingPart(arrows: readonly SequenceArrow[]): readonly number[] {
  const numbers = arrows.flatMap(({ from, to }) => (from === null ? [to] : [from, to]));
  return [...new Set(numbers)].sort((one, other) => one - other);
}

/**
 * The last events before a moment as arrows between actors.
 * @param log what is to be seen of the recording
 * @param most arrows
 * @param isMachine of other actors only those have a lifeline to which something was sent: a promise says no more than its end
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
  const hasLifeline = ({ sessionId }: Party) => receivers.has(sessionId) || isMachine(sessionId);
  const lifelines = new Map<string, number>();
  const drawn: Lifeline[] = [];

  const lifelineOf = (party: Party | null): number => {
    const key = party?.sessionId ?? outside;
    const known = lifelines.get(key);
    if (known !== undefined) return known;
    const number =
      drawn.push({ sessionId: party?.sessionId ?? null, name: party?.name ?? 'outside', from: null, to: null }) - 1;
    lifelines.set(key, number);
    return number;
  };

  if (rows.some(({ news, source }) => news === 'event' && source === null)) lifelineOf(null);
  const arrows = rows.map((row, at): SequenceArrow => {
    const { source, target, news } = row;
    const sender = news === 'ended' || (news === 'came' && source === null) ? target : source;
    const from = sender === null || hasLifeline(sender) ? lifelineOf(sender) : null;
    const to = lifelineOf(target);
    const line = drawn[to];
    if (line !== undefined && news === 'came') drawn[to] = { ...line, from: at };
    if (line !== undefined && news === 'ended') drawn[to] = { ...line, to: at };
    return { from, to, row };
  });
  return { lifelines: drawn, arrows, before: begin };
}
