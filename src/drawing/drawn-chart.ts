import { hashText } from '../domain/hash-text.ts';
import type { Chart } from './chart.ts';
import type { Layout } from './layout.ts';

/** A chart with its layout: the content of a file in `dist/charts`. */
export interface DrawnChart {
  /** The name of the chart's source file: `startup-task`. */
  readonly name: string;
  /** `hashChart` of the chart that the layout was made for. */
  readonly hash: string;
  readonly chart: Chart;
  readonly layout: Layout;
}

/** Identifies a chart, so that a layout can be matched to it. */
export const hashChart = (chart: Chart): string => hashText(JSON.stringify(chart));
