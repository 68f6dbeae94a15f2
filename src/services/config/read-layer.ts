import type { ConfigSources } from '../../domain/early-settings.ts';
import type { PlacedFault } from '../../domain/placed-fault.ts';
import { showCommand } from '../../domain/show-command.ts';
import { type FileAccess, nodeFileAccess, readTextFile } from '../yaml/read-text-file.ts';
import type { FileLayerName, LayerName, LayerReading, TrustRule } from './layer.ts';
import { readEnvironment, readFlags } from './read-text-layer.ts';
import { readYamlLayer } from './read-yaml-layer.ts';

/** Reads one layer. A missing file sets nothing. Never throws: what is wrong is in the reading. */
export function readLayer(
  layer: LayerName,
  sources: ConfigSources & TrustRule,
  files: FileAccess = nodeFileAccess,
): LayerReading {
  const context = { ...sources, layer };
  if (layer === 'environment') return readEnvironment(sources.env, context);
  if (layer === 'flags') return readFlags(sources.flags, context);
  const path = fileOfLayer(layer, sources);
  const accessFaults = layer === 'secrets' ? validatePermissions(path, files) : [];
  const reading = readTextFile(path, files);
  if ('fault' in reading) return { settings: [], faults: [...accessFaults, reading.fault], warnings: [] };
  const { settings, faults, warnings } = readYamlLayer(reading.text ?? '', path, context);
  return { settings, faults: [...accessFaults, ...faults], warnings };
}

/** A fault if other users can access the secrets file. */
export function validatePermissions(path: string, files: FileAccess = nodeFileAccess): readonly PlacedFault[] {
  try {
    const facts = files.stat(path);
    if (!facts.isFile() || (facts.mode & 0o077) === 0) return [];
    const mode = (facts.mode & 0o777).toString(8).padStart(4, '0');
    const fix = showCommand(['chmod', '600', path]);
    const message = `other users can access this file (mode ${mode}); expected 0600; run: ${fix}`;
    return [{ place: `${path}:1:1`, message }];
  } catch {
    return [];
  }
}

export function fileOfLayer(layer: FileLayerName, sources: ConfigSources): string {
  return { user: sources.userFile, project: sources.projectFile, secrets: sources.secretsFile }[layer];
}
