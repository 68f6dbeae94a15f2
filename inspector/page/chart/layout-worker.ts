import { layOutChart } from '../../model/lay-out-chart.ts';
import type { LayoutAnswer, LayoutRequest } from './layout-messages.ts';

// ELK assigns `onmessage` in a worker and ignores messages of others, so a listener works beside it.
addEventListener('message', async ({ data }: MessageEvent<LayoutRequest>) => {
  const { id, chart } = data;
  try {
    answer({ id, layout: await layOutChart(chart), problem: null });
  } catch (error) {
    answer({ id, layout: null, problem: error instanceof Error ? error.message : String(error) });
  }
});

const answer = (message: LayoutAnswer) => postMessage(message);
