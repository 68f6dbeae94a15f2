import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { changeSetting } from '../../../src/services/config/change-setting.ts';
import { makeProject, read } from './config-project.ts';

async function edited(project: string, key: string, text: string | null): Promise<string> {
  const sources = makeProject({ project });
  await changeSetting(sources, { key, text, layer: 'project' });
  return readFileSync(sources.projectFile, 'utf8');
}

describe('a file in which one key is set', () => {
  it.each([
    ['a plain value', 'logging:\n  level: INFO # loud\n', 'logging:\n  level: DEBUG # loud\n'],
    ['double quotes', 'logging: # a\n  level:   "INFO"\n', 'logging: # a\n  level:   "DEBUG"\n'],
    ['single quotes', "logging:\n  'level': 'INFO'", "logging:\n  'level': 'DEBUG'"],
    ['braces', 'logging: { file: false, level: INFO , } # x\n', 'logging: { file: false, level: DEBUG , } # x\n'],
    ['JSON', '{"logging": {"level": "INFO"}}', '{"logging": {"level": "DEBUG"}}'],
    ['a value on its own line', 'logging:\n  level: # x\n    INFO\n', 'logging:\n  level: # x\n    DEBUG\n'],
    ['a block of text', 'logging:\n  level: |-\n    INFO\n  file: true\n', 'logging:\n  level: DEBUG\n  file: true\n'],
    ['Windows line ends', 'logging:\r\n  level: INFO\r\n', 'logging:\r\n  level: DEBUG\r\n'],
    ['a question mark', '? logging\n: level: INFO\n', '? logging\n: level: DEBUG\n'],
    ['marks of a document', '--- # one\nlogging:\n  level: INFO\n...\n', '--- # one\nlogging:\n  level: DEBUG\n...\n'],
    ['a value that is wrong', 'logging:\n  level: loud\n', 'logging:\n  level: DEBUG\n'],
    ['a list that is wrong', 'logging:\n  level:\n  - INFO\n', 'logging:\n  level: DEBUG\n'],
    [
      'an alias in its place',
      'version: &v INFO\nlogging:\n  level: *v\n',
      'version: &v INFO\nlogging:\n  level: DEBUG\n',
    ],
    ['an unused anchor', 'logging:\n  level: &l INFO\n', 'logging:\n  level: &l DEBUG\n'],
  ])('keeps %s as it was written', async (_what, before, after) => {
    expect(await edited(before, 'logging.level', 'DEBUG')).toBe(after);
  });

  it.each([
    ['an empty file', '', 'logging:\n  level: DEBUG\n'],
    ['a file of comments', '# one\n\n# two', '# one\n\n# two\nlogging:\n  level: DEBUG'],
    ['a file that is null', 'null # none\n', ' # none\nlogging:\n  level: DEBUG\n'],
    ['a document without content', '---\n', '---\nlogging:\n  level: DEBUG\n'],
    [
      'other sections',
      'wire:\n  max_waiting: 1\n# end\n',
      'wire:\n  max_waiting: 1\n# end\nlogging:\n  level: DEBUG\n',
    ],
    [
      'sections that are indented by four',
      'wire:\n    max_waiting: 1\n',
      'wire:\n    max_waiting: 1\nlogging:\n    level: DEBUG\n',
    ],
    [
      'a file that is indented as a whole',
      '  wire:\n   max_waiting: 1\n',
      '  wire:\n   max_waiting: 1\n  logging:\n   level: DEBUG\n',
    ],
    ['a file in braces', '{ wire: { max_waiting: 1 } }\n', '{ wire: { max_waiting: 1 }, logging: { level: DEBUG } }\n'],
    ['empty braces', '{}\n', '{ logging: { level: DEBUG } }\n'],
    [
      'its section',
      'logging:\n  file: true # f\n\n# w\nwire: {}\n',
      'logging:\n  file: true # f\n  level: DEBUG\n\n# w\nwire: {}\n',
    ],
    ['its section at the end', 'logging:\n  file: true', 'logging:\n  file: true\n  level: DEBUG'],
    ['its section in braces', 'logging: {file: true}\n', 'logging: {file: true, level: DEBUG}\n'],
    ['its section in empty braces', 'logging: {}\n', 'logging: { level: DEBUG }\n'],
    ['its section without keys', 'logging: # none\nwire: {}\n', 'logging: # none\n  level: DEBUG\nwire: {}\n'],
    ['its section as a tilde', 'logging: ~ # none\n', 'logging:  # none\n  level: DEBUG\n'],
    ['its section without keys at the end', 'logging:', 'logging:\n  level: DEBUG'],
    ['its section without keys in braces', '{logging: , wire: {}}', '{logging: { level: DEBUG } , wire: {}}'],
    [
      'the key without a value',
      'logging:\n  level: # none\n  file: true\n',
      'logging:\n  level: DEBUG # none\n  file: true\n',
    ],
  ])('gets the key in the right place, with %s', async (_what, before, after) => {
    expect(await edited(before, 'logging.level', 'DEBUG')).toBe(after);
  });

  it.each([
    ['[a, b]', 'subsets:\n  disabled: [x] # c\n', 'subsets:\n  disabled: [a, b] # c\n'],
    [
      '[a, b]',
      'subsets:\n  disabled:\n    - x # one\n    # own\n    - b # two\n',
      'subsets:\n  disabled:\n    - a # one\n    # own\n    - b # two\n',
    ],
    [
      '[a, b, c]',
      'subsets:\n  disabled:\n  - a\n  - c\nwire: {}\n',
      'subsets:\n  disabled:\n  - a\n  - b\n  - c\nwire: {}\n',
    ],
    ['[b]', 'subsets:\n  disabled:\n  - "a" # why\n  - b\n', 'subsets:\n  disabled:\n  # why\n  - b\n'],
    ['[a, b]', 'subsets:\n  disabled:\n  - "x"', 'subsets:\n  disabled:\n  - "a"\n  - b'],
    ['[z, a]', 'subsets:\n  disabled:\n  - a\n', 'subsets:\n  disabled:\n  - z\n  - a\n'],
    [
      '[]',
      'subsets:\n  disabled: # d\n  - a # one\n  # own\n  - b',
      'subsets:\n  disabled: [] # d\n  # one\n  # own\n',
    ],
    ['[]', 'subsets:\n  disabled:\n  - a\n  - b\nwire: {}\n', 'subsets:\n  disabled: []\nwire: {}\n'],
    ['[5, "true", "a b", "x, y", "k: v"]', 'subsets:\n', 'subsets:\n  disabled: ["5", "true", a b, "x, y", "k: v"]\n'],
  ])('gets the list %s with the fewest changes: %j', async (text, before, after) => {
    expect(await edited(before, 'subsets.disabled', text)).toBe(after);
  });

  it.each([
    ['logging:\n  level: INFO # loud\n  file: true\n', 'logging:\n  # loud\n  file: true\n'],
    ['logging:\n  level: INFO\nwire: {}\n', 'wire: {}\n'],
    ['wire: {}\nlogging: # a\n  # b\n  level: INFO # c\n', 'wire: {}\n# a\n  # b\n  # c\n'],
    ['wire: {}\nlogging: { level: INFO }', 'wire: {}\n'],
    ['{ logging: { level: INFO }, wire: {} }', '{ wire: {} }'],
    ['logging: { # a\n  level: INFO\n}\n', 'logging: { # a\n  \n}\n'],
    ['logging: { level: INFO, file: true }', 'logging: { file: true }'],
    ['logging: { file: true, level: INFO }', 'logging: { file: true }'],
    ['logging:\n  level: wrong\n', ''],
    ['# nothing\n', '# nothing\n'],
  ])('loses only the key that is unset, and its section if nothing is left in it: %j', async (before, after) => {
    expect(await edited(before, 'logging.level', null)).toBe(after);
  });

  it.each([
    ['an alias as the section', 'version: &v { level: INFO }\nlogging: *v\n'],
    ['an anchor that another key uses', 'logging:\n  level: &l INFO\nsubsets: { disabled: [*l] }\n'],
    ['an end mark before a new section', 'wire:\n  max_waiting: 1\n...\n'],
  ])('is rejected, and unchanged, with %s', async (_what, project) => {
    const sources = makeProject({ project });
    const failing = changeSetting(sources, { key: 'logging.level', text: 'DEBUG', layer: 'project' });
    await expect(failing).rejects.toThrow(sources.projectFile);
    expect(readFileSync(sources.projectFile, 'utf8')).toBe(project);
  });

  it('is rejected, and unchanged, if a comment would be lost', async () => {
    const project = 'subsets:\n  disabled: [\n    a, # why\n    b\n  ]\n';
    const sources = makeProject({ project });
    const failing = changeSetting(sources, { key: 'subsets.disabled', text: '[c]', layer: 'project' });
    await expect(failing).rejects.toMatchObject({ code: 'conflict', details: { key: 'subsets.disabled' } });
    expect(readFileSync(sources.projectFile, 'utf8')).toBe(project);
  });

  it('keeps its byte order mark', async () => {
    expect(await edited('\uFEFFlogging:\n  level: INFO\n', 'logging.level', 'DEBUG')).toBe(
      '\uFEFFlogging:\n  level: DEBUG\n',
    );
  });

  it.each([
    'a "quoted" text',
    "it's",
    'ä\u2028\u007f',
    '# no comment',
    'a\tb',
    ' x ',
    '- a',
    '{',
    '%x',
    '@x',
    '&x',
    'a\\b',
  ])('reads back a string that YAML could parse as something else: %j', async (text) => {
    const sources = makeProject({ project: 'logging: {}\n' });
    await changeSetting(sources, { key: 'safety.reset_guard_marker', text, layer: 'user' });
    expect(read(sources).config.safety.reset_guard_marker).toBe(text);
  });
});
