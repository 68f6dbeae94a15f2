import { layOutChart } from '../../model/lay-out-chart.ts';
import type { LayoutAnswer, LayoutRequest } from './layout-messages.ts';

// ELK takes `onmessage` of a worker for itself, and passes over what is not said to it.
addEventListener('message', async ({ data }: MessageEvent<LayoutRequest>) => {
  const { id, chart } = data;
  try {
    answer({ id, layout: await layOutChart(chart), problem: null });
  } catch (error) {
    answer({ id, layout: null, problem: error instanceof Error ? error.message : String(error) });
  }
});

const answer = (said: LayoutAnswer) => postMessage(said);
