/** The positions of everything in a picture, as plain data: px from its top left corner. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Each box precedes those inside it; the first is the chart itself. */
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
  readonly lines: readonly TextLine[];
}

/** A start of an arrow that is not a state: of the arrow to the initial state, or of an arrow from any state in a box. */
export interface Mark extends Area {
  readonly kind: 'initial' | 'any';
  /** The state that contains it. */
  readonly nodeId: string;
}

export interface LaidArrow {
  readonly kind: 'initial' | 'transition';
  readonly fromId: string;
  readonly toId: string;
  readonly isError: boolean;
  readonly points: readonly Point[];
  /** null: the arrow has no text. */
  readonly label: Label | null;
}

export type Point = readonly [x: number, y: number];

export interface Label extends Area {
  readonly lines: readonly TextLine[];
}

/** A line of text, and what it means. */
export interface TextLine {
  readonly kind: LineKind;
  /** For arrows and reactions the trigger. */
  readonly text: string;
  /** Follows the text, in brackets. */
  readonly condition: string | null;
  /** The condition in rows below the text; empty if it fits beside it. */
  readonly below: readonly string[];
  /** The target of a reaction that has no arrow. */
  readonly toId: string | null;
  /** The name of that target; ends the line. */
  readonly toName: string | null;
  /** The id of the actor that the line is about; of a spawned actor its logic. */
  readonly actor: string | null;
  /** The trigger as XState spells it. */
  readonly eventType: string | null;
  readonly isError: boolean;
  readonly x: number;
  /** The text's baseline. */
  readonly y: number;
  readonly width: number;
}

export type LineKind =
  | 'chart'
  | 'name'
  | 'description'
  /** The number of states that a collapsed state hides. */
  | 'inside'
  /** An actor that runs while the state is active. */
  | 'invoke'
  /** An actor that outlives the state. */
  | 'spawn'
  /** A transition that does not leave the state. */
  | 'stays'
  | 'reenters'
  /** A transition without an arrow. */
  | 'leads'
  | 'label';
