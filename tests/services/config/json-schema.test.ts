import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configJsonSchemaText } from '../../../src/services/config/config-json-schema.ts';
import { configKeys } from '../../../src/services/config/config-keys.ts';
import { readYamlLayer } from '../../../src/services/config/read-yaml-layer.ts';
import { isSecretKey } from '../../../src/services/config/validate-placement.ts';
import { aConfigText } from './generated-settings.ts';

interface ObjectSchema {
  readonly description?: string;
  readonly default?: unknown;
  readonly properties: Readonly<Record<string, ObjectSchema>>;
}

const schema = JSON.parse(configJsonSchemaText()) as ObjectSchema;
const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(schema);
const isValid = (text: string): boolean => validate(parse(text));
const isRead = (text: string): boolean =>
  readYamlLayer(text, '/p', { layer: 'project', projectFile: '/p', secretsFile: '/s' }).faults.length === 0;

const accepted = [
  '',
  '# nothing\n',
  'null',
  '{}',
  'version: 3',
  'version: { any: [thing] }',
  'wire:',
  'wire: ~\nlogging: {}',
  'logging: { level: debug, json_output: auto, file: false }',
  'logging: { level: WaRnInG, json_output: }',
  'logging: { json_output: "" }',
  'logging: { json_output: true }',
  'shutdown: { drain_ms: 0 }',
  'wire: { max_in_flight: 5.0, max_message_mib: 0.5 }',
  'workspace: { worktree_root: , runs_root: "" }',
  'workspace: { roots: [], worktree_root: ~/w }',
  'github: { default_repo: a/b }',
  'github: { default_repo: "" }',
  'github: { default_repo: null }',
  'subsets:\n  disabled:\n    - a\n    - "5"\n',
];

const rejected = [
  '- a',
  'text',
  'wire: 5',
  'wire: [a]',
  'loging: {}',
  'wire: { max_wating: 1 }',
  'logging: { level: loud }',
  'logging: { level: }',
  'logging: { level: 5 }',
  'logging: { json_output: maybe }',
  'logging: { file: "true" }',
  'kitchen: { visibility: Auto }',
  'subsets: { disabled: a }',
  'subsets: { disabled: [5] }',
  'subsets: { disabled: [""] }',
  'readiness: { wait_seconds: 0 }',
  'shutdown: { drain_ms: 60001 }',
  'shutdown: { drain_ms: 1.5 }',
  'wire: { max_in_flight: 0 }',
  'wire: { max_message_mib: 1025 }',
  'workspace: { worktree_root: 5 }',
  'github: { default_repo: no-slash }',
  'github: { token: hunter2 }',
  'read_db: { max_rows: 1000001 }',
];

describe('the JSON Schema of the configuration', () => {
  it.each(accepted)('accepts what maitred accepts: %j', (text) => {
    expect([isRead(text), isValid(text)]).toEqual([true, true]);
  });

  it.each(rejected)('rejects what maitred rejects: %j', (text) => {
    expect([isRead(text), isValid(text)]).toEqual([false, false]);
  });

  it('accepts every file that maitred accepts', () => {
    fc.assert(fc.property(aConfigText, (text) => isRead(text) && isValid(text)));
  });

  it.each([...configKeys.keys()].filter((key) => !isSecretKey(key)))('describes %s, with its default', (key) => {
    const [section = '', name = ''] = key.split('.');
    const property = schema.properties[section]?.properties[name];
    expect(property?.description).toBe(configKeys.get(key)?.schema.description);
    expect(property).toHaveProperty('default', configKeys.get(key)?.schema.parse(undefined));
  });

  it('describes every section, and no secret', () => {
    for (const { description } of Object.values(schema.properties)) expect(description).toMatch(/^[A-Z].*\.$/);
    expect(Object.keys(schema.properties.github?.properties ?? {})).toEqual(['default_repo']);
  });
});
