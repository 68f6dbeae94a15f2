import type { ConfigSources } from '../../domain/early-settings.ts';
import type { ConfigFiles } from './config-files.ts';
import type { FileLayerName, LayerContext, LayerName, LayerReading } from './layer.ts';
import { readFileLayer, readSecretsLayer } from './read-file-layer.ts';
import { readEnvironment, readFlags } from './read-text-layer.ts';

/** Reads one layer by itself. Never throws: what is wrong is in the reading. */
export function readLayer(layer: LayerName, sources: ConfigSources, files: ConfigFiles): LayerReading {
  const context = layerContextOf(layer, sources);
  switch (layer) {
    case 'user':
    case 'project':
      return readFileLayer(fileOfLayer(layer, sources), files, context);
    case 'secrets':
      return readSecretsLayer(sources.secretsFile, files, context);
    case 'environment':
      return readEnvironment(sources.env, context);
    case 'flags':
      return readFlags(sources.flags, context);
  }
}

export function layerContextOf(layer: LayerName, { projectFile, secretsFile }: ConfigSources): LayerContext {
  return { layer, projectFile, secretsFile };
}

export function fileOfLayer(layer: FileLayerName, sources: ConfigSources): string {
  return { user: sources.userFile, project: sources.projectFile, secrets: sources.secretsFile }[layer];
}
