import * as z from 'zod';
import { mapping } from './mapping.schema.ts';

/* JSON Schema, as far as the results of steps need it. What is not here is refused: it would hold for nothing. */

const resultTypes = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'] as const;
export type ResultType = (typeof resultTypes)[number];

/** A JSON Schema; false: nothing matches. */
export type ResultSchema = boolean | SchemaKeywords;

export interface SchemaKeywords {
  readonly type?: ResultType | readonly ResultType[] | undefined;
  readonly enum?: readonly unknown[] | undefined;
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, ResultSchema>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly additionalProperties?: ResultSchema | undefined;
  readonly minProperties?: number | undefined;
  readonly maxProperties?: number | undefined;
  readonly items?: ResultSchema | undefined;
  readonly minItems?: number | undefined;
  readonly maxItems?: number | undefined;
  readonly uniqueItems?: boolean | undefined;
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly pattern?: string | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly exclusiveMinimum?: number | undefined;
  readonly exclusiveMaximum?: number | undefined;
  readonly anyOf?: readonly ResultSchema[] | undefined;
  readonly oneOf?: readonly ResultSchema[] | undefined;
  readonly allOf?: readonly ResultSchema[] | undefined;
  readonly not?: ResultSchema | undefined;
}

export function makeResultSchema() {
  const schema: z.ZodType<ResultSchema> = z.lazy(() => z.union([z.boolean(), keywords], expected));
  const anything = z.unknown().optional();
  const text = z.string('a text').optional();
  const number = z.number('a number').optional();
  const count = z.int('a whole number of at least 0').min(0, 'a whole number of at least 0').optional();
  const type = z.enum(resultTypes, `one of ${resultTypes.join(', ')}`);
  const schemas = z.array(schema, 'a list of JSON Schemas').min(1, 'at least one JSON Schema').optional();
  const isPattern = (pattern: string) => {
    try {
      return new RegExp(pattern) instanceof RegExp;
    } catch {
      return false;
    }
  };
  const keywords = mapping(
    {
      type: z.union([type, z.array(type, 'a list of types').min(1, 'at least one type')], 'a type').optional(),
      enum: z.array(z.unknown(), 'a list of values').min(1, 'at least one value').optional(),
      const: anything,
      properties: z.record(z.string(), schema, 'a mapping of keys to JSON Schemas').optional(),
      required: z.array(z.string('a key'), 'a list of keys').optional(),
      additionalProperties: schema.optional(),
      minProperties: count,
      maxProperties: count,
      items: schema.optional(),
      minItems: count,
      maxItems: count,
      uniqueItems: z.boolean('true or false').optional(),
      minLength: count,
      maxLength: count,
      pattern: z.string('a regular expression').refine(isPattern, 'a regular expression').optional(),
      minimum: number,
      maximum: number,
      exclusiveMinimum: number,
      exclusiveMaximum: number,
      anyOf: schemas,
      oneOf: schemas,
      allOf: schemas,
      not: schema.optional(),
      format: text,
      title: text,
      description: text,
      default: anything,
      examples: z.array(z.unknown(), 'a list of values').optional(),
      $schema: text,
      $comment: text,
    },
    expected,
  );
  return keywords;
}

const expected = 'a JSON Schema, such as {type: object, required: [verdict]}';
