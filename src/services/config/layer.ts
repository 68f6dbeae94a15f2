import type { ConfigSources } from '../../domain/early-settings.ts';
import type { PlacedFault } from '../../domain/placed-fault.ts';

/** The sources of settings beside the defaults. A later layer overrides an earlier one. */
export const layerNames = ['user', 'project', 'secrets', 'environment', 'flags'] as const;

export type LayerName = (typeof layerNames)[number];

/** A layer that is a file. */
export type FileLayerName = 'user' | 'project' | 'secrets';

/** A key that a layer sets. The value is valid by the key's schema, but the schema has not transformed it yet. */
export interface Setting {
  /** Dotted: `logging.level`. */
  readonly key: string;
  readonly value: unknown;
  /** `file:line:col`, the name of an environment variable, or `flag <key>`. */
  readonly place: string;
}

/** The valid settings of a layer, and everything that is wrong in it. */
export interface LayerReading {
  readonly settings: readonly Setting[];
  readonly faults: readonly PlacedFault[];
  /** Settings that do not count in this layer, and are left out. */
  readonly warnings: readonly PlacedFault[];
}

/** Which settings count only from the user's side. */
export interface TrustRule {
  /** Their names, as `isUserOnly` takes them; its own by default. */
  readonly userOnly?: readonly string[];
}

/** What the rules need to know about a layer, and the files that their hints name. */
export interface LayerContext extends Pick<ConfigSources, 'projectFile' | 'secretsFile'>, TrustRule {
  readonly layer: LayerName;
}
