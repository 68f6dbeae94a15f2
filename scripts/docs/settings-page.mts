import { markdownTable } from '../../src/domain/markdown-table.ts';
import { configKeys } from '../../src/services/config/config-keys.ts';

/** The page of all settings, in the order of the schema. */
export function settingsPage(): string {
  const rows = [...configKeys.values()].map(({ key, schema }) => [
    `\`${key}\``,
    defaultText(schema.parse(undefined)),
    schema.description ?? '',
  ]);
  return [
    '# Settings',
    '<!-- Made by `npm run docs` from src/domain/config.schema.ts. -->',
    'Nothing needs to be set. `maitred config show` says what holds in a project and where it comes from; `maitred config set` changes one.',
    markdownTable(['setting', 'default', 'what it is'], rows),
  ].join('\n\n');
}

function defaultText(value: unknown): string {
  if (value === null) return '';
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}
