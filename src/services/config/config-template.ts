import { commentsFor } from './commented-setting.ts';
import { newConfigHeader } from './config-folder.ts';
import { type ConfigKey, configSections, findConfigKey } from './config-keys.ts';
import { yamlValueText } from './yaml-value-text.ts';

/** The values to set, by dotted key; null for none. */
type TemplateValues = Readonly<Record<string, unknown>>;

/** What people change first, by section. A key without a value becomes a comment with its default. */
const shownKeys: readonly string[] = [
  'test_check.command',
  'test_check.timeout',
  'github.default_repo',
  'workspace.worktree_root',
  'kitchen.visibility',
  'readiness.wait_seconds',
  'logging.level',
];

/** The text of a project's first config.yaml: the given settings, and the keys that people change first, each with its description. */
export function configTemplate(values: TemplateValues): string {
  const header = [
    newConfigHeader('project').trimEnd(),
    '# The settings of maitred for this project. You can commit this file; secrets belong in .secrets.yaml beside it.',
    '# Lines that begin with # set nothing; they show descriptions and defaults.',
  ];
  return `${[header, ...sectionsOf(values)].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function sectionsOf(values: TemplateValues): string[][] {
  const shownSections = new Set(shownKeys.map((key) => key.slice(0, key.indexOf('.'))));
  return [...shownSections].map((section) => {
    const keys = [...(configSections.get(section) ?? [])].filter(([, { key }]) => shownKeys.includes(key));
    return sectionLines(section, keys, values);
  });
}

function sectionLines(
  section: string,
  keys: readonly (readonly [name: string, key: ConfigKey])[],
  values: TemplateValues,
): string[] {
  const isSet = ({ key }: ConfigKey) => values[key] !== undefined && values[key] !== null;
  const lines = keys.flatMap(([name, key]) => {
    const { description, entry } = commentsFor(key);
    return [`  ${description}`, `  ${isSet(key) ? `${name}: ${yamlValueText(values[key.key])}` : entry}`];
  });
  return [`${keys.some(([, key]) => isSet(key)) ? '' : '# '}${section}:`, ...lines];
}

/** The text of a project's first .secrets.yaml: it sets nothing, and shows where the token goes. */
export function secretsTemplate(): string {
  const { description, entry } = commentsFor(findConfigKey('github.token'));
  return `${newConfigHeader('secrets')}# To set a value, remove the first "# " of its lines.

# github:
  ${description}
  ${entry}
`;
}
