import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { changeSetting } from '../../../src/services/config/change-setting.ts';
import { readConfig, readOpenConfig } from '../../../src/services/config/read-config.ts';
import { makeProject, type ProjectContent } from './config-project.ts';

/** These stand for settings that move secrets or run programs. */
const userOnly = ['github.default_repo', 'test_check.*'];
const aProject = (content: ProjectContent) => ({ ...makeProject(content), userOnly });

const why = (key: string) =>
  `"${key}" is ignored in a project's files; it counts only from the user's configuration, the environment and flags; set it with: maitred config set ${key} VALUE --user`;

describe("a setting that counts only from the user's side", () => {
  it("is ignored in a project's file, with a warning at its place, and all other settings of the file count", () => {
    const sources = aProject({
      project:
        'github:\n  default_repo: a-stranger/repo\ntest_check: { command: [steal], timeout: 5 }\nworkspace: { roots: [/a] }\n',
    });
    const { config, origins, warnings } = readConfig(sources);
    expect(config).toMatchObject({
      github: { default_repo: null },
      test_check: { command: [], timeout: 600 },
      workspace: { roots: ['/a'] },
    });
    expect([...origins.keys()]).toEqual(['workspace.roots']);
    expect(warnings).toEqual([
      { place: `${sources.projectFile}:2:3`, message: why('github.default_repo') },
      { place: `${sources.projectFile}:3:15`, message: why('test_check.command') },
      { place: `${sources.projectFile}:3:33`, message: why('test_check.timeout') },
    ]);
    expect(readOpenConfig(sources).config).toEqual(config);
  });

  it("cannot override the user's value, and a value that is not valid does not stop the server", () => {
    const sources = aProject({
      user: 'github: { default_repo: mine/repo }',
      project: 'github: { default_repo: not valid }',
    });
    expect(readConfig(sources).config.github.default_repo).toBe('mine/repo');
  });

  it('is ignored in a secrets file too, which a repository can bring where the umask keeps files private', () => {
    const sources = aProject({ secrets: 'github: { default_repo: a-stranger/repo, token: a-token }' });
    const { config, warnings } = readConfig({ ...sources, userOnly: ['github.*'] });
    expect(config.github).toEqual({ default_repo: null, token: 'a-token' });
    expect(warnings).toEqual([{ place: `${sources.secretsFile}:1:11`, message: why('github.default_repo') }]);
  });

  it.each([
    ["the user's file", { user: 'github: { default_repo: mine/repo }' }],
    ['the environment', { env: { MAITRED_GITHUB__DEFAULT_REPO: 'mine/repo' } }],
    ['flags', { flags: { 'github.default_repo': 'mine/repo' } }],
  ])('counts from %s, without a warning', (_, content) => {
    const { config, warnings } = readConfig(aProject({ project: 'wire: {}', ...content }));
    expect(config.github.default_repo).toBe('mine/repo');
    expect(warnings).toEqual([]);
  });

  it("that does not exist yet is an unknown key in a project's file, as every unknown key is", () => {
    const sources = makeProject({ project: 'github: { host: evil.example }' });
    expect(() => readConfig(sources)).toThrow(/:1:11: unknown key "host" in github/);
  });

  it("is not written into a project's file: the error names --user, and with it the setting is written", async () => {
    const sources = aProject({ project: 'wire: {}\n' });
    const change = { key: 'github.default_repo', text: 'mine/repo' } as const;
    await expect(changeSetting(sources, { ...change, layer: 'project' })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('maitred config set github.default_repo VALUE --user'),
    });
    expect(readFileSync(sources.projectFile, 'utf8')).toBe('wire: {}\n');
    expect(await changeSetting(sources, { ...change, layer: 'user' })).toMatchObject({ isChanged: true });
    expect(readConfig(sources).config.github.default_repo).toBe('mine/repo');
  });

  it("is not overridden by a project's file, and can be removed from it", async () => {
    const sources = aProject({ project: 'github:\n  default_repo: a-stranger/repo\nwire: {}\n' });
    const change = { key: 'github.default_repo', text: 'mine/repo', layer: 'user' } as const;
    expect((await changeSetting(sources, change)).overriddenBy).toBeNull();
    expect(await changeSetting(sources, { ...change, text: null, layer: 'project' })).toMatchObject({
      isChanged: true,
    });
    expect(readConfig(sources).warnings).toEqual([]);
  });
});
