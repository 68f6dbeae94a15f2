import type { Chart } from '../../../src/drawing/chart.ts';
import type { Layout } from '../../../src/drawing/layout.ts';
import { layOutChart } from '../../model/lay-out-chart.ts';

/** What the page asks the worker … */
export interface LayoutRequest {
  readonly id: number;
  readonly chart: Chart;
}

/** … and what it answers; one of `layout` and `problem` is null. */
export interface LayoutAnswer {
  readonly id: number;
  readonly layout: Layout | null;
  readonly problem: string | null;
}

addEventListener('message', async ({ data }: MessageEvent<LayoutRequest>) => {
  const { id, chart } = data;
  try {
    answer({ id, layout: await layOutChart(chart), problem: null });
  } catch (error) {
    answer({ id, layout: null, problem: error instanceof Error ? error.message : String(error) });
  }
});

const answer = (said: LayoutAnswer) => postMessage(said);
