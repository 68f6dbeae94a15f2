import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConfigSources } from '../../../src/domain/early-settings.ts';
import { type ChangedSetting, changeSetting, type SettingChange } from '../../../src/services/config/change-setting.ts';
import { configKeys } from '../../../src/services/config/config-keys.ts';
import { readSettingText } from '../../../src/services/config/read-setting-text.ts';
import { isSecretKey } from '../../../src/services/config/validate-placement.ts';
import { yamlComments } from '../../../src/services/yaml/yaml-comments.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { makeProject, read, writeProject } from './config-project.ts';
import { aConfigText, aSetting } from './generated-settings.ts';

const set = (
  sources: ConfigSources,
  key: string,
  text: string | null,
  layer: SettingChange['layer'] = 'project',
): Promise<ChangedSetting> => changeSetting(sources, { key, text, layer });

const textOf = (path: string) => readFileSync(path, 'utf8');
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

function settingOf(sources: ConfigSources, key: string): unknown {
  const [section = '', name = ''] = key.split('.');
  const values: Readonly<Record<string, Readonly<Record<string, unknown>>>> = read(sources).config;
  return values[section]?.[name];
}

/** What a key holds when a text is set that the schema takes. */
function meaningOf(key: string, text: string): unknown {
  const known = configKeys.get(key);
  return known?.schema.parse(isSecretKey(key) ? text : readSettingText(text, known.textForm));
}

const commentsOf = (text: string) =>
  yamlComments(text)
    .map((at) => /^[^\r\n]*/.exec(text.slice(at))?.[0])
    .sort();

describe('a setting that is changed in a file', () => {
  it('is read back as it was given, all other keys and comments stay, and a second time changes no byte', () => {
    const dir = tempFolder();
    return fc.assert(
      fc.asyncProperty(aConfigText, aSetting, async (project, { key, text }) => {
        const sources = writeProject(dir, { project });
        const before = read(sources);
        const { file } = await set(sources, key, text);
        expect(settingOf(sources, key)).toEqual(meaningOf(key, text));
        const [section = '', name = ''] = key.split('.');
        const others = { ...read(sources).config[section as 'wire'], [name]: null };
        expect(others).toEqual({ ...before.config[section as 'wire'], [name]: null });
        expect({ ...read(sources).config, [section]: null }).toEqual({ ...before.config, [section]: null });
        const after = textOf(sources.projectFile);
        expect(commentsOf(after)).toEqual(commentsOf(project));

        const { ino } = statSync(file);
        expect(await set(sources, key, text)).toMatchObject({ isChanged: false });
        expect([textOf(sources.projectFile), statSync(file).ino]).toEqual([after, ino]);
      }),
      { numRuns: 300 },
    );
  });

  it('is gone after it is unset, and every other key stays', () => {
    const dir = tempFolder();
    return fc.assert(
      fc.asyncProperty(aConfigText, fc.constantFrom(...configKeys.keys()), async (project, key) => {
        fc.pre(!isSecretKey(key));
        const sources = writeProject(dir, { project });
        const before = new Set(read(sources).origins.keys());
        await set(sources, key, null);
        before.delete(key);
        expect(new Set(read(sources).origins.keys())).toEqual(before);
      }),
      { numRuns: 200 },
    );
  });

  it('makes a missing file and its folder, private to this user', async () => {
    const sources = makeProject();
    for (const layer of ['user', 'project'] as const) {
      const file = layer === 'user' ? sources.userFile : sources.projectFile;
      rmSync(dirname(file), { recursive: true });
      const place = `${file}:3:3`;
      expect(await set(sources, 'wire.max_waiting', '5', layer)).toMatchObject({ place, isChanged: true, value: 5 });
      expect([modeOf(dirname(file)), modeOf(file)]).toEqual(['700', '600']);
      expect(textOf(file)).toMatch(/^# yaml-language-server: \$schema=config\.schema\.json\nwire:\n/);
      expect(JSON.parse(textOf(`${dirname(file)}/config.schema.json`)).properties.wire).toBeDefined();
    }
  });

  it('updates the schema that a file names, and writes none beside other files', async () => {
    const sources = makeProject({ project: 'wire: {}\n' });
    const schema = `${dirname(sources.projectFile)}/config.schema.json`;
    await set(sources, 'wire.max_waiting', '5');
    expect(existsSync(schema)).toBe(false);
    writeFileSync(sources.projectFile, '# yaml-language-server: $schema=config.schema.json\r\n');
    writeFileSync(schema, '{}');
    await set(sources, 'wire.max_waiting', '6');
    expect(textOf(schema)).toContain('max_waiting');
  });

  it.each([0o644, 0o664, 0o600, 0o400])('keeps the permissions of the file (mode %o)', async (mode) => {
    const sources = makeProject({ project: 'wire: {}\n' });
    chmodSync(sources.projectFile, mode);
    await set(sources, 'wire.max_waiting', '5');
    expect(modeOf(sources.projectFile)).toBe(mode.toString(8));
    expect(readdirSync(dirname(sources.projectFile))).toEqual(['config.yaml']);
  });

  it('follows links to their target, even to one that does not exist yet', async () => {
    const sources = makeProject();
    const dotfiles = join(dirname(sources.projectDir), 'dotfiles');
    mkdirSync(dotfiles);
    symlinkSync('../dotfiles/link.yaml', sources.userFile);
    symlinkSync('maitred.yaml', `${dotfiles}/link.yaml`);
    for (const text of ['5', '6']) {
      await set(sources, 'wire.max_waiting', text, 'user');
      expect(lstatSync(sources.userFile).isSymbolicLink()).toBe(true);
      expect(textOf(`${dotfiles}/maitred.yaml`)).toContain(`max_waiting: ${text}`);
      expect(readdirSync(dotfiles).sort()).toEqual(['link.yaml', 'maitred.yaml']);
    }
  });

  it('follows a link that leads up from a folder which is itself a link', async () => {
    const sources = makeProject();
    const folder = dirname(sources.userFile);
    const dotfiles = join(dirname(sources.projectDir), 'dotfiles');
    rmSync(folder, { recursive: true });
    mkdirSync(`${dotfiles}/maitred`, { recursive: true });
    symlinkSync(`${dotfiles}/maitred`, folder);
    symlinkSync('../maitred.yaml', `${dotfiles}/maitred/config.yaml`);
    await set(sources, 'wire.max_waiting', '5', 'user');
    expect(textOf(`${dotfiles}/maitred.yaml`)).toContain('max_waiting: 5');
  });

  it('names a higher layer that sets the same key', async () => {
    const sources = makeProject({
      project: 'wire:\n  max_waiting: 1\n',
      env: { MAITRED_LOGGING__LEVEL: 'INFO', MAITRED_NO__SUCH: '1' },
    });
    expect(await set(sources, 'wire.max_waiting', '5', 'user')).toMatchObject({
      overriddenBy: `${sources.projectFile}:2:3`,
    });
    expect(await set(sources, 'logging.level', 'DEBUG')).toMatchObject({ overriddenBy: 'MAITRED_LOGGING__LEVEL' });
    expect(await set(sources, 'wire.max_in_flight', '5')).toMatchObject({ overriddenBy: null });
  });

  it('names the highest of the layers that set the same key', async () => {
    const sources = makeProject({
      project: 'wire:\n  max_waiting: 1\n',
      env: { MAITRED_WIRE__MAX_WAITING: '2' },
    });
    expect(await set(sources, 'wire.max_waiting', '5', 'user')).toMatchObject({
      overriddenBy: 'MAITRED_WIRE__MAX_WAITING',
    });
    const flags = { 'wire.max_waiting': '3' };
    expect(await set({ ...sources, flags }, 'wire.max_waiting', '6', 'user')).toMatchObject({
      overriddenBy: 'flag wire.max_waiting',
    });
  });

  it('does not need the other layers to be valid', async () => {
    const sources = makeProject({ user: 'a: b: c', secrets: '- x', env: { MAITRED_NO__SUCH: '1' } });
    expect(await set(sources, 'wire.max_waiting', '5')).toMatchObject({ isChanged: true });
  });

  it.each([
    ['logging.levle', 'x', 'did you mean "logging.level"?'],
    ['logging', 'x', '"logging" is a section; give a key, such as logging.level'],
    ['zzz.zzz', 'x', 'maitred config show lists the keys'],
    ['logging.level', 'loud', 'logging.level is "loud"; expected DEBUG, INFO, WARNING or ERROR; give another value'],
    ['subsets.disabled', '[""]', 'subsets.disabled[0] is empty; expected a tag'],
    ['wire.max_waiting', '-1', 'wire.max_waiting is -1; expected a whole number, 0 or more'],
  ])('is rejected for a bad key or value before anything is written: %s %s', async (key, text, message) => {
    const sources = makeProject();
    rmSync(dirname(sources.projectFile), { recursive: true });
    await expect(set(sources, key, text)).rejects.toThrow(message);
    expect(existsSync(dirname(sources.projectFile))).toBe(false);
  });

  it.each([
    ['is broken', 'wire: [\n', ':2:1: '],
    ['has another fault', 'wire:\n  max_wating: 1\n', ':2:3: unknown key "max_wating"'],
    ['holds a secret', 'github:\n  token: hunter2\n', ':2:3: "github.token" looks like a secret'],
    ['repeats a key', 'wire: {}\nwire: {}\n', ':2:1: the key "wire" is repeated'],
    ['has a second document', 'wire: {}\n---\n{}\n', ':2:1: a second document begins'],
  ])('is rejected if the file %s, with the place, and the file stays', async (_what, project, place) => {
    const sources = makeProject({ project });
    await expect(set(sources, 'logging.level', 'DEBUG')).rejects.toThrow(`${sources.projectFile}${place}`);
    expect(textOf(sources.projectFile)).toBe(project);
    expect(readdirSync(dirname(sources.projectFile))).toEqual(['config.yaml']);
  });

  it('repairs a file if the old value was its only fault', async () => {
    const sources = makeProject({ project: 'wire:\n  max_waiting: many\n' });
    await set(sources, 'wire.max_waiting', '5');
    expect(settingOf(sources, 'wire.max_waiting')).toBe(5);
  });

  it.each([
    ['an unknown key', 'wire.nope', 'wire:\n  nope: 1\n  max_waiting: 5\n', 'wire:\n  max_waiting: 5\n'],
    [
      'the only key of a section',
      'wire.nope',
      'wire:\n  nope: 1\nlogging: { level: DEBUG }\n',
      'logging: { level: DEBUG }\n',
    ],
    ['a key of an unknown section', 'loging.level', 'loging:\n  level: DEBUG\nwire: {}\n', 'wire: {}\n'],
    ['an unknown section', 'loging', 'loging:\n  level: DEBUG # mine\n  file: false\nwire: {}\n', 'wire: {}\n'],
    ['an unknown section with a value', 'nope', 'nope: 1\nwire: {}\n', 'wire: {}\n'],
    ['a key with dots in its name', 'wire.a.b', 'wire:\n  a: 1\n  a.b: 2\n', 'wire:\n  a: 1\n'],
    ['a key while another is wrong', 'wire.max_waiting', 'wire:\n  max_waiting: 5\n  nope: 1\n', 'wire:\n  nope: 1\n'],
    ['a wrong value while another key is wrong', 'wire.max_waiting', 'nope: 1\nwire:\n  max_waiting: x\n', 'nope: 1\n'],
    ['nothing if the key is not there', 'logging.level', 'nope: 1\n', 'nope: 1\n'],
  ])('is removed from a file with faults: %s', async (_what, key, project, expected) => {
    const sources = makeProject({ project });
    const { isChanged } = await set(sources, key, null);
    expect(textOf(sources.projectFile)).toBe(expected);
    expect(isChanged).toBe(project !== expected);
  });

  it.each([
    ['wire.max_waitin', 'did you mean "wire.max_waiting"?'],
    ['loging', 'unknown key "loging"'],
    ['wire', '"wire" is a section; give a key, such as wire.'],
    ['wire.max_waiting.x', 'unknown key'],
  ])('is not removed if it is neither known nor there: %s', async (key, message) => {
    const project = 'wire:\n  max_waiting: 5\n';
    const sources = makeProject({ project });
    await expect(set(sources, key, null)).rejects.toThrow(message);
    expect(textOf(sources.projectFile)).toBe(project);
  });

  it('names a file that is in place of the folder', async () => {
    const sources = makeProject();
    const folder = dirname(sources.projectFile);
    rmSync(folder, { recursive: true });
    writeFileSync(folder, '');
    await expect(set(sources, 'wire.max_waiting', '5')).rejects.toThrow(
      `${folder}:1:1: this is a file; expected a folder; move the file away`,
    );
  });
});

describe('a secret that is set', () => {
  it('goes to the secrets file as it is, and git ignores the file', async () => {
    const sources = makeProject();
    const { place } = await set(sources, 'github.token', '0123: #x');
    expect(place).toBe(`${sources.secretsFile}:3:3`);
    expect(settingOf(sources, 'github.token')).toBe('0123: #x');
    expect(modeOf(sources.secretsFile)).toBe('600');
    expect(textOf(`${dirname(sources.secretsFile)}/.gitignore`)).toBe('.secrets.yaml\n*.tmp\ntemp/\n');
    expect(existsSync(sources.projectFile)).toBe(false);
  });

  it.each([
    ['temp/\n', 'temp/\n.secrets.yaml\n*.tmp\n'],
    ['temp/', 'temp/\n.secrets.yaml\n*.tmp'],
    ['x\r\n', 'x\r\n.secrets.yaml\r\n*.tmp\r\n'],
    ['*.tmp\n# .secrets.yaml\n', '*.tmp\n# .secrets.yaml\n.secrets.yaml\n'],
    ['*.tmp\n.secrets.yaml\n!.secrets.yaml\n', '*.tmp\n.secrets.yaml\n!.secrets.yaml\n.secrets.yaml\n'],
    [' /.secrets.yaml \n*.tmp\nx', ' /.secrets.yaml \n*.tmp\nx'],
    ['.secrets.yaml\n', '.secrets.yaml\n*.tmp\n'],
    ['*\n', '*\n'],
  ])('adds the lines to a .gitignore that lacks them: %j', async (before, after) => {
    const sources = makeProject();
    const path = `${dirname(sources.secretsFile)}/.gitignore`;
    writeFileSync(path, before);
    await set(sources, 'github.token', 'hunter2');
    expect(textOf(path)).toBe(after);
  });

  it('is not written if .gitignore cannot be written', async () => {
    const sources = makeProject();
    mkdirSync(`${dirname(sources.secretsFile)}/.gitignore`);
    await expect(set(sources, 'github.token', 'hunter2')).rejects.toThrow('.gitignore:1:1: this is a folder');
    expect(existsSync(sources.secretsFile)).toBe(false);
  });

  it('is rejected for the user, with the fix', async () => {
    const sources = makeProject();
    await expect(set(sources, 'github.token', 'hunter2', 'user')).rejects.toThrow(
      "github.token is a secret, and the user's configuration may not hold secrets; leave out --user",
    );
    expect(existsSync(sources.userFile)).toBe(false);
  });

  it('is rejected if others can access the secrets file, with the fix', async () => {
    const sources = makeProject({ secrets: 'github:\n  token: old\n' });
    chmodSync(sources.secretsFile, 0o640);
    await expect(set(sources, 'github.token', 'hunter2')).rejects.toThrow(`run: chmod 600 ${sources.secretsFile}`);
    expect(textOf(sources.secretsFile)).toBe('github:\n  token: old\n');
  });
});
