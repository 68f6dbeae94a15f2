import { type Config, configSchema } from '../../domain/config.schema.ts';
import type { ConfigSources } from '../../domain/door-settings.ts';
import { configError } from './config-error.ts';
import type { ConfigFiles } from './config-files.ts';
import { configSections } from './config-keys.ts';
import type { LayerContext, LayerName, LayerReading, Setting } from './layer.ts';
import { readFileLayer, readSecretsLayer } from './read-file-layer.ts';
import { readEnvironment, readFlags } from './read-text-layer.ts';

export interface LoadedConfig {
  readonly config: Config;
  /** Where each key that is set comes from, by dotted key: `file:line:col`, a variable's name, or `flag <key>`. */
  readonly origins: ReadonlyMap<string, string>;
}

/**
 * Reads and merges all layers: defaults, user file, project file, secrets file, environment, flags; a later one wins.
 * Throws only an `AppError` `invalid_input` that names the place of every fault, also in values that a later layer
 * overrides.
 */
export function readConfig(sources: ConfigSources, files: ConfigFiles): LoadedConfig {
  return joinLayers([
    ...readConfigFiles(sources, files),
    readSecretsLayer(sources.secretsFile, files, contextOf('secrets', sources)),
    ...readTextLayers(sources),
  ]);
}

/** As `readConfig`, without the secrets file. */
export function readOpenConfig(sources: ConfigSources, files: ConfigFiles): LoadedConfig {
  return joinLayers([...readConfigFiles(sources, files), ...readTextLayers(sources)]);
}

function readConfigFiles(sources: ConfigSources, files: ConfigFiles): readonly LayerReading[] {
  return [
    readFileLayer(sources.userFile, files, contextOf('user', sources)),
    readFileLayer(sources.projectFile, files, contextOf('project', sources)),
  ];
}

function readTextLayers(sources: ConfigSources): readonly LayerReading[] {
  return [
    readEnvironment(sources.env, contextOf('environment', sources)),
    readFlags(sources.flags, contextOf('flags', sources)),
  ];
}

function contextOf(layer: LayerName, { projectFile, secretsFile }: ConfigSources): LayerContext {
  return { layer, projectFile, secretsFile };
}

function joinLayers(layers: readonly LayerReading[]): LoadedConfig {
  const faults = layers.flatMap((layer) => layer.faults);
  if (faults.length > 0) throw configError(faults);
  const winners = new Map(layers.flatMap((layer) => layer.settings).map((setting) => [setting.key, setting]));
  const origins = new Map([...winners].map(([key, { place }]) => [key, place]));
  return { config: configSchema.parse(nest(winners)), origins };
}

function nest(settings: ReadonlyMap<string, Setting>): Record<string, Record<string, unknown>> {
  const nested: Record<string, Record<string, unknown>> = {};
  for (const [section, keys] of configSections) {
    const values: Record<string, unknown> = {};
    for (const [name, { key }] of keys) {
      const setting = settings.get(key);
      if (setting !== undefined) values[name] = setting.value;
    }
    nested[section] = values;
  }
  return nested;
}
