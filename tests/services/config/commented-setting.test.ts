import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { changeSetting } from '../../../src/services/config/change-setting.ts';
import { configTemplate, secretsTemplate } from '../../../src/services/config/config-template.ts';
import { makeProject, type ProjectContent, read } from './config-project.ts';

const template = configTemplate({});

/** A project with a file, whose settings are changed one after the other. */
function aProject(files: ProjectContent) {
  const sources = makeProject(files);
  return {
    sources,
    async change(key: string, text: string | null): Promise<string> {
      const { file } = await changeSetting(sources, { key, text, layer: 'project' });
      return readFileSync(file, 'utf8');
    },
  };
}

describe('a key that the first config.yaml shows as a comment', () => {
  it('is set where it is shown, and is the same comment again after it is unset', async () => {
    const { change, sources } = aProject({ project: template });
    expect(await change('logging.level', 'DEBUG')).toBe(
      template.replace('# logging:', 'logging:').replace('# level: INFO', 'level: DEBUG'),
    );
    expect(read(sources).config.logging.level).toBe('DEBUG');
    expect(await change('logging.level', null)).toBe(template);
  });

  it('is set beside the other keys of its section, whichever comes first', async () => {
    const { change } = aProject({ project: template });
    await change('test_check.timeout', '5');
    const both = template
      .replace('# test_check:', 'test_check:')
      .replace('# command: []', 'command: [npm, test]')
      .replace('# timeout: 600', 'timeout: 5');
    expect(await change('test_check.command', '[npm, test]')).toBe(both);
    expect(await change('test_check.timeout', null)).toBe(both.replace('timeout: 5', '# timeout: 600'));
    expect(await change('test_check.command', null)).toBe(template);
  });

  it('is set in a section without keys, and in one with a comment on its line', async () => {
    const live = template.replace('# logging:', 'logging: # mine');
    const { change } = aProject({ project: live });
    expect(await change('logging.level', 'DEBUG')).toBe(live.replace('# level: INFO', 'level: DEBUG'));
  });

  it('keeps Windows line ends', async () => {
    const windows = template.replaceAll('\n', '\r\n');
    const { change } = aProject({ project: windows });
    expect(await change('logging.level', 'DEBUG')).toBe(
      windows.replace('# logging:', 'logging:').replace('# level: INFO', 'level: DEBUG'),
    );
    expect(await change('logging.level', null)).toBe(windows);
  });

  it.each([
    ['its comment has other words', '# logging:\n  # level: INFO is enough here\n'],
    ['its comment is indented unlike the keys', 'logging:\n    file: true\n  # level: INFO\n'],
    ['it is under another section', '# logging:\n# wire:\n  # level: INFO\n'],
  ])('is set beside the comment if %s', async (_why, project) => {
    const { change, sources } = aProject({ project });
    const after = await change('logging.level', 'DEBUG');
    for (const line of project.split('\n').filter((line) => line.trim().startsWith('#'))) expect(after).toContain(line);
    expect(read(sources).config.logging.level).toBe('DEBUG');
  });

  it('is not shown again where it was written by hand', async () => {
    const { change } = aProject({ project: '# mine\nlogging:\n  # loud\n  level: DEBUG\n' });
    expect(await change('logging.level', null)).toBe('# mine\n  # loud\n');
  });

  it('holds for the token in the secrets file', async () => {
    const secrets = secretsTemplate();
    const { change } = aProject({ secrets });
    expect(await change('github.token', 'ghp_1')).toBe(
      secrets.replace('# github:', 'github:').replace('# token: ghp_…', 'token: ghp_1'),
    );
    expect(await change('github.token', null)).toBe(secrets);
  });
});
