import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mostContentBytes, mostYamlBytes } from '../../../src/domain/scenario/scenario.ts';
import { checkScenario } from '../../../src/services/scenario/check-scenario.ts';
import { readContent } from '../../../src/services/scenario/read-content.ts';
import { readScenario } from '../../../src/services/scenario/read-scenario.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { aFile, recordScenario, redactor } from './a-recorder.ts';

const call = 'calls/0001-run_cmd';

async function aScenario(): Promise<string> {
  const dir = `${tempFolder()}/scenario`;
  await recordScenario(dir, { files: [aFile('dist/a.js')] });
  return dir;
}

/** Replaces a text in a file. */
const edit = (file: string, from: string | RegExp, to: string) => (dir: string) => {
  const text = readFileSync(`${dir}/${file}`, 'utf8');
  const edited = text.replace(from, to);
  if (edited === text) throw new Error(`${file} has no ${from}`);
  writeFileSync(`${dir}/${file}`, edited);
};

const link = (file: string) => (dir: string) => {
  renameSync(`${dir}/${file}`, `${dir}/elsewhere`);
  symlinkSync(`${dir}/elsewhere`, `${dir}/${file}`);
};

const manifest = 'scenario.yaml';
const step = `${call}/1.yaml`;

/** What is done to a scenario, the rule, the place and the beginning of the message. */
const refused: readonly [string, (dir: string) => void, string, string, string][] = [
  [
    'another version',
    edit(manifest, 'version: 1', 'version: 2\nnew: x'),
    'version',
    `${manifest}:3:10`,
    'this is version 2 (recorded by maitred "1.2.3"); expected version 1; use a maitred that reads it',
  ],
  ['no version', edit(manifest, 'version: 1\n', ''), 'field', `${manifest}:3:1`, 'version is empty; expected 1'],
  ['no YAML', edit(manifest, 'state: complete', 'state: [complete'), 'yaml', `${manifest}:6:`, ''],
  ['an unknown key', edit(manifest, 'state:', 'stat:'), 'field', `${manifest}:5:1`, 'unknown key "stat"'],
  [
    'an unknown state',
    edit(manifest, 'complete', 'finished'),
    'field',
    `${manifest}:5:8`,
    'state is "finished"; expected recording, complete, incomplete',
  ],
  ['no text', (dir) => writeFileSync(`${dir}/${manifest}`, Buffer.from([0xff])), 'yaml', manifest, 'not UTF-8'],
  [
    'more calls than folders',
    edit(manifest, 'calls: 1', 'calls: 2'),
    'count',
    `${manifest}:6:8`,
    'calls/ holds 1 call; expected 2; restore',
  ],
  [
    'fewer calls than folders',
    edit(manifest, 'calls: 1', 'calls: 0'),
    'count',
    `${manifest}:6:8`,
    'calls/ holds 1 call; expected 0',
  ],
  [
    'without calls',
    (dir) => rmSync(`${dir}/calls`, { recursive: true }),
    'count',
    `${manifest}:6:8`,
    'calls/ holds 0 calls',
  ],
  [
    'a file among calls',
    (dir) => writeFileSync(`${dir}/calls/notes`, ''),
    'file',
    'calls/notes',
    'expected the folder of a call',
  ],
  [
    'two calls of a number',
    (dir) => mkdirSync(`${dir}/calls/0001-x`),
    'file',
    'calls/0001-x',
    '0001-run_cmd has the same number',
  ],
  [
    'a call without its file',
    (dir) => rmSync(`${dir}/${call}/call.yaml`),
    'file',
    `${call}/call.yaml`,
    'this file is missing',
  ],
  [
    'a program that is missing',
    (dir) => rmSync(`${dir}/${step}`),
    'count',
    `${call}/call.yaml:5:11`,
    'the call started 1 program; 1.yaml missing',
  ],
  [
    'a program too many',
    edit(`${call}/call.yaml`, 'programs: 1', 'programs: 0'),
    'count',
    `${call}/call.yaml:5:11`,
    'the call started 0 programs; 1.yaml found; remove',
  ],
  [
    'a content that is missing',
    (dir) => rmSync(`${dir}/${call}/1.stdout`),
    'content',
    `${step}:7:9`,
    '"1.stdout": this file is missing; expected it to be complete; restore it (perhaps git ignores it)',
  ],
  [
    'a content above its folder',
    edit(step, 'file: 1.stdout', 'file: ../../scenario.yaml'),
    'field',
    `${step}:7:9`,
    'stdout.file is "../../scenario.yaml"; expected the path of a file below',
  ],
  [
    'an absolute content',
    edit(step, 'file: 1.stdout', 'file: /etc/passwd'),
    'field',
    `${step}:7:9`,
    'stdout.file is "/etc/passwd"',
  ],
  [
    'a written file of a machine',
    edit(step, '<<project>>/dist', '/home/ann/dist'),
    'field',
    `${step}:19:11`,
    'files[0].path is "/home/ann/dist/a.js"; expected a path below <<project>>',
  ],
  [
    'a written file above its place',
    edit(step, '<<project>>/dist', '<<project>>/../dist'),
    'field',
    `${step}:19:11`,
    'files[0].path is',
  ],
  [
    'a nonsensical exit',
    edit(step, 'code: 0', 'code: 256'),
    'field',
    `${step}:13:9`,
    'ended.code is 256; expected an exit code from 0 to 255, or null',
  ],
  [
    'nonsensical rows',
    edit(step, '[20, stdout, 1]', '[20, stdot, 1]'),
    'field',
    `${step}:26:10`,
    'output[1][1] is "stdot"; expected a row such as',
  ],
  [
    'rows out of order',
    edit(step, '[20, stdout, 1]', '[0, stdout, 1]'),
    'field',
    `${step}:`,
    'output is a list; expected rows in the order of their times',
  ],
  [
    'a repeated key',
    edit(step, 'folder:', 'program: x\nfolder:'),
    'yaml',
    `${step}:5:1`,
    'the key "program" is repeated',
  ],
  ['a link to a content', link(`${call}/1.stdout`), 'content', `${step}:7:9`, '"1.stdout": a link leads to this file'],
  [
    'a link to the folder of a content',
    link(`${call}/1.files`),
    'content',
    `${step}:21:11`,
    '"1.files/project/dist/a.js": a link leads to this file',
  ],
  ['a link to a program', link(step), 'file', step, 'a link leads to this file'],
  ['a link to a call', link(call), 'file', call, 'expected the folder of a call'],
  ['a link to all calls', link('calls'), 'file', 'calls', 'this is not a folder'],
  ['a link as the scenario', link(manifest), 'file', manifest, 'a link leads to this file'],
  [
    'a folder as a content',
    (dir) => {
      rmSync(`${dir}/${call}/1.stdout`);
      mkdirSync(`${dir}/${call}/1.stdout`);
    },
    'content',
    `${step}:7:9`,
    '"1.stdout": this is not a regular file',
  ],
  [
    'a large file',
    (dir) => truncateSync(`${dir}/${step}`, mostYamlBytes + 1),
    'file',
    step,
    'the file has 4.0 MiB; expected at most 4.0 MiB',
  ],
  [
    'a large content',
    (dir) => truncateSync(`${dir}/${call}/1.stdout`, mostContentBytes + 1),
    'content',
    `${step}:7:9`,
    '"1.stdout": the file has 64.0 MiB',
  ],
];

describe('A scenario with', () => {
  it.each(refused)('%s is refused, with the place', async (_what, change, rule, place, message) => {
    const dir = await aScenario();
    change(dir);
    const reading = readScenario(dir);
    await expect(reading).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(reading).rejects.toThrow(`${dir}/${place}`);
    const { scenario, findings } = await checkScenario(dir, { redact: redactor });
    expect(scenario).toBeNull();
    expect(findings).toContainEqual({
      rule,
      severity: 'error',
      place: expect.stringContaining(place),
      message: expect.stringContaining(message),
    });
  });

  it('several errors is refused with all of them', async () => {
    const dir = await aScenario();
    edit(manifest, 'calls: 1', 'calls: 3')(dir);
    edit(step, 'code: 0', 'code: x')(dir);
    await expect(readScenario(dir)).rejects.toThrow(/scenario\.yaml:6:8[^\n]*\n[^\n]*1\.yaml:13:9/);
  });
});

describe('A folder', () => {
  it.each(['', '/missing'])('without a scenario is not found, with how to record one', async (name) => {
    const dir = `${tempFolder()}${name}`;
    await expect(readScenario(dir)).rejects.toMatchObject({ code: 'not_found' });
    await expect(readScenario(dir)).rejects.toThrow(`${dir}: there is no scenario; record one with \`maitred serve`);
    const { findings } = await checkScenario(dir, { redact: redactor });
    expect(findings).toMatchObject([{ rule: 'no_scenario', severity: 'error', place: manifest }]);
  });
});

describe('What people do to a scenario', () => {
  it.each<[string, (dir: string) => void]>([
    ['comments', edit(step, 'folder:', '# why\nfolder:')],
    ['another order of keys', edit(`${call}/call.yaml`, /^(tool: .*\n)([\s\S]*)$/, '$2$1')],
    ['an edited content', (dir) => writeFileSync(`${dir}/${call}/1.stdout`, 'edited\n')],
    ['notes beside it', (dir) => writeFileSync(`${dir}/README.md`, '# mine')],
    ['notes beside a program', (dir) => writeFileSync(`${dir}/${call}/notes.txt`, 'x')],
    ['rows in another style', edit(step, '[20, stdout, 1]', '[ 20, stdout, 1 ]')],
  ])('as %s is accepted', async (_what, change) => {
    const dir = await aScenario();
    change(dir);
    const [read] = (await readScenario(dir)).calls;
    expect(read?.steps[0]?.output).toEqual([
      [1, 'stdout', 1],
      [20, 'stdout', 1],
    ]);
  });
});

describe('The content', () => {
  it('of a program is read as it is, and nothing kept is empty', async () => {
    const dir = await aScenario();
    const [read] = (await readScenario(dir)).calls;
    const [first] = read?.steps ?? [];
    if (read === undefined || first === undefined) throw new Error('no program');
    expect((await readContent(read, first.stdout)).toString()).toBe('one\ntwo\n');
    expect((await readContent(read, first.stderr)).length).toBe(0);
    rmSync(`${read.dir}/1.stdout`);
    await expect(readContent(read, first.stdout)).rejects.toThrow(`${read.dir}/1.stdout: this file is missing`);
  });
});
