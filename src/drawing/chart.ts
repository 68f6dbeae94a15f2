import type { Trigger } from './trigger.ts';

/** A statechart as plain data: nodes in order of life, and what leads from one to another. */
export interface Chart {
  readonly id: string;
  readonly description: string | null;
  /** A parent stands before its children; the first is the chart itself. */
  readonly nodes: readonly ChartNode[];
  readonly edges: readonly ChartEdge[];
}

export interface ChartNode {
  readonly id: string;
  /** Its words, from the chart down; empty for the chart itself. */
  readonly path: readonly string[];
  readonly parentId: string | null;
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  /** What a history state remembers: the child that was left last, or all below it. */
  readonly history: 'shallow' | 'deep' | null;
  /** The child that is entered first. */
  readonly initialId: string | null;
  readonly description: string | null;
  readonly work: ChartWork;
  /** How many states are in it that are not shown; absent where it is not closed. */
  readonly hiddenStates?: number;
}

/** What a state does, by name. */
export interface ChartWork {
  /** Actors that live as long as the state. */
  readonly invokes: readonly ChartInvoke[];
  /** Actors that are started on entry and outlive the state. */
  readonly spawns: readonly string[];
  /** Other actions on entry. */
  readonly entry: readonly string[];
}

export interface ChartInvoke {
  /** Triggers speak of an actor by it. */
  readonly id: string;
  /** The logic that it runs, where that is called otherwise. */
  readonly src: string | null;
}

export interface ChartEdge {
  readonly fromId: string;
  /** null: the state is not left. */
  readonly toId: string | null;
  readonly trigger: Trigger;
  /** As XState spells the trigger. */
  readonly eventType: string;
  /** The condition, by name. */
  readonly guard: string | null;
  /** Taken where no condition before it, on the same trigger, holds. */
  readonly isOtherwise: boolean;
  /** Taken because something went wrong. */
  readonly isError: boolean;
  readonly description: string | null;
}
