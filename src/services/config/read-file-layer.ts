import { showCommand } from '../../domain/show-command.ts';
import type { ConfigFiles } from './config-files.ts';
import type { LayerContext, LayerReading, PlacedFault } from './layer.ts';
import { readFileText } from './read-file-text.ts';
import { readYamlLayer } from './read-yaml-layer.ts';

/** Reads a configuration file as a layer; a file that is missing sets nothing. */
export function readFileLayer(path: string, files: ConfigFiles, context: LayerContext): LayerReading {
  const reading = readFileText(path, files);
  if ('fault' in reading) return { settings: [], faults: [reading.fault] };
  return reading.text === null ? { settings: [], faults: [] } : readYamlLayer(reading.text, path, context);
}

/** As `readFileLayer`; the file must also be closed to others. */
export function readSecretsLayer(path: string, files: ConfigFiles, context: LayerContext): LayerReading {
  const { settings, faults } = readFileLayer(path, files, context);
  return { settings, faults: [...judgeOpenness(path, files), ...faults] };
}

/** Says what is wrong with a secrets file that others can reach; nothing where there is none. */
export function judgeOpenness(path: string, files: ConfigFiles): readonly PlacedFault[] {
  try {
    const facts = files.stat(path);
    if (!facts.isFile() || (facts.mode & 0o077) === 0) return [];
    const mode = (facts.mode & 0o777).toString(8).padStart(4, '0');
    return [
      { place: `${path}:1:1`, message: `others can reach this file (mode ${mode}); expected 0600; ${mend(path)}` },
    ];
  } catch {
    return [];
  }
}

const mend = (path: string) => `run: ${showCommand(['chmod', '600', path])}`;
