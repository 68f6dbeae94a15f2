import type { Chart } from '../../../src/drawing/chart.ts';
import type { Layout } from '../../../src/drawing/layout.ts';

/** A message from the page to the worker. */
export interface LayoutRequest {
  readonly id: number;
  readonly chart: Chart;
}

/** A message from the worker to the page; either `layout` or `problem` is null. */
export interface LayoutAnswer {
  readonly id: number;
  readonly layout: Layout | null;
  readonly problem: string | null;
}
