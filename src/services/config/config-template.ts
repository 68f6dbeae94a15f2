import { type ConfigKey, configSections } from './config-keys.ts';
import { newConfigHeader } from './new-config-file.ts';
import { yamlValueText } from './yaml-value-text.ts';

export interface ConfigTemplateRequest {
  /** The values that hold from the beginning, by dotted key; null is none. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** What people change first, by section; a key without a value stands in the file as a comment with its default. */
const shownKeys: readonly string[] = [
  'test_check.command',
  'test_check.timeout',
  'github.default_repo',
  'workspace.worktree_root',
  'workspace.runs_root',
  'kitchen.visibility',
  'readiness.wait_seconds',
  'logging.level',
];

/** The text of a project's first config.yaml: what is known of the project, and what people change first, each with its doc. */
export function configTemplate({ settings }: ConfigTemplateRequest): string {
  const header = [
    newConfigHeader('project').trimEnd(),
    '# The settings of maitred for this project. This file may be committed; secrets belong to .secrets.yaml beside it.',
    '# What begins with # is not set: the value that is shown holds by default.',
  ];
  return `${[header, ...sectionsOf(settings)].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function sectionsOf(settings: ConfigTemplateRequest['settings']): string[][] {
  const shownSections = new Set(shownKeys.map((key) => key.slice(0, key.indexOf('.'))));
  return [...shownSections].map((section) => {
    const keys = [...(configSections.get(section) ?? [])].filter(([, { key }]) => shownKeys.includes(key));
    return sectionLines(section, keys, settings);
  });
}

function sectionLines(
  section: string,
  keys: readonly (readonly [name: string, key: ConfigKey])[],
  settings: ConfigTemplateRequest['settings'],
): string[] {
  const isSet = ({ key }: ConfigKey) => settings[key] !== undefined && settings[key] !== null;
  const lines = keys.flatMap(([name, key]) => {
    const value = isSet(key) ? settings[key.key] : key.schema.parse(undefined);
    return [`  # ${key.schema.description ?? ''}`, `  ${isSet(key) ? '' : '# '}${name}: ${yamlValueText(value)}`];
  });
  return [`${keys.some(([, key]) => isSet(key)) ? '' : '# '}${section}:`, ...lines];
}
