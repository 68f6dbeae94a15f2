import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configSchema } from '../../../src/domain/config.schema.ts';
import { configTemplate, secretsTemplate } from '../../../src/services/config/config-template.ts';
import { makeProject, read, writeProject } from './config-project.ts';

const defaults = configSchema.parse({});

describe('the first config.yaml of a project', () => {
  it('sets what is known, and shows what people change first as comments with their description', () => {
    const settings = { 'test_check.command': ['npm', 'run', 'a: b'], 'github.default_repo': 'acme/shop' };
    const project = configTemplate(settings);
    const { config, origins } = read(makeProject({ project }));
    expect(config).toEqual({
      ...defaults,
      test_check: { ...defaults.test_check, command: ['npm', 'run', 'a: b'] },
      github: { ...defaults.github, default_repo: 'acme/shop' },
    });
    expect([...origins.keys()].sort()).toEqual(['github.default_repo', 'test_check.command']);
    expect(project).toContain('  # How long the tests may take, in seconds.\n  # timeout: 600\n');
  });

  it('sets nothing when nothing is known', () => {
    const project = configTemplate({ 'test_check.command': null });
    expect(read(makeProject({ project }))).toEqual({ config: defaults, origins: new Map(), warnings: [] });
  });

  it('holds a long command on one line', () => {
    const command = [
      'npx',
      'vitest',
      'run',
      ...Array.from({ length: 20 }, (_, at) => `tests/folder-${at}/a b.test.ts`),
    ];
    const project = configTemplate({ 'test_check.command': command });
    expect(read(makeProject({ project })).config.test_check.command).toEqual(command);
  });

  it('holds every command as it was given, with any characters', () => {
    const sources = makeProject();
    const dir = sources.projectDir.slice(0, -'/project'.length);
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1, unit: 'binary' }), { minLength: 1 }), (command) => {
        const project = configTemplate({ 'test_check.command': command });
        expect(read(writeProject(dir, { project })).config.test_check.command).toEqual(command);
      }),
    );
  });

  it('sets a key after the first # of its lines is removed', () => {
    const project = configTemplate({}).replace('# logging:', 'logging:').replace('# level: INFO', 'level: DEBUG');
    expect(read(makeProject({ project })).config.logging.level).toBe('DEBUG');
  });

  it('names its JSON Schema in the first line', () => {
    const text = configTemplate({});
    expect(text).toMatch(/^# yaml-language-server: \$schema=config\.schema\.json\n/);
  });
});

describe('the first .secrets.yaml of a project', () => {
  it('is valid, sets nothing, and shows where the token goes', () => {
    const secrets = secretsTemplate();
    expect(read(makeProject({ secrets }))).toEqual({ config: defaults, origins: new Map(), warnings: [] });
    const filled = secrets.replace('# github:', 'github:').replace('# token: ghp_…', 'token: ghp_1');
    expect(read(makeProject({ secrets: filled })).config.github.token).toBe('ghp_1');
  });
});
