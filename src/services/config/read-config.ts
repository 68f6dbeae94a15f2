import { type Config, configSchema } from '../../domain/config.schema.ts';
import type { ConfigSources } from '../../domain/early-settings.ts';
import { type PlacedFault, placedFaultsError } from '../../domain/placed-fault.ts';
import { type FileAccess, nodeFileAccess } from '../yaml/read-text-file.ts';
import { type LayerReading, layerNames, type TrustRule } from './layer.ts';
import { readLayer } from './read-layer.ts';

export interface LoadedConfig {
  readonly config: Config;
  /** The place of each key that is set, by dotted key: `file:line:col`, a variable's name, or `flag <key>`. */
  readonly origins: ReadonlyMap<string, string>;
  /** Settings that are ignored where they are. */
  readonly warnings: readonly PlacedFault[];
}

/**
 * Reads and merges all layers: defaults, user file, project file, secrets file, environment, flags; a later one overrides an earlier one.
 * @throws AppError `invalid_input`, and nothing else, with the place of every fault, including values that a later layer overrides
 */
export function readConfig(sources: ConfigSources & TrustRule, files: FileAccess = nodeFileAccess): LoadedConfig {
  return mergeLayers(layerNames.map((layer) => readLayer(layer, sources, files)));
}

/** As `readConfig`, without the secrets file. */
export function readOpenConfig(sources: ConfigSources & TrustRule, files: FileAccess = nodeFileAccess): LoadedConfig {
  const open = layerNames.filter((layer) => layer !== 'secrets');
  return mergeLayers(open.map((layer) => readLayer(layer, sources, files)));
}

function mergeLayers(layers: readonly LayerReading[]): LoadedConfig {
  const faults = layers.flatMap((layer) => layer.faults);
  if (faults.length > 0) throw placedFaultsError(faults);
  const sections: Record<string, Record<string, unknown>> = {};
  const origins = new Map<string, string>();
  for (const { key, value, place } of layers.flatMap(({ settings }) => settings)) {
    const [section = '', name = ''] = key.split('.');
    sections[section] = { ...sections[section], [name]: value };
    origins.set(key, place);
  }
  return { config: configSchema.parse(sections), origins, warnings: layers.flatMap((layer) => layer.warnings) };
}
