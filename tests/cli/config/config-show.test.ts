import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { configKeys } from '../../../src/services/config/config-keys.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { aConfigWorld } from './config-world.ts';

describe('the output of config show', () => {
  it('is every key in the order of the schema, with its value and origin', async () => {
    const world = aConfigWorld({
      user: 'logging:\n  level: debug\n  file: false\n',
      project: '# ours\nlogging:\n  level: ERROR\nsubsets:\n  disabled: [git, "a, b"]\n',
      secrets: 'github:\n  token: hunter2\n',
    });
    const env = { MAITRED_WIRE__MAX_WAITING: '5' };
    const { out, err, exits } = await world.config(['show', '--set', 'kitchen.visibility=gated'], { env });
    expect({ err, exits }).toEqual({ err: '', exits: [0] });
    const rows = out
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/));
    expect(rows.map(([key]) => key)).toEqual([...configKeys.keys()]);
    expect(rows).toEqual(
      expect.arrayContaining([
        ['logging.level', 'ERROR', `${world.projectFile}:3:3`],
        ['logging.file', 'false', `${world.userFile}:3:3`],
        ['subsets.disabled', '[git, "a, b"]', `${world.projectFile}:5:3`],
        ['wire.max_waiting', '5', 'MAITRED_WIRE__MAX_WAITING'],
        ['kitchen.visibility', 'gated', 'flag kitchen.visibility'],
        ['github.token', '********', `${world.secretsFile}:2:3`],
        ['github.default_repo', 'null', 'default'],
      ]),
    );
    expect(
      new Set(
        out
          .trimEnd()
          .split('\n')
          // A value that is longer than its column moves its origin.
          .filter((line) => !line.startsWith('implement_gate.skill_names '))
          .map((line) => line.search(/ (default$|flag |MAITRED_|\/\S+:\d+:\d+$)/)),
      ).size,
    ).toBe(1);
  });

  it('names the layer that counts where several set a key', async () => {
    const text = 'wire:\n  max_waiting: ';
    const world = aConfigWorld({ user: `${text}1\n`, project: `${text}2\n` });
    const shown = async (...args: Parameters<typeof world.config>) =>
      (await world.config(...args)).out.trimEnd().split(/ {2,}/);
    const show = ['show', 'wire.max_waiting'];
    const env = { MAITRED_WIRE__MAX_WAITING: '3' };
    expect(await shown(show)).toEqual(['wire.max_waiting', '2', `${world.projectFile}:2:3`]);
    expect(await shown(show, { env })).toEqual(['wire.max_waiting', '3', 'MAITRED_WIRE__MAX_WAITING']);
    const withFlag = [...show, '--set', 'wire.max_waiting=4'];
    expect(await shown(withFlag, { env })).toEqual(['wire.max_waiting', '4', 'flag wire.max_waiting']);
  });

  it('is the same as JSON, with the files', async () => {
    const world = aConfigWorld({ project: 'wire:\n  max_waiting: 5\n', secrets: 'github:\n  token: hunter2\n' });
    const { out, err } = await world.config(['show', '--json']);
    expect(err).toBe('');
    expect(out).not.toContain('hunter');
    const shown = JSON.parse(out);
    expect(Object.keys(shown.settings)).toEqual([...configKeys.keys()]);
    expect(shown).toMatchObject({
      project: world.projectDir,
      warnings: [],
      files: {
        user: { path: world.userFile, exists: false },
        project: { path: world.projectFile, exists: true },
        secrets: { path: world.secretsFile, exists: true },
      },
      settings: {
        'wire.max_waiting': { value: 5, origin: `${world.projectFile}:2:3` },
        'wire.max_in_flight': { value: 64, origin: 'default' },
        'github.token': { value: '********', origin: `${world.secretsFile}:2:3` },
      },
    });
  });

  it('is null for a secret that is not set', async () => {
    const { out } = await aConfigWorld({ secrets: 'github:\n  token: ""\n' }).config(['show', '--json']);
    expect(JSON.parse(out).settings['github.token'].value).toBeNull();
  });

  it.each(['x', 'hunter2'.repeat(20)])('is the same for every secret', async (token) => {
    const { out } = await aConfigWorld({ secrets: `github: { token: ${token} }` }).config(['show', 'github.token']);
    expect(out).toMatch(/^github\.token {2}\*{8} {2}\//);
  });

  it('is one key, or one section, if that is named', async () => {
    const world = aConfigWorld();
    expect((await world.config(['show', 'wire.max_waiting'])).out).toBe('wire.max_waiting  256  default\n');
    const { settings } = JSON.parse((await world.config(['show', 'logging', '--json'])).out);
    expect(Object.keys(settings)).toEqual(['logging.level', 'logging.json_output', 'logging.file']);
    expect(await world.config(['show', 'logging.levle'])).toEqual({
      out: '',
      err: 'maitred: unknown key "logging.levle"; did you mean "logging.level"?\n',
      exits: [2],
    });
  });

  it('has values as they were set', async () => {
    const world = aConfigWorld();
    expect((await world.config(['show', 'logging.json_output'])).out).toBe('logging.json_output  auto  default\n');
    await world.config(['set', 'logging.json_output', 'auto']);
    expect((await world.config(['show', 'logging.json_output'])).out).toContain('logging.json_output  auto  /');
  });

  it.each([
    ['loging', 'logging'],
    ['level', 'logging.level'],
  ])('suggests what was probably meant by %s', async (name, meant) => {
    const { err, exits } = await aConfigWorld().config(['show', name]);
    expect({ err, exits }).toEqual({ err: `maitred: unknown key "${name}"; did you mean "${meant}"?\n`, exits: [2] });
  });

  it('is an error if a file is in place of the .maitred folder', async () => {
    const world = aConfigWorld();
    writeFileSync(`${world.projectDir}/.maitred`, '');
    for (const args of [['show'], ['path'], ['set', 'logging.level', 'INFO']]) {
      const { out, err, exits } = await world.config(args);
      expect({ out, exits }).toEqual({ out: '', exits: [5] });
      expect(err).toContain(`${world.projectDir}/.maitred is a file`);
    }
  });

  it('is about another project if that is named', async () => {
    const other = aConfigWorld({ project: 'wire:\n  max_waiting: 7\n' });
    const { out } = await aConfigWorld().config(['show', 'wire.max_waiting', '--project', other.projectDir]);
    expect(out).toBe(`wire.max_waiting  7  ${other.projectFile}:2:3\n`);
    const { err, exits } = await other.config(['show', '--project', 'nowhere']);
    expect(err).toBe(
      `maitred: the project ${other.projectDir}/src/nowhere does not exist: create it, or name another folder\n`,
    );
    expect(exits).toEqual([2]);
  });

  it('is every fault of a bad configuration, one per line, and nothing else', async () => {
    const world = aConfigWorld({ user: 'wire:\n  max_wating: 1\n', project: 'a: b: c\n' });
    const { out, err, exits } = await world.config(['show', '--json'], { env: { MAITRED_GITHUB__TOKEN: 'hunter2' } });
    expect({ out, exits }).toEqual({ out: '', exits: [2] });
    const lines = err.trimEnd().split('\n');
    expect(lines).toEqual([
      expect.stringContaining(`maitred: ${world.userFile}:2:3: unknown key "max_wating"`),
      expect.stringContaining(`maitred: ${world.projectFile}:1:4: a second colon`),
      'maitred: MAITRED_GITHUB__TOKEN: "github.token" looks like a secret; expected in the secrets file only; set GITHUB_TOKEN instead, or write it with: maitred config set github.token -',
    ]);
  });

  it('has colours on a terminal, and no control characters of a setting', async () => {
    const project = `${tempFolder()}/a\u001b[2Jb`;
    mkdirSync(`${project}/.maitred`, { recursive: true });
    const world = aConfigWorld({ user: 'safety:\n  reset_guard_marker: "x\\e[31m\\u202ey"\n' });
    const args = ['show', 'safety', '--project', project];
    expect((await world.config(args)).out).not.toMatch(/[^\n\P{Cc}]|\p{Cf}/u);
    expect((await world.config(args, {}, true)).out).toContain('\u001b[32mx\\u001b[31m\\u202ey\u001b[0m');
  });
});

describe('the output of config path', () => {
  it('is the path of each file, and whether it exists', async () => {
    const world = aConfigWorld({ project: '' });
    const { out, err, exits } = await world.config(['path']);
    expect(out).toBe(
      [
        `user     ${world.userFile}  (does not exist)`,
        `project  ${world.projectFile}`,
        `secrets  ${world.secretsFile}  (does not exist)`,
        '',
      ].join('\n'),
    );
    expect({ err, exits }).toEqual({ err: '', exits: [0] });
    expect(JSON.parse((await world.config(['path', '--json'])).out)).toEqual({
      project: world.projectDir,
      files: {
        user: { path: world.userFile, exists: false },
        project: { path: world.projectFile, exists: true },
        secrets: { path: world.secretsFile, exists: false },
      },
    });
  });

  it('is the same for a bad configuration', async () => {
    expect((await aConfigWorld({ project: 'a: b: c' }).config(['path'])).exits).toEqual([0]);
  });
});
