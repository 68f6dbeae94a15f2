import { useMemo } from 'preact/hooks';
import type { TakenTransition } from '../../../src/domain/inspection.ts';
import { hashChart } from '../../../src/drawing/hash-chart.ts';
import { readChart } from '../../model/read-chart.ts';
import { ChartPicture } from './chart-picture.tsx';
import type { InvokeStatus } from './light-picture.ts';

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

/** The chart of a machine as a picture in which what is going on is lit. It fills the box that it is put into. */
export function ChartView({ definition, ...more }: ChartViewProps) {
  const read = useMemo(() => readChart(definition), [definition]);
  const hash = useMemo(() => ('problem' in read ? '' : hashChart(read)), [read]);
  if ('problem' in read)
    return (
      <div class="chart-view">
        <p class="chart-problem">{read.problem}</p>
      </div>
    );
  return <ChartPicture key={hash} hash={hash} chart={read} {...more} />;
}
