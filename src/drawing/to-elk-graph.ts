import type { Chart } from './chart.ts';
import { type DrawingPlan, type PlannedArrow, type PlannedBox, planDrawing } from './drawing-plan.ts';
import type { ElkEdge, ElkGraph } from './elk-graph.ts';

const layoutOptions = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.padding': '[top=0,left=0,bottom=0,right=0]',
} as const;

/** ELK does not inherit these: every box with children needs them. */
const spacing = {
  'elk.spacing.nodeNode': '16',
  'elk.spacing.edgeNode': '12',
  'elk.spacing.edgeEdge': '12',
  'elk.spacing.edgeLabel': '4',
  'elk.spacing.labelNode': '8',
  'elk.layered.spacing.nodeNodeBetweenLayers': '10',
  'elk.layered.spacing.edgeNodeBetweenLayers': '8',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '8',
  'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
  'elk.layered.nodePlacement.bk.fixedAlignment': 'BALANCED',
} as const;

/** Moves each box up to the one before it, whatever the height of its layer. */
const compaction = { 'elk.layered.compaction.postCompaction.strategy': 'EDGE_LENGTH' } as const;

/** Boxes side by side are aligned at the top. */
const alignment = { 'elk.alignment': 'TOP' } as const;

const innerPadding = 12;

/** A chart as ELK's input, every text measured. `fromElkGraph` reads ELK's answer. */
export function toElkGraph(chart: Chart, isCompact: boolean): ElkGraph {
  const plan = planDrawing(chart);
  const [frame] = plan.boxes;
  return {
    id: 'picture',
    layoutOptions: { ...layoutOptions, ...spacing },
    children: frame === undefined ? [] : [elkBox(frame, plan, isCompact)],
    edges: plan.arrows.map(elkEdge),
  };
}

function elkBox({ id, node, text }: PlannedBox, plan: DrawingPlan, isCompact: boolean): ElkGraph {
  const marks = plan.marks.filter(({ nodeId }) => nodeId === node.id);
  const boxes = plan.boxes.filter((box) => box.node.parentId === node.id);
  if (marks.length + boxes.length === 0)
    return { id, width: text.width, height: text.height, layoutOptions: alignment };
  return {
    id,
    layoutOptions: {
      ...spacing,
      ...alignment,
      ...(isCompact ? compaction : {}),
      'elk.padding': `[top=${text.height + 8},left=${innerPadding},bottom=${innerPadding},right=${innerPadding}]`,
      // ELK lays out from left to right and rotates the result; these two options apply before the rotation.
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      'elk.nodeSize.minimum': `(${text.height},${text.width})`,
      'elk.contentAlignment': 'V_CENTER H_LEFT',
    },
    children: [
      ...marks.map((mark) => ({ id: mark.id, width: mark.width, height: mark.height })),
      ...boxes.map((box) => elkBox(box, plan, isCompact)),
    ],
  };
}

/** A backward arrow is reversed for ELK, so that the picture keeps the chart's order from top to bottom. */
function elkEdge({ id, begin, end, isBackward, label }: PlannedArrow): ElkEdge {
  const [source, target] = isBackward ? [end, begin] : [begin, end];
  const ends = { id, sources: [source], targets: [target] };
  if (label === null) return ends;
  const text = label.lines.map((line) => line.text).join('\n');
  const { width, height } = label;
  return { ...ends, labels: [{ text, width, height, layoutOptions: { 'elk.edgeLabels.inline': 'true' } }] };
}
