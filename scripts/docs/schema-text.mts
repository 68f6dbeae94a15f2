/** The subset of JSON Schema that zod generates for our tools. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  /** `{}`: there is no value. */
  readonly not?: JsonSchema;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
}

/** A schema's type in a few words: `string | null`, `list of integer`. */
export function typeText(schema: JsonSchema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeText).join(' | ');
  if (schema.type === 'array') return `list of ${elementText(schema.items ?? {})}`;
  const values = valuesOf(schema);
  if (schema.type === 'object') return values === undefined ? 'object' : `map of ${elementText(values)}`;
  return [schema.type ?? 'anything'].flat().join(' | ');
}

/** `list of (string | null)` is not `list of string | null`. */
function elementText(schema: JsonSchema): string {
  const text = typeText(schema);
  return text.includes(' | ') ? `(${text})` : text;
}

export interface SchemaField {
  /** `phases[].state`, `tasks.*.status`: `[]` stands for each item, `*` for each key. */
  readonly path: string;
  readonly schema: JsonSchema;
  readonly isRequired: boolean;
}

/** All fields of an object, also those of nested objects. */
export function fieldsOf(schema: JsonSchema, within = ''): SchemaField[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, field]) => {
    const path = `${within}${key}`;
    const isRequired = schema.required?.includes(key) ?? false;
    return [{ path, schema: field, isRequired }, ...fieldsWithin(field, path)];
  });
}

function fieldsWithin(schema: JsonSchema, path: string): SchemaField[] {
  const fields = [
    ...fieldsOf(schema, `${path}.`),
    ...(schema.anyOf ?? []).flatMap((option) => fieldsWithin(option, path)),
  ];
  if (schema.items !== undefined) fields.push(...fieldsWithin(schema.items, `${path}[]`));
  const values = valuesOf(schema);
  if (values !== undefined) fields.push(...fieldsWithin(values, `${path}.*`));
  return fields;
}

const valuesOf = ({ additionalProperties }: JsonSchema) =>
  typeof additionalProperties === 'object' ? additionalProperties : undefined;
