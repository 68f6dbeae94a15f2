import { useMemo } from 'preact/hooks';
import { hashChart } from '../../../src/drawing/hash-chart.ts';
import { readChart } from '../../model/read-chart.ts';
import { ChartPicture } from './chart-picture.tsx';
import type { ChartViewProps } from './chart-view-props.ts';

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
