import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type FileAccess, nodeFileAccess } from '../../../src/services/yaml/read-text-file.ts';
import { linesOf, makeProject, read } from './config-project.ts';

describe('a configuration file that cannot be read', () => {
  it.each([
    ['a: b: c', '1:4: a second colon in one line; expected "key: value"'],
    ['logging:\n\tlevel: INFO', '2:1: a tab in the indentation; expected spaces'],
    ['logging:\n   level: INFO\n  file: true', '3:1: wrong indentation'],
    ['logging:\n  level: "INFO', '2:15: a character is missing'],
    ['logging\n  level: INFO', '1:1: a key spans several lines'],
    ['logging:\n  level: @x', '2:10: a value begins with a reserved character'],
    ['logging:\n  level: "\\q"', '2:11: an unknown escape in double quotes'],
    ['logging:\n  level: !mine INFO', '2:10: an unknown tag'],
    ['? [a]\n: 1', '1:3: a key is a list or a mapping'],
    ['wire: {}\n---\nwire: {}', '2:1: a second document begins'],
    ['%NEW\n---\nwire: {}', '1:1: an unknown directive'],
  ])('names the place and the fault of broken YAML: %j', (project, expected) => {
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
  ])('rejects endless nesting of %s', (_what, project, place) => {
    const sources = makeProject({ project });
    expect(linesOf(sources)).toEqual([`${sources.projectFile}:${place}: nested too deeply; flatten it`]);
  });

  it('rejects aliases that multiply without bound, without expanding them', () => {
    const levels = Array.from(
      { length: 9 },
      (_, level) => `&a${level + 1} [${Array(10).fill(`*a${level}`).join(',')}]`,
    );
    const sources = makeProject({ project: `subsets:\n  disabled: [&a0 [x],${levels.join(',')}]\n` });
    expect(linesOf(sources)[0]).toMatch(
      `${sources.projectFile}:2:13: subsets.disabled holds aliases that have no target or grow`,
    );
  });

  it('rejects more than 100 aliases', () => {
    const sources = makeProject({ project: `subsets:\n  disabled: [&a x${',*a'.repeat(101)}]\n` });
    expect(linesOf(sources)[0]).toMatch(/:2:319: more than 100 aliases/);
  });

  it('rejects an alias without a target, and follows one with a target', () => {
    expect(linesOf(makeProject({ project: 'logging:\n  level: *x' }))[0]).toMatch(
      /:2:10: logging\.level holds aliases that have no target/,
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

  it.each(['', '\n\n', '# nothing yet\n', '---\n', 'null\n', '~'])('accepts a file without settings: %j', (text) => {
    expect(read(makeProject({ user: text, project: text, secrets: text })).origins.size).toBe(0);
  });

  it('rejects a folder in place of a file', () => {
    const sources = makeProject();
    mkdirSync(sources.userFile);
    expect(linesOf(sources)).toEqual([
      `${sources.userFile}:1:1: this is a folder; expected a text file; move the folder away`,
    ]);
  });

  it('rejects a file that is not regular', () => {
    const sources = makeProject();
    symlinkSync('/dev/null', sources.projectFile);
    expect(linesOf(sources)[0]).toMatch(`${sources.projectFile}:1:1: this is not a regular file`);
  });

  it('names circular links', () => {
    const sources = makeProject();
    symlinkSync(sources.projectFile, sources.projectFile);
    expect(linesOf(sources)[0]).toMatch(/:1:1: cannot be read \(ELOOP\); .*; remove the circular links$/);
  });

  it('names a file in place of the folder, once, and treats files below it as missing', () => {
    const sources = makeProject({ user: 'wire: {}' });
    const { userFile } = sources;
    const inFile = { projectFile: `${userFile}/config.yaml`, secretsFile: `${userFile}/.secrets.yaml` };
    expect(linesOf({ ...sources, ...inFile })).toEqual([
      `${userFile}:1:1: this is a file; expected a folder; move the file away`,
    ]);
    expect(read({ ...sources, projectFile: `${userFile}/.maitred/config.yaml` }).origins.size).toBe(0);
  });

  it('rejects a file over 1 MiB and reads one of exactly 1 MiB', () => {
    const exact = `# ${'x'.repeat(1024 * 1024 - 2)}`;
    expect(read(makeProject({ project: exact })).origins.size).toBe(0);
    expect(linesOf(makeProject({ project: `${exact}x` }))[0]).toMatch(
      /:1:1: the file has 1048577 bytes; expected at most 1 MiB/,
    );
  });

  it('rejects a file that grows over 1 MiB after its size was read', () => {
    const sources = makeProject({ project: 'wire: {}' });
    const files: FileAccess = { ...nodeFileAccess, readFile: () => Buffer.alloc(1024 * 1024 + 1, '#') };
    expect(linesOf(sources, files)[0]).toMatch(/:1:1: the file has 1048577 bytes/);
  });

  it('says how to fix a file that may not be read', () => {
    const sources = makeProject({ project: 'wire: {}' });
    const files: FileAccess = {
      ...nodeFileAccess,
      readFile: () => {
        throw Object.assign(new Error('no'), { code: 'EACCES' });
      },
    };
    expect(linesOf(sources, files)).toEqual([
      `${sources.projectFile}:1:1: cannot be read (EACCES); expected a readable file; make it readable (chmod u+r) or remove it`,
    ]);
  });

  it('treats a file that vanishes while it is read as missing', () => {
    const sources = makeProject({ project: 'logging: { level: ERROR }' });
    const files: FileAccess = {
      ...nodeFileAccess,
      readFile: (path) => {
        rmSync(path);
        return nodeFileAccess.readFile(path);
      },
    };
    expect(read(sources, files).config.logging.level).toBe('INFO');
  });
});
