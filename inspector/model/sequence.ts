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
  /** Numbers of lifelines; the same twice: it has sent it to itself. */
  readonly from: number;
  readonly to: number;
  readonly row: LogRow;
}

const outside = '';

/**
 * The last events before a moment as arrows between actors.
 * @param log what is to be seen of the recording
 * @param most arrows
 */
export function sequenceBefore(log: EventLog, moment: number, most: number): Sequence {
  const end = log.countAt(moment);
  const begin = Math.max(0, end - most);
  const rows = log.rows(begin, end).filter(({ target }) => target !== null);
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
    const from = news === 'ended' || (news === 'came' && source === null) ? lifelineOf(target) : lifelineOf(source);
    const to = lifelineOf(target);
    const line = drawn[to];
    if (line !== undefined && news === 'came') drawn[to] = { ...line, from: at };
    if (line !== undefined && news === 'ended') drawn[to] = { ...line, to: at };
    return { from, to, row };
  });
  return { lifelines: drawn, arrows, before: begin };
}
