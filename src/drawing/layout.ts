/** Where everything of a chart stands, as plain data. Sizes are px; all positions count from the picture's corner. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Outer boxes stand before those in them; the first is the chart itself. */
  readonly boxes: readonly Box[];
  readonly marks: readonly Mark[];
  readonly arrows: readonly LaidArrow[];
}

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A state. */
export interface Box extends Area {
  readonly nodeId: string;
  readonly lines: readonly Line[];
}

/** A place where an arrow begins that is no state: what is entered first, or an arrow out of any state in a box. */
export interface Mark extends Area {
  readonly kind: 'initial' | 'any';
  /** The state that it stands in. */
  readonly nodeId: string;
}

export interface LaidArrow {
  readonly kind: 'initial' | 'transition';
  readonly fromId: string;
  readonly toId: string;
  readonly isError: boolean;
  readonly points: readonly Point[];
  /** null where nothing is written on it. */
  readonly label: Label | null;
}

export type Point = readonly [x: number, y: number];

export interface Label extends Area {
  readonly lines: readonly Line[];
}

/** A line of text, and what it stands for. */
export interface Line {
  readonly kind: LineKind;
  /** A trigger for arrows and reactions, else what is written. */
  readonly text: string;
  /** Written behind the text, in brackets. */
  readonly condition: string | null;
  /** The state that a reaction leads to, where no arrow does. */
  readonly toId: string | null;
  /** Written at the end. */
  readonly toName: string | null;
  /** The actor that the line is about, by its id; one that is spawned, by its logic. */
  readonly actor: string | null;
  /** As XState spells the trigger. */
  readonly eventType: string | null;
  readonly isError: boolean;
  readonly x: number;
  /** The line that the letters stand on. */
  readonly y: number;
  readonly width: number;
}

export type LineKind =
  | 'chart'
  | 'name'
  | 'description'
  /** How many states are in it that are not shown. */
  | 'inside'
  /** An actor that lives as long as the state. */
  | 'invoke'
  /** An actor that outlives it. */
  | 'spawn'
  /** The state answers and is not left. */
  | 'stays'
  | 'reenters'
  /** Leads to a state that no arrow is drawn to. */
  | 'leads'
  | 'label';
