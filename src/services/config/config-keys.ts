import * as z from 'zod';
import { AppError } from '../../domain/app-error.ts';
import { configSchema } from '../../domain/config.schema.ts';
import { nearestName } from '../../domain/nearest-name.ts';
import { quote } from '../yaml/describe-value.ts';

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

/**
 * The key of that name.
 * @throws AppError `invalid_input`, with the key or section that was probably meant
 */
export function findConfigKey(name: string): ConfigKey {
  const known = configKeys.get(name);
  if (known !== undefined) return known;
  const keys = configSections.get(name);
  if (keys !== undefined) {
    const [example] = keys.values();
    throw new AppError('invalid_input', `${quote(name)} is a section; give a key, such as ${example?.key}`);
  }
  const suggested = suggestKey(name) ?? suggestSection(name);
  const hint = suggested === undefined ? 'maitred config show lists the keys' : `did you mean ${quote(suggested)}?`;
  throw new AppError('invalid_input', `unknown key ${quote(name)}; ${hint}`);
}

/** The section that was probably meant, else the dotted key whose section was left out. */
export function suggestSection(name: string): string | undefined {
  const folded = name.toLowerCase();
  if (configKeys.has(folded)) return folded;
  return nearestName(folded, configSections.keys()) ?? keyEndingIn(folded);
}

/** The dotted key that was probably meant, preferably of the same section. */
export function suggestKey(key: string): string | undefined {
  const folded = key.toLowerCase();
  const dot = folded.indexOf('.');
  const section = folded.slice(0, Math.max(dot, 0));
  const name = folded.slice(dot + 1);
  const known = configSections.get(section);
  const sibling = known && nearestName(name, known.keys());
  if (sibling !== undefined) return `${section}.${sibling}`;
  return nearestName(folded, configKeys.keys()) ?? keyEndingIn(name);
}

const keyEndingIn = (name: string) => [...configKeys.keys()].find((key) => key.endsWith(`.${name}`));
