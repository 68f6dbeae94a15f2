import * as z from 'zod';
import { markdownTable } from '../../src/domain/markdown-table.ts';
import type { AnyTool } from '../../src/tools/index.ts';
import { fieldsOf, type JsonSchema, typeText } from './schema-text.mts';

const effects: Readonly<Record<AnyTool['effect'], string>> = {
  reads: 'reads only',
  changes: 'changes something',
  destroys: 'can destroy something',
};

/** The page of all tools, in the order of tools/list. */
export function toolsPage(tools: readonly AnyTool[]): string {
  return [
    '# Tools',
    '<!-- Made by `npm run docs` from src/tools. -->',
    'In the order of `tools/list`. A call waits for the startup tasks that its tool needs, and then runs.',
    ...tools.map(toolSection),
  ]
    .join('\n\n')
    .concat('\n');
}

function toolSection({ name, title, description, tags, needs, effect, input, output }: AnyTool): string {
  return [
    `## \`${name}\``,
    `**${title}.** ${description}`,
    [
      `- Tags: ${codes(tags, 'none')}`,
      `- Needs: ${codes(needs, 'nothing; it answers at once')}`,
      `- Effect: ${effects[effect]}`,
    ].join('\n'),
    parametersText(z.toJSONSchema(input, { io: 'input' }) as JsonSchema),
    resultText(z.toJSONSchema(output) as JsonSchema),
  ].join('\n\n');
}

function parametersText(schema: JsonSchema): string {
  const rows = fieldsOf(schema).map(({ path, schema: field, isRequired }) => [
    `\`${path}\``,
    typeText(field),
    defaultText(field, isRequired),
    field.description ?? '',
  ]);
  if (rows.length === 0) return 'No parameters.';
  return markdownTable(['parameter', 'type', 'default', 'description'], rows).trimEnd();
}

function resultText(schema: JsonSchema): string {
  const options = schema.anyOf ?? [schema];
  const rows = options
    .flatMap((option) => fieldsOf(option))
    .map(({ path, schema: field }) => [`\`${path}\``, typeText(field), field.description ?? '']);
  if (rows.length === 0) return `The result is a ${typeText(schema)}. ${schema.description ?? ''}`.trimEnd();
  const others = options
    .filter((option) => fieldsOf(option).length === 0)
    .map((option) => `Or the result is a ${typeText(option)}. ${option.description ?? ''}`.trimEnd());
  return [markdownTable(['result', 'type', 'description'], rows).trimEnd(), ...others].join('\n\n');
}

function defaultText(schema: JsonSchema, isRequired: boolean): string {
  if (schema.default !== undefined) return `\`${JSON.stringify(schema.default)}\``;
  return isRequired ? 'required' : '';
}

const codes = (words: readonly string[], none: string) =>
  words.length === 0 ? none : words.map((word) => `\`${word}\``).join(', ');
