import ElkConstructor, { type ElkNode } from 'elkjs/lib/elk.bundled.js';
import type { Chart } from '../../src/drawing/chart.ts';
import type { ElkGraph } from '../../src/drawing/elk-graph.ts';
import { fromElkGraph } from '../../src/drawing/from-elk-graph.ts';
import type { Layout } from '../../src/drawing/layout.ts';
import { toElkGraph } from '../../src/drawing/to-elk-graph.ts';

const elk = new ElkConstructor();

/** Lays a chart out; the same chart comes out the same, byte for byte. Large: the page has it in a worker, and the build calls it for the known charts. */
export async function layOutChart(chart: Chart): Promise<Layout> {
  return fromElkGraph(chart, (await elk.layout(toElkGraph(chart) as ElkNode)) as ElkGraph);
}
