import { layOutChart } from '../../inspector/model/lay-out-chart.ts';
import { type DrawnChart, hashChart } from '../../src/drawing/chart.ts';
import { describeChart } from '../../src/drawing/describe-chart.ts';
import { findCharts } from '../docs/charts.mts';

/** All charts of the program, with layouts. */
export async function drawKnownCharts(): Promise<DrawnChart[]> {
  const charts = (await findCharts()).map(({ name, machine }) => ({ name, chart: describeChart(machine.root) }));
  return Promise.all(
    charts.map(async ({ name, chart }) => ({ name, hash: hashChart(chart), chart, layout: await layOutChart(chart) })),
  );
}
