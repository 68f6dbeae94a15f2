import * as z from 'zod';
import { configSchema } from '../../domain/config.schema.ts';
import { encodeJson } from '../../domain/encode-json.ts';
import { configSections } from './config-keys.ts';
import { isSecretKey } from './validate-placement.ts';

/**
 * The JSON Schema of a configuration file, for editors (draft 7, which most of them support). Secrets are left out: they have a file of
 * their own. Every valid configuration matches the schema; some invalid ones match it too.
 */
export function configJsonSchemaText(): string {
  const sections = Object.keys(configSchema.shape).map((name) => [name, sectionSchema(name)] as const);
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'The configuration of maitred',
    ...objectOrNothing({ ...Object.fromEntries(sections), version: { description: 'For your own use; not read.' } }),
  };
  return `${encodeJson(schema, 2)}\n`;
}

function sectionSchema(section: string): object {
  const defaults: Readonly<Record<string, Readonly<Record<string, unknown>>>> = configSchema.parse({});
  const keys = [...(configSections.get(section) ?? [])].filter(([, { key }]) => !isSecretKey(key));
  const properties = keys.map(([name, { key, schema }]) => {
    const { $schema: _, ...property } = z.toJSONSchema(schema, { io: 'input', target: 'draft-7' });
    return [name, { ...property, ...closer[key], default: defaults[section]?.[name] }] as const;
  });
  const { description } = configSchema.shape[section as keyof typeof configSchema.shape];
  return { ...(description === undefined ? {} : { description }), ...objectOrNothing(Object.fromEntries(properties)) };
}

/** A section, or the file, may be empty: YAML reads that as null. */
const objectOrNothing = (properties: Record<string, object>) => ({
  type: ['object', 'null'],
  properties,
  additionalProperties: false,
});

const levels = ['DEBUG', 'INFO', 'WARNING', 'ERROR'];
const anyCase = (word: string) => word.replace(/./g, (letter) => `[${letter}${letter.toLowerCase()}]`);

/** What a transform accepts, if the type alone says too little. */
const closer: Readonly<Record<string, object>> = {
  'logging.level': { anyOf: [{ enum: levels }, { pattern: `^(${levels.map(anyCase).join('|')})$` }] },
};
