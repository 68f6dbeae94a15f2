import type { Chart } from './chart.ts';
import type { Layout } from './layout.ts';

/** A chart with where everything of it stands, as `dist/charts` holds it. */
export interface DrawnChart {
  /** The words of the chart's file: `startup-task`. */
  readonly name: string;
  /** Of the chart that the layout was made for. */
  readonly hash: string;
  readonly chart: Chart;
  readonly layout: Layout;
}
