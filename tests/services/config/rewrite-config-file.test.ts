import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rewriteConfigFile } from '../../../src/services/config/rewrite-config-file.ts';
import { makeProject } from './config-project.ts';

describe('a configuration file that is rewritten', () => {
  it('begins with the line for editors if it is new, and its settings are returned', async () => {
    const sources = makeProject();
    const { settings, isChanged } = await rewriteConfigFile(
      'project',
      sources,
      (text) => `${text}wire: { max_waiting: 1 }\n`,
    );
    expect(isChanged).toBe(true);
    expect(settings).toEqual([{ key: 'wire.max_waiting', value: 1, place: `${sources.projectFile}:2:9` }]);
    expect(readFileSync(sources.projectFile, 'utf8')).toBe(
      '# yaml-language-server: $schema=config.schema.json\nwire: { max_waiting: 1 }\n',
    );
  });

  it.each([
    ['a bad value', 'wire:\n  max_waiting: many\n', ':2:16: wire.max_waiting is "many"'],
    ['a secret', 'github:\n  token: hunter2\n', ':2:3: "github.token" looks like a secret'],
    ['broken YAML', 'a: b: c', ':1:4: a second colon'],
  ])('is not written with %s', async (_what, text, place) => {
    const sources = makeProject();
    const failing = rewriteConfigFile('project', sources, () => text);
    await expect(failing).rejects.toThrow(`${sources.projectFile}${place}`);
    expect(existsSync(sources.projectFile)).toBe(false);
  });

  it('is not written if its text stays the same, even if it does not exist', async () => {
    const sources = makeProject();
    expect(await rewriteConfigFile('user', sources, (text) => text)).toMatchObject({ isChanged: false });
    expect(existsSync(sources.userFile)).toBe(false);
  });

  it('stays as it was if the edit throws, and the error is rethrown', async () => {
    const sources = makeProject({ user: '# mine\n' });
    const failure = new Error('no');
    const failing = rewriteConfigFile('user', sources, () => {
      throw failure;
    });
    await expect(failing).rejects.toBe(failure);
    expect(readFileSync(sources.userFile, 'utf8')).toBe('# mine\n');
  });
});
