import { chmodSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { earlySettingKeys } from '../../../src/domain/early-settings.ts';
import { errorOf, linesOf, makeProject, read } from './config-project.ts';

describe('the secrets file', () => {
  it.each(Object.keys(earlySettingKeys))(
    'may not hold the early setting %s, and the message says where to move it',
    (key) => {
      const [section, name] = key.split('.');
      const sources = makeProject({ secrets: `${section}:\n  ${name}: x\n` });
      expect(linesOf(sources)).toEqual([
        `${sources.secretsFile}:2:3: "${key}" may not be in the secrets file; expected secrets only; move it to ${sources.projectFile}`,
      ]);
    },
  );

  it.each([0o640, 0o604, 0o620, 0o601])('must be private (mode %o is not)', (mode) => {
    const sources = makeProject({ secrets: 'workspace: { roots: [/a] }\n' });
    chmodSync(sources.secretsFile, mode);
    expect(linesOf(sources)).toEqual([
      `${sources.secretsFile}:1:1: other users can access this file (mode 0${mode.toString(8)}); expected 0600; run: chmod 600 ${sources.secretsFile}`,
    ]);
  });

  it('may be read-only, and the other files may be readable by others', () => {
    const sources = makeProject({ project: 'wire: {}', user: 'wire: {}', secrets: 'workspace: { roots: [/a] }\n' });
    chmodSync(sources.secretsFile, 0o400);
    chmodSync(sources.projectFile, 0o644);
    chmodSync(sources.userFile, 0o644);
    expect(read(sources).config.workspace.roots).toEqual(['/a']);
  });

  it.each([
    ['a wrong value', 'workspace:\n  roots: [hunter2]\n'],
    ['a wrong type', 'workspace:\n  roots: hunter2\n'],
    ['an unknown section', 'gitlab:\n  token: hunter2\n'],
    ['an unknown key', 'workspace:\n  token: hunter2\n'],
    ['an early setting', 'logging:\n  level: hunter2\n'],
    ['a lone value', 'hunter2'],
    ['a list', '- hunter2'],
    ['a value as a section', 'workspace: hunter2'],
    ['a value in place of a key', 'hunter2: x'],
    ['a value twice in place of a key', 'workspace:\n  hunter2: x\n  hunter2: x'],
    ['an open quote', 'github:\n  token: "hunter2'],
    ['a bad escape', 'github:\n  token: "\\qhunter2"'],
    ['a reserved character', 'github:\n  token: @hunter2'],
    ['a tag', 'github:\n  token: !hunter2 x'],
    ['an alias', 'workspace:\n  roots: *hunter2'],
    ['a directive', '%hunter2\n---\nworkspace: {}'],
    ['two colons', 'github: token: hunter2'],
    ['bytes that are not text', Buffer.from('hunter2 \xff', 'latin1')],
  ])('keeps its values out of the error: %s', (_what, secrets) => {
    const error = errorOf(makeProject({ secrets }));
    expect(error.message).not.toContain('hunter2');
    expect(JSON.stringify(error.details)).not.toContain('hunter2');
    expect(error.cause).toBeUndefined();
  });
});

describe('secrets outside the secrets file', () => {
  it.each(['token', 'password', 'client_secret', 'api_key', 'apiKey'])('are rejected under the name %s', (name) => {
    const sources = makeProject({ project: `workspace:\n  ${name}: hunter2\n` });
    expect(linesOf(sources)).toEqual([
      `${sources.projectFile}:2:3: "workspace.${name}" looks like a secret; expected in the secrets file only; move it to ${sources.secretsFile} (mode 0600)`,
    ]);
  });

  it('are found in an unknown section', () => {
    const sources = makeProject({ user: 'github:\n  token: hunter2\n' });
    const message = errorOf(sources).message;
    expect(message).toContain(`${sources.userFile}:2:3: "github.token" looks like a secret`);
    expect(message).not.toContain('hunter2');
  });

  it('are rejected in the environment and in flags, without showing their values', () => {
    const sources = makeProject({ env: { MAITRED_GITHUB__TOKEN: 'hunter2' }, flags: { 'github.token': 'hunter2' } });
    expect(linesOf(sources).map((line) => line.slice(0, line.indexOf(';')))).toEqual([
      'MAITRED_GITHUB__TOKEN: "github.token" looks like a secret',
      'flag github.token: "github.token" looks like a secret',
    ]);
    expect(errorOf(sources).message).not.toContain('hunter2');
  });

  it('do not include names that only resemble one', () => {
    expect(linesOf(makeProject({ project: 'workspace:\n  max_tokens: 5\n' }))[0]).toContain('unknown key "max_tokens"');
  });
});
