import { useEffect, useState } from 'preact/hooks';
import { type Chart, hashChart } from '../../../src/drawing/chart.ts';
import { type ChartProblem, readChart } from '../../model/read-chart.ts';
import { ChartPicture, type ChartPictureProps } from './chart-picture.tsx';

export interface ChartViewProps extends Omit<ChartPictureProps, 'chart' | 'hash'> {
  /** The machine's configuration as JSON text, as it is on the wire. */
  readonly definition: string;
}

interface ReadDefinition {
  readonly definition: string;
  readonly chart: Chart | ChartProblem;
  readonly hash: string;
}

/** The chart of a machine as a picture with the active states highlighted. Fills its container. */
export function ChartView({ definition, ...more }: ChartViewProps) {
  const read = useRead(definition);
  if (read === null) return <div class="chart-view" />;
  const { chart, hash } = read;
  if ('problem' in chart)
    return (
      <div class="chart-view">
        <p class="chart-problem">{chart.problem}</p>
      </div>
    );
  return <ChartPicture key={hash} hash={hash} chart={chart} {...more} />;
}

/** Reading a large chart takes about as long as a frame, so the page is drawn first. null: not read yet. */
function useRead(definition: string): ReadDefinition | null {
  const [read, setRead] = useState<ReadDefinition | null>(null);
  useEffect(() => {
    const chart = readChart(definition);
    setRead({ definition, chart, hash: 'problem' in chart ? '' : hashChart(chart) });
  }, [definition]);
  return read?.definition === definition ? read : null;
}
