import { writeFileAtomically } from '../platform/files.ts';
import { nodeConfigFiles } from './config-files.ts';
import { configJsonSchemaText } from './config-json-schema.ts';
import type { FileLayerName } from './layer.ts';
import { readFileText } from './read-file-text.ts';

/** The name of the JSON Schema that lies beside a configuration file, for editors. */
export const configSchemaFileName = 'config.schema.json';

const schemaLine = `# yaml-language-server: $schema=${configSchemaFileName}`;
const secretsLine = '# Secrets of maitred: for this user alone (mode 0600), and never in a repository.';

/** The first line of a configuration file that maitred makes, with its line break. Editors find the schema by it. */
export function newConfigHeader(layer: FileLayerName): string {
  return `${layer === 'secrets' ? secretsLine : schemaLine}\n`;
}

/**
 * Writes the JSON Schema into the folder of a configuration file whose first line asks for it, where it is missing or another
 * version's.
 * @param text what the configuration file holds, or is about to hold
 * @returns null where the schema is not asked for
 * @throws AppError `unavailable`, naming the schema's file
 */
export async function keepSchemaBeside(folder: string, text: string): Promise<'written' | 'kept' | null> {
  if (text.split(/\r?\n/, 1)[0] !== schemaLine) return null;
  const path = `${folder}/${configSchemaFileName}`;
  const schema = configJsonSchemaText();
  const reading = readFileText(path, nodeConfigFiles);
  if ('text' in reading && reading.text === schema) return 'kept';
  await writeFileAtomically(path, schema);
  return 'written';
}
