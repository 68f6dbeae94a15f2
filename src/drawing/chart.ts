import { encodeJson } from '../domain/encode-json.ts';
import { hashText } from '../domain/hash-text.ts';
import type { Layout } from './layout.ts';
import type { Trigger } from './trigger.ts';

/** A statechart as plain data: its states in the order of the source, and the edges between them. */
export interface Chart {
  readonly id: string;
  readonly description: string | null;
  /** Each parent precedes its children; the first node is the chart itself. */
  readonly nodes: readonly ChartNode[];
  readonly edges: readonly ChartEdge[];
}

export interface ChartNode {
  readonly id: string;
  /** The keys from the chart down to this state; empty for the chart itself. */
  readonly path: readonly string[];
  readonly parentId: string | null;
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  /** What a history state restores: the last active child (shallow), or all its descendants (deep). */
  readonly history: 'shallow' | 'deep' | null;
  /** The child that is entered first. */
  readonly initialId: string | null;
  readonly description: string | null;
  readonly work: ChartWork;
  /** The number of descendants that a collapsed state hides; absent if it is not collapsed. */
  readonly hiddenStates?: number;
}

/** What a state does, by name. */
export interface ChartWork {
  /** Actors that run while the state is active. */
  readonly invokes: readonly ChartInvoke[];
  /** Actors that start on entry and outlive the state. */
  readonly spawns: readonly string[];
  /** Other entry actions. */
  readonly entry: readonly string[];
}

export interface ChartInvoke {
  /** The name that triggers use. */
  readonly id: string;
  /** The logic that it runs; null if its name is the id. */
  readonly src: string | null;
}

export interface ChartEdge {
  readonly fromId: string;
  /** null: the transition does not leave the state. */
  readonly toId: string | null;
  readonly trigger: Trigger;
  /** The trigger as XState spells it. */
  readonly eventType: string;
  /** The name of the condition. */
  readonly guard: string | null;
  /** Taken if no earlier condition for the same trigger holds. */
  readonly isOtherwise: boolean;
  /** Taken because something failed. */
  readonly isError: boolean;
  /** Follows from what every state of its kind has: a picture leaves it out. Absent if it does not. */
  readonly isImplied?: true;
  readonly description: string | null;
}

/** The path of a state with dots between its keys, by the state's id; empty for the chart itself. */
export type PathOf = (nodeId: string) => string;

export function pathsOf({ nodes }: Chart): PathOf {
  const paths = new Map(nodes.map(({ id, path }) => [id, path.join('.')]));
  return (nodeId) => paths.get(nodeId) ?? nodeId;
}

/** The ids of a state's ancestors, from its parent to the chart itself. */
export function ancestorsOf(id: string, chart: Chart): string[] {
  const parentId = chart.nodes.find((node) => node.id === id)?.parentId ?? null;
  return parentId === null ? [] : [parentId, ...ancestorsOf(parentId, chart)];
}

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
export const hashChart = (chart: Chart): string => hashText(encodeJson(chart));
