import { useEffect, useState } from 'preact/hooks';
import { type Chart, hashChart } from '../../../src/drawing/chart.ts';
import { type ChartProblem, readChart } from '../../model/read-chart.ts';
import { nextTurn } from '../stream/yield-to-page.ts';
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

/** Reading a large chart and building its view take about as long as a frame each, so the page is drawn first, and can react in between. null: not read yet. */
function useRead(definition: string): ReadDefinition | null {
  const [read, setRead] = useState<ReadDefinition | null>(null);
  useEffect(() => {
    let isWanted = true;
    const readInTurns = async () => {
      await nextTurn();
      const chart = readChart(definition);
      const hash = 'problem' in chart ? '' : hashChart(chart);
      await nextTurn();
      if (isWanted) setRead({ definition, chart, hash });
    };
    void readInTurns();
    return () => {
      isWanted = false;
    };
  }, [definition]);
  return read?.definition === definition ? read : null;
}
