/** Where settings come from, beside the defaults. A later layer wins over an earlier one. */
export const layerNames = ['user', 'project', 'secrets', 'environment', 'flags'] as const;

export type LayerName = (typeof layerNames)[number];

/** A layer that is a file. */
export type FileLayerName = 'user' | 'project' | 'secrets';

/** A key that a layer sets. The value holds by the key's schema, but is not yet parsed by it. */
export interface Setting {
  /** Dotted: `logging.level`. */
  readonly key: string;
  readonly value: unknown;
  /** `file:line:col`, the name of an environment variable, or `flag <key>`. */
  readonly place: string;
}

export interface PlacedFault {
  readonly place: string;
  /** What is wrong, what was expected and the mend, without the place. */
  readonly message: string;
}

/** What a layer says: the settings that hold, and everything that is wrong. */
export interface LayerReading {
  readonly settings: readonly Setting[];
  readonly faults: readonly PlacedFault[];
}

/** What the rules need to know of a layer, and the files that their mends name. */
export interface LayerContext {
  readonly layer: LayerName;
  readonly projectFile: string;
  readonly secretsFile: string;
}
