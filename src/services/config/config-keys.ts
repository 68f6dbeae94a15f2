import * as z from 'zod';
import { configSchema } from '../../domain/config.schema.ts';

/** How the text of an environment variable or a flag is parsed: not at all, as a list, as a command's words, or as a YAML scalar. */
export type TextForm = 'raw' | 'list' | 'command' | 'yaml';

export interface ConfigKey {
  /** Dotted: `logging.level`. */
  readonly key: string;
  readonly schema: z.ZodType;
  readonly textForm: TextForm;
}

/** The schema inside a default or a pipe, on its input side. */
function inputOf(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodDefault) return inputOf(schema.unwrap());
  if (schema instanceof z.ZodPipe) return inputOf(schema.in);
  return schema;
}

function textFormOf(name: string, schema: z.ZodType): TextForm {
  const input = inputOf(schema);
  if (input instanceof z.ZodArray) return name === 'command' ? 'command' : 'list';
  return input instanceof z.ZodString || input instanceof z.ZodEnum ? 'raw' : 'yaml';
}

function keysOf(
  section: string,
  shape: Readonly<Record<string, z.ZodType>>,
): readonly (readonly [string, ConfigKey])[] {
  return Object.entries(shape).map(([name, schema]) => [
    name,
    { key: `${section}.${name}`, schema, textForm: textFormOf(name, schema) },
  ]);
}

/** The sections of the configuration in the order of the schema, each with its keys by the part after the dot. */
export const configSections: ReadonlyMap<string, ReadonlyMap<string, ConfigKey>> = new Map(
  Object.entries(configSchema.shape).map(([name, section]) => [name, new Map(keysOf(name, section.unwrap().shape))]),
);

/** All keys by dotted name. */
export const configKeys: ReadonlyMap<string, ConfigKey> = new Map(
  [...configSections.values()].flatMap((keys) => [...keys.values()].map((key) => [key.key, key])),
);
