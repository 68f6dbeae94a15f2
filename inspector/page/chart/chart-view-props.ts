import type { TakenTransition } from '../../../src/domain/inspection.ts';
import type { InvokeStatus } from './light-picture.ts';

/** What a chart is and where it is. */
export interface ChartViewProps {
  /** Of the actor. */
  readonly name: string;
  /** JSON text of the machine's configuration, as the wire brings it. */
  readonly definition: string;
  /** Paths with dots, those of parents too. */
  readonly active: ReadonlySet<string>;
  /** The last transitions, the newest last: ids of states, types of events. */
  readonly taken: readonly TakenTransition[];
  /** The newest has just been taken: it glows. */
  readonly isFresh: boolean;
  /** By the id of the actor. */
  readonly invokes: ReadonlyMap<string, InvokeStatus>;
  readonly onChooseActor: (actorId: string) => void;
}
