import type { Chart } from '../../../src/drawing/chart.ts';
import type { Layout } from '../../../src/drawing/layout.ts';

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
