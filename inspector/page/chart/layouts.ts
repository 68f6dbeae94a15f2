import { type Chart, type DrawnChart, hashChart } from '../../../src/drawing/chart.ts';
import type { Layout } from '../../../src/drawing/layout.ts';
import type { LayoutAnswer, LayoutRequest } from './layout-messages.ts';

export interface Layouts {
  /**
   * The layout of a chart, kept for the next question. Known charts come from the server, others from a worker, which is loaded for the first of them.
   * @throws Error if the chart cannot be laid out
   */
  of(chart: Chart): Promise<Layout>;
}

export function createLayouts(): Layouts {
  const kept = new Map<string, Promise<Layout>>();
  const worker = lazyWorker();
  return {
    of(chart) {
      const hash = hashChart(chart);
      const known = kept.get(hash);
      if (known !== undefined) return known;
      const layout = askServer(hash, chart).then((answered) => answered ?? worker.layOut(chart));
      kept.set(hash, layout);
      // A failure is not kept.
      layout.catch(() => kept.delete(hash));
      return layout;
    },
  };
}

/** The server has no layouts of charts with collapsed states. */
async function askServer(hash: string, { nodes }: Chart): Promise<Layout | null> {
  if (nodes.some(({ hiddenStates }) => hiddenStates !== undefined)) return null;
  try {
    const response = await fetch(`/charts/${hash}.json`);
    return response.ok ? ((await response.json()) as DrawnChart).layout : null;
  } catch {
    // The server has ended; the worker lays the chart out.
    return null;
  }
}

function lazyWorker() {
  const waiting = new Map<number, (answer: LayoutAnswer) => void>();
  let worker: Worker | null = null;
  let lastId = 0;

  const failAll = () => {
    worker?.terminate();
    worker = null;
    for (const [id, settle] of waiting) settle({ id, layout: null, problem: 'the worker of the page failed' });
  };
  const start = () => {
    const started = new Worker('/layout-worker.js');
    started.addEventListener('message', ({ data }: MessageEvent<LayoutAnswer>) => waiting.get(data.id)?.(data));
    started.addEventListener('error', failAll);
    return started;
  };

  return {
    layOut(chart: Chart): Promise<Layout> {
      lastId += 1;
      const request: LayoutRequest = { id: lastId, chart };
      worker ??= start();
      worker.postMessage(request);
      return new Promise((resolve, reject) => {
        waiting.set(request.id, ({ layout, problem }) => {
          waiting.delete(request.id);
          if (layout === null) reject(new Error(problem ?? 'unknown reason'));
          else resolve(layout);
        });
      });
    },
  };
}
