import ElkConstructor, { type ElkNode } from 'elkjs/lib/elk.bundled.js';
import type { Chart } from '../../src/drawing/chart.ts';
import type { ElkGraph } from '../../src/drawing/elk-graph.ts';
import { fromElkGraph } from '../../src/drawing/from-elk-graph.ts';
import type { Layout } from '../../src/drawing/layout.ts';
import { toElkGraph } from '../../src/drawing/to-elk-graph.ts';

const elk = new ElkConstructor();

/** Lays a chart out. Equal charts get equal layouts, byte for byte. ELK is large: the page runs this in a worker, the build for the known charts. */
export async function layOutChart(chart: Chart): Promise<Layout> {
  return fromElkGraph(chart, (await elk.layout(toElkGraph(chart) as ElkNode)) as ElkGraph);
}
