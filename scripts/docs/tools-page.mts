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
    'In the order of `tools/list`. A call waits for the start-up tasks that its tool needs, then runs. Each example shows the arguments of a call.',
    ...tools.map(toolSection),
  ]
    .join('\n\n')
    .concat('\n');
}

function toolSection(tool: AnyTool): string {
  const { name, title, description, category, tags, needs, effect, openWorld, input, output } = tool;
  const [text = '', example = ''] = description.split('\nExample: ');
  return [
    `## \`${name}\``,
    `**${title}.** ${text}`,
    `\`\`\`json\n${example}\n\`\`\``,
    [
      `- Category: ${category}`,
      `- Tags: ${codes(tags) || 'none'}`,
      `- Needs: ${codes(needs) || 'none. Does not wait for start-up tasks.'}`,
      `- Effect: ${effects[effect]}`,
      `- Open world: ${openWorld ? 'yes, it starts programs of the project or uses the network' : 'no'}`,
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

const codes = (words: readonly string[]) => words.map((word) => `\`${word}\``).join(', ');
