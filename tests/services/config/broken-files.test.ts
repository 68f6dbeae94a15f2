import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type ConfigFiles, nodeConfigFiles } from '../../../src/services/config/config-files.ts';
import { linesOf, makeProject, read } from './config-project.ts';

describe('files that cannot be read as a configuration', () => {
  it.each([
    ['a: b: c', '1:4: a second colon in one line; expected "key: value"'],
    ['logging:\n\tlevel: INFO', '2:1: a tab in the indentation; expected spaces'],
    ['logging:\n   level: INFO\n  file: true', '3:1: the indentation does not fit'],
    ['logging:\n  level: "INFO', '2:15: a character is missing'],
    ['logging\n  level: INFO', '1:1: a key goes over several lines'],
    ['logging:\n  level: @x', '2:10: a value begins with a reserved character'],
    ['logging:\n  level: "\\q"', '2:11: an escape that is not known'],
    ['logging:\n  level: !mine INFO', '2:10: a tag that is not known'],
    ['? [a]\n: 1', '1:3: a key is a list or a mapping'],
    ['wire: {}\n---\nwire: {}', '2:1: a second document begins'],
    ['%NEW\n---\nwire: {}', '1:1: a directive that is not known'],
  ])('says at its place what is wrong with broken YAML: %j', (project, expected) => {
    const sources = makeProject({ project });
    expect(linesOf(sources)[0]).toMatch(`${sources.projectFile}:${expected}`);
  });

  it('reports broken YAML once a line, from the first line to the last', () => {
    const sources = makeProject({ project: 'wire: !mine { a: @x, b: @y }\nlogging: @z\nkitchen: !mine {}\n' });
    const starts = linesOf(sources).map((line) => line.slice(0, line.indexOf(': ')));
    expect(starts).toEqual(['1:7', '2:10', '3:10'].map((place) => `${sources.projectFile}:${place}`));
  });

  it.each([
    ['brackets', '['.repeat(400_000), '1:33'],
    ['braces', '{a: '.repeat(200_000), '1:126'],
    ['dashes', '- '.repeat(400_000), '1:64'],
    ['brackets in a setting', `subsets: { disabled: ${'['.repeat(300)}${']'.repeat(300)} }`, '1:52'],
  ])('survives endless nesting of %s', (_what, project, place) => {
    const sources = makeProject({ project });
    expect(linesOf(sources)).toEqual([
      `${sources.projectFile}:${place}: nested too deeply; expected sections with keys below them; flatten it`,
    ]);
  });

  it('refuses aliases that grow beyond measure, without expanding them', () => {
    const levels = Array.from(
      { length: 9 },
      (_, level) => `&a${level + 1} [${Array(10).fill(`*a${level}`).join(',')}]`,
    );
    const sources = makeProject({ project: `subsets:\n  disabled: [&a0 [x],${levels.join(',')}]\n` });
    expect(linesOf(sources)[0]).toMatch(
      `${sources.projectFile}:2:13: the aliases of subsets.disabled point nowhere or grow`,
    );
  });

  it('refuses more aliases than a configuration can need', () => {
    const sources = makeProject({ project: `subsets:\n  disabled: [&a x${',*a'.repeat(101)}]\n` });
    expect(linesOf(sources)[0]).toMatch(/:2:319: more than 100 uses of aliases/);
  });

  it('refuses an alias that points nowhere, and follows one that points somewhere', () => {
    expect(linesOf(makeProject({ project: 'logging:\n  level: *x' }))[0]).toMatch(
      /:2:10: the aliases of logging\.level/,
    );
    const { config } = read(makeProject({ project: 'kitchen: { visibility: &v gated }\nsubsets: { disabled: [*v] }' }));
    expect(config.subsets.disabled).toEqual(['gated']);
  });

  it('names the place of the first byte that is not UTF-8', () => {
    const project = Buffer.concat([Buffer.from('wire:\n  # ä '), Buffer.from([0xff]), Buffer.from('\n')]);
    const sources = makeProject({ project });
    expect(linesOf(sources)[0]).toMatch(`${sources.projectFile}:2:7: not UTF-8 text; expected UTF-8`);
  });

  it('reads a file with a byte order mark and with Windows line ends', () => {
    const sources = makeProject({ project: '\uFEFFlogging:\r\n  level: ERROR\r\n' });
    expect(read(sources).config.logging.level).toBe('ERROR');
    expect(read(sources).origins.get('logging.level')).toBe(`${sources.projectFile}:2:3`);
  });

  it.each(['', '\n\n', '# nothing yet\n', '---\n', 'null\n', '~'])(
    'takes a file without settings as none: %j',
    (text) => {
      expect(read(makeProject({ user: text, project: text, secrets: text })).origins.size).toBe(0);
    },
  );

  it('refuses a folder in the place of a file', () => {
    const sources = makeProject();
    mkdirSync(sources.userFile);
    expect(linesOf(sources)).toEqual([
      `${sources.userFile}:1:1: this is a folder; expected a YAML file; move the folder away`,
    ]);
  });

  it('refuses what is no regular file', () => {
    const sources = makeProject();
    symlinkSync('/dev/null', sources.projectFile);
    expect(linesOf(sources)[0]).toMatch(`${sources.projectFile}:1:1: this is not a regular file`);
  });

  it('names a circle of links', () => {
    const sources = makeProject();
    symlinkSync(sources.projectFile, sources.projectFile);
    expect(linesOf(sources)[0]).toMatch(/:1:1: cannot be read \(ELOOP\); .*; remove the circle of links$/);
  });

  it('names a folder of settings that is a file, once, and takes what would lie deeper as absent', () => {
    const sources = makeProject({ user: 'wire: {}' });
    const { userFile } = sources;
    const inFile = { projectFile: `${userFile}/config.yaml`, secretsFile: `${userFile}/.secrets.yaml` };
    expect(linesOf({ ...sources, ...inFile })).toEqual([
      `${userFile}:1:1: this is a file; expected a folder, in which settings are kept; move the file away`,
    ]);
    expect(read({ ...sources, projectFile: `${userFile}/.maitred/config.yaml` }).origins.size).toBe(0);
  });

  it('refuses a file over 1 MiB and reads one of exactly 1 MiB', () => {
    const exact = `# ${'x'.repeat(1024 * 1024 - 2)}`;
    expect(read(makeProject({ project: exact })).origins.size).toBe(0);
    expect(linesOf(makeProject({ project: `${exact}x` }))[0]).toMatch(
      /:1:1: the file has 1048577 bytes; expected at most 1 MiB/,
    );
  });

  it('refuses a file that says to be small and is not', () => {
    const sources = makeProject({ project: 'wire: {}' });
    const files: ConfigFiles = { ...nodeConfigFiles, readFile: () => Buffer.alloc(1024 * 1024 + 1, '#') };
    expect(linesOf(sources, files)[0]).toMatch(/:1:1: the file has 1048577 bytes/);
  });

  it('says how to mend a file that may not be read', () => {
    const sources = makeProject({ project: 'wire: {}' });
    const files: ConfigFiles = {
      ...nodeConfigFiles,
      readFile: () => {
        throw Object.assign(new Error('no'), { code: 'EACCES' });
      },
    };
    expect(linesOf(sources, files)).toEqual([
      `${sources.projectFile}:1:1: cannot be read (EACCES); expected a readable file; give yourself the right to read it (chmod u+r) or remove it`,
    ]);
  });

  it('takes a file that vanishes while it is read as absent', () => {
    const sources = makeProject({ project: 'logging: { level: ERROR }' });
    const files: ConfigFiles = {
      ...nodeConfigFiles,
      readFile: (path) => {
        rmSync(path);
        return nodeConfigFiles.readFile(path);
      },
    };
    expect(read(sources, files).config.logging.level).toBe('INFO');
  });
});
