import ElkConstructor, { type ElkNode } from 'elkjs/lib/elk.bundled.js';
import type { Chart } from '../../src/drawing/chart.ts';
import type { ElkGraph } from '../../src/drawing/elk-graph.ts';
import { fromElkGraph } from '../../src/drawing/from-elk-graph.ts';
import type { Layout } from '../../src/drawing/layout.ts';
import { toElkGraph } from '../../src/drawing/to-elk-graph.ts';

const elk = new ElkConstructor();

/** Lays a chart out. Equal charts get equal layouts, byte for byte. ELK is large: the page runs this in a worker, the build for the known charts. */
export function layOutChart(chart: Chart): Promise<Layout> {
  const layOut = async (isCompact: boolean) =>
    fromElkGraph(chart, (await elk.layout(toElkGraph(chart, isCompact) as ElkNode)) as ElkGraph);
  // ELK's compaction throws an exception for half of the charts with nested states, and for a few without.
  return hasNestedStates(chart) ? layOut(false) : layOut(true).catch(() => layOut(false));
}

const hasNestedStates = ({ nodes }: Chart): boolean => nodes.some(({ path }) => path.length > 1);
