/** The members of an XState state node that a drawing needs. */
export interface NodeSource {
  readonly id: string;
  readonly key: string;
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  readonly history: 'shallow' | 'deep' | false;
  readonly description?: string | undefined;
  /** `target`: the default transition of a history state. */
  readonly config: { readonly target?: unknown };
  readonly states: { readonly [key: string]: NodeSource };
  readonly initial: { readonly target: readonly NodeSource[] };
  readonly entry: readonly unknown[];
  readonly invoke: readonly InvokeSource[];
  readonly transitions: { values(): Iterable<readonly TransitionSource[]> };
  readonly always?: readonly TransitionSource[] | undefined;
}

export interface InvokeSource {
  readonly id: string;
  readonly src: unknown;
}

export interface TransitionSource {
  readonly target: readonly NodeSource[] | undefined;
  readonly eventType: string;
  readonly guard?: unknown;
  readonly description?: string | undefined;
}
