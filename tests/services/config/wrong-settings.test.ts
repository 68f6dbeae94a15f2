import { describe, expect, it } from 'vitest';
import { errorOf, linesOf, makeProject, read } from './config-project.ts';

describe('what is wrong in a configuration file', () => {
  it('names the line and column of an unknown key and suggests the right one', () => {
    const sources = makeProject({ project: 'logging:\n  levle: DEBUG\n' });
    expect(linesOf(sources)).toEqual([
      `${sources.projectFile}:2:3: unknown key "levle" in logging; expected one of level, json_output, file; did you mean "level"?`,
    ]);
  });

  it('names the line and column of an unknown section and suggests the right one', () => {
    const sources = makeProject({ user: '\nkitchn:\n  visibility: gated\n' });
    expect(linesOf(sources)[0]).toMatch(
      new RegExp(`^${sources.userFile}:2:1: unknown section "kitchn"; expected one of .*; did you mean "kitchen"\\?$`),
    );
  });

  it.each([
    ['logging.level: DEBUG', '"level" in the section "logging"'],
    ['drain_ms: 5', '"drain_ms" in the section "shutdown"'],
    ['wire: { wait_seconds: 5 }', '"wait_seconds" in the section "readiness"'],
  ])('suggests the section to which a key belongs: %s', (project, suggestion) => {
    expect(linesOf(makeProject({ project }))[0]).toContain(`did you mean ${suggestion}?`);
  });

  it('says at its place which part of a command on one line needs a shell, and how to write that', () => {
    const project = 'test_check:\n  command: npm test && x\n';
    const sources = makeProject({ project });
    const why = 'the command "npm test && x" contains "&&", which is special to a shell';
    expect(linesOf(sources)[0]).toMatch(new RegExp(`^${sources.projectFile}:2:12: test_check\\.command: ${why}: `));
    expect(linesOf(sources)[0]).toContain('use the list ["sh", "-c", "npm test && x"]');
  });

  it('says to remove a name that resembles no known one', () => {
    expect(linesOf(makeProject({ project: 'wire:\n  zzz: 1\n' }))[0]).toMatch(/; remove it$/);
  });

  it.each([
    ['logging:\n  level: loud', '2:10: logging.level is "loud"; expected DEBUG, INFO, WARNING or ERROR'],
    ['logging:\n  json_output: maybe', '2:16: logging.json_output is "maybe"; expected true, false or auto'],
    ['logging:\n  file: "true"', '2:9: logging.file is "true"; expected true or false'],
    ['kitchen:\n  visibility: open', '2:15: kitchen.visibility is "open"; expected auto, gated or always'],
    [
      'readiness:\n  wait_seconds: 0',
      '2:17: readiness.wait_seconds is 0; expected a number of seconds from 0.001 to 86400',
    ],
    [
      'test_check:\n  timeout: 3000000',
      '2:12: test_check.timeout is 3000000; expected a number of seconds from 0.001 to 86400',
    ],
    ['read_db:\n  timeout: .nan', '2:12: read_db.timeout is NaN; expected a number of seconds from 0.001 to 86400'],
    ['readiness:\n  wait_seconds: .inf', '2:17: readiness.wait_seconds is Infinity; expected a number of seconds'],
    ['shutdown:\n  drain_ms: 1.5', '2:13: shutdown.drain_ms is 1.5; expected a whole number of milliseconds'],
    ['shutdown:\n  drain_ms: -1', '2:13: shutdown.drain_ms is -1; expected a whole number of milliseconds from 0'],
    ['wire:\n  max_message_mib: 1025', '2:20: wire.max_message_mib is 1025; expected a number of MiB above 0'],
    ['wire:\n  max_in_flight: 0', '2:18: wire.max_in_flight is 0; expected a whole number, 1 or more'],
    ['wire:\n  max_waiting: -1', '2:16: wire.max_waiting is -1; expected a whole number, 0 or more'],
    ['wire:\n  max_waiting:', '2:15: wire.max_waiting is empty; expected a whole number, 0 or more'],
    ['read_db:\n  max_rows: 2000000', '2:13: read_db.max_rows is 2000000; expected a whole number from 1 to 1000000'],
    [
      'github:\n  default_repo: shop',
      '2:17: github.default_repo is "shop"; expected a GitHub repository, as owner/name',
    ],
    ['test_check:\n  command: npm test', '2:12: test_check.command is "npm test"; expected a command as a list'],
    ['subsets:\n  disabled: git', '2:13: subsets.disabled is "git"; expected a list of tags'],
    ['subsets:\n  disabled:\n    - a\n    - 5', '4:7: subsets.disabled[1] is 5; expected a tag'],
    ['workspace:\n  roots: [/a, b/c]', '2:15: workspace.roots[1] is "b/c"; expected an absolute path'],
    ['workspace:\n  roots: { a: b }', '2:10: workspace.roots is a mapping; expected a list of folders'],
  ])('says what was expected of a value, at its place: %j', (project, expected) => {
    const sources = makeProject({ project });
    const [line] = linesOf(sources);
    expect(line).toContain(`${sources.projectFile}:${expected}`);
    expect(line).toMatch(/; change it, or remove the line to use the default$/);
  });

  it.each([
    ['- logging', '1:1: the file holds a list; expected sections (logging, '],
    ['logging', '1:1: the file holds a single value; expected sections'],
    ['wire: 5', '1:7: the section wire holds a single value; expected keys below it (max_message_mib, '],
    ['wire:\n  - 5', '2:3: the section wire holds a list; expected keys below it'],
  ])('rejects anything but a mapping: %j', (project, expected) => {
    const sources = makeProject({ project });
    expect(linesOf(sources)[0]).toContain(`${sources.projectFile}:${expected}`);
  });

  it('names both places of a repeated key', () => {
    const sources = makeProject({ project: 'wire:\n  max_waiting: 1\n  max_waiting: 2\nwire: {}\n' });
    const path = sources.projectFile;
    expect(linesOf(sources)).toEqual([
      `${path}:3:3: the key "max_waiting" is repeated in wire; expected once; remove this one or the first (${path}:2:3)`,
      `${path}:4:1: the key "wire" is repeated in the file; expected once; remove this one or the first (${path}:1:1)`,
    ]);
  });

  it('reports the faults of all layers, one a line, with their places as data', () => {
    const sources = makeProject({
      user: 'wire:\n  max_waiting: x\n',
      project: 'a: b: c\n',
      env: { MAITRED_NO__SUCH: '1' },
      flags: { nothing: '1' },
    });
    const error = errorOf(sources);
    const places = [`${sources.userFile}:2:16`, `${sources.projectFile}:1:4`, 'MAITRED_NO__SUCH', 'flag nothing'];
    expect(error.details?.places).toMatchObject(places.map((place) => ({ place })));
    expect(error.message.split('\n').map((line) => line.slice(0, line.indexOf(': ')))).toEqual(places);
  });

  it('reports at most ten faults and says how many more there are', () => {
    const project = Array.from({ length: 25 }, (_, index) => `zzz${index}: 1\n`).join('');
    const error = errorOf(makeProject({ project }));
    expect(error.message.split('\n')).toHaveLength(11);
    expect(error.message).toMatch(/zzz9"[^\n]*\n… and 15 more$/);
    expect(error.details?.places).toHaveLength(10);
  });

  it('keeps a message on its line and free of control characters', () => {
    const [line, ...others] = linesOf(makeProject({ project: '"a\\nb\\e[31m\\u202e\\u009b": 1' }));
    expect(others).toEqual([]);
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('allows the metadata key version and empty sections', () => {
    const { config } = read(makeProject({ project: 'version: 3\nwire:\nlogging:\n  level: debug\n' }));
    expect(config.logging.level).toBe('DEBUG');
  });
});
