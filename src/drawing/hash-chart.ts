import { hashText } from '../domain/hash-text.ts';
import type { Chart } from './chart.ts';

/** Says whether a layout belongs to a chart. */
export const hashChart = (chart: Chart): string => hashText(JSON.stringify(chart));
