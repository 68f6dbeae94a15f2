import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkScenario } from '../../../src/services/scenario/check-scenario.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { aFile, aProgram, aRecorder, captured, recordCall, recordScenario, redactor } from './a-recorder.ts';

const call = 'calls/0001-run_cmd';
const step = `${call}/1.yaml`;

async function aScenario(): Promise<string> {
  const dir = `${tempFolder()}/scenario`;
  await recordScenario(dir, { env: { LEVEL: 'high' } });
  return dir;
}

const edit = (dir: string, file: string, from: string, to: string) => {
  const text = readFileSync(`${dir}/${file}`, 'utf8');
  expect(text).toContain(from);
  writeFileSync(`${dir}/${file}`, text.replace(from, to));
};

const warningsIn = async (dir: string) => {
  const { scenario, findings } = await checkScenario(dir, { redact: redactor });
  expect(scenario).not.toBeNull();
  return findings.map(({ rule, severity, place }) => `${severity} ${rule} ${place}`);
};

describe('maitred scenario check', () => {
  it('finds nothing in what was recorded', async () => {
    expect(await warningsIn(await aScenario())).toEqual([]);
  });

  it.each([
    ['an option', step, '- --quick', '- --password=hunter2', 'secret', `${step}:3:5`],
    ['a word after an option', step, '- --quick', '- --password', 'secret', `${step}:4:5`],
    ['a variable', step, 'LEVEL: high', 'API_KEY: hunter2', 'secret', `${step}:7:12`],
    ['an argument', `${call}/call.yaml`, 'cmd: tool', 'password: hunter2', 'secret', `${call}/call.yaml:3:13`],
    [
      'the shape of a token',
      `${call}/call.yaml`,
      'cmd: tool',
      `cmd: ghp_${'a'.repeat(30)}`,
      'secret',
      `${call}/call.yaml:3:8`,
    ],
    ['a comment', step, 'folder:', `# ghp_${'a'.repeat(30)}\nfolder:`, 'secret', `${step}:5:1`],
    ['an argument', step, '<<project>>/a.txt', '/home/ann/a.txt', 'machine_path', `${step}:4:5`],
    ['the folder', step, 'folder: <<project>>', 'folder: /Users/ann/x', 'machine_path', `${step}:5:9`],
    [
      'the arguments of a call',
      `${call}/call.yaml`,
      'cmd: tool',
      'cmd: cd /root/x',
      'machine_path',
      `${call}/call.yaml:3:8`,
    ],
    ['an argument', step, '<<project>>/a.txt', '<<projct>>/a.txt', 'unknown_placeholder', `${step}:4:5`],
  ])('in %s of %s finds what is not to be there', async (_where, file, from, to, rule, place) => {
    const dir = await aScenario();
    edit(dir, file, from, to);
    expect(await warningsIn(dir)).toEqual([`warning ${rule} ${place}`]);
  });

  it('finds them in contents, with the line, and that these were edited', async () => {
    const dir = await aScenario();
    appendFileSync(`${dir}/${call}/1.stdout`, 'in /home/ann/x\n  password=hunter2 <<tmp.1>>\n');
    expect(await warningsIn(dir)).toEqual([
      `warning edited ${step}:11:11`,
      `warning secret ${call}/1.stdout:4:12`,
      `warning machine_path ${call}/1.stdout:3:4`,
      `warning unknown_placeholder ${call}/1.stdout:4:20`,
    ]);
  });

  it.each(['run.1', 'mark.2', 'temp'])('knows the placeholder %s', async (name) => {
    const dir = await aScenario();
    edit(dir, step, '<<project>>/a.txt', `<<${name}>>/a.txt`);
    expect(await warningsIn(dir)).toEqual([]);
  });

  it('does not take every path for one of a machine', async () => {
    const dir = await aScenario();
    edit(
      dir,
      step,
      '- --quick',
      '- src/home/ann/x src/root/y /rooted/z https://example.com/home/x/y <<home>>/x <<literal>>x>>',
    );
    expect(await warningsIn(dir)).toEqual([]);
  });

  it('says what a recording lacks', async () => {
    const dir = `${tempFolder()}/scenario`;
    const recorder = await aRecorder(dir);
    await recordCall(recorder, {
      stdout: captured('a\n', 'b\nc\n', 10),
      files: [aFile('large', { whyNot: 'It is too large.' })],
      filesLeftOut: ['many'],
    });
    const open = recorder.beginCall({ tool: 'open', args: {} });
    await open.add(open.nextProgram(), aProgram());
    const rules = async () => (await checkScenario(dir, { redact: redactor })).findings.map(({ rule }) => rule);
    expect(await rules()).toEqual(['recording', 'left_out', 'left_out', 'left_out']);
    recorder.finish();
    expect(await rules()).toEqual(['unfinished', 'left_out', 'left_out', 'left_out']);
    edit(dir, 'scenario.yaml', 'state: complete', 'state: incomplete');
    edit(dir, 'scenario.yaml', 'problems: []', 'problems:\n  - the disk was full');
    expect(await rules()).toEqual(['incomplete', 'unfinished', 'left_out', 'left_out', 'left_out']);
  });
});
