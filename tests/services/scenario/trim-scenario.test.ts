import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkScenario } from '../../../src/services/scenario/check-scenario.ts';
import { readScenario } from '../../../src/services/scenario/read-scenario.ts';
import { trimScenario } from '../../../src/services/scenario/trim-scenario.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { aProgram, aRecorder, recordCall, redactor } from './a-recorder.ts';

/** With a call that succeeded, one that was cancelled, and one that never settled. */
async function aRecording() {
  const dir = `${tempFolder()}/scenario`;
  const recorder = await aRecorder(dir);
  await recordCall(recorder);
  await recordCall(recorder, {}, { outcome: 'cancelled' });
  const open = recorder.beginCall({ tool: 'open', args: {} });
  await open.add(open.nextProgram(), aProgram());
  return { dir, recorder };
}

describe('maitred scenario trim', () => {
  it('removes calls that were cancelled and what never settled, and keeps the numbers', async () => {
    const { dir, recorder } = await aRecording();
    await recordCall(recorder);
    recorder.finish();
    mkdirSync(`${dir}/calls/.0003-open.pending`);
    const dry = await trimScenario(dir, true);
    expect(readdirSync(`${dir}/calls`)).toHaveLength(4);
    expect(await trimScenario(dir)).toEqual(dry);
    expect(dry).toEqual({
      removed: ['calls/0002-run_cmd', 'calls/.0003-open.pending'],
      corrected: [],
      calls: 2,
      state: 'complete',
    });
    const { manifest, calls } = await readScenario(dir);
    expect(calls.map(({ name }) => name)).toEqual(['0001-run_cmd', '0004-run_cmd']);
    expect(manifest).toMatchObject({ state: 'complete', calls: 2, unfinished: [] });
    expect(readdirSync(dir).sort()).toEqual(['.gitattributes', '.gitignore', 'calls', 'scenario.yaml']);
    expect(await trimScenario(dir)).toMatchObject({ removed: [], corrected: [], calls: 2 });
  });

  it('completes what a killed server has left', async () => {
    const { dir, recorder } = await aRecording();
    const left = readFileSync(`${dir}/scenario.yaml`, 'utf8');
    recorder.finish();
    writeFileSync(`${dir}/scenario.yaml`, left);
    mkdirSync(`${dir}/..recording.lock.tmp-abcdef`);
    await trimScenario(dir);
    expect((await readScenario(dir)).manifest).toMatchObject({ state: 'complete', calls: 1 });
    expect(readdirSync(dir).sort()).toEqual(['.gitattributes', '.gitignore', 'calls', 'scenario.yaml']);
  });

  it('is refused while a server records, and changes nothing', async () => {
    const { dir, recorder } = await aRecording();
    await expect(trimScenario(dir)).rejects.toMatchObject({ code: 'conflict', details: { pid: process.pid } });
    expect(readdirSync(`${dir}/calls`)).toHaveLength(3);
    recorder.finish();
  });

  it('corrects the hashes of edited contents, and keeps comments', async () => {
    const { dir, recorder } = await aRecording();
    recorder.finish();
    const step = `${dir}/calls/0001-run_cmd/1.yaml`;
    writeFileSync(step, `# mine\n${readFileSync(step, 'utf8')}`);
    const before = readFileSync(step, 'utf8');
    writeFileSync(`${dir}/calls/0001-run_cmd/1.stdout`, 'edited by hand\n');
    expect(await trimScenario(dir)).toMatchObject({ corrected: ['calls/0001-run_cmd/1.yaml'] });
    const changed = readFileSync(step, 'utf8')
      .split('\n')
      .filter((line, at) => line !== before.split('\n')[at]);
    expect(changed).toEqual([expect.stringMatching(/^ {2}bytes: 15$/), expect.stringMatching(/^ {2}sha256: /)]);
    expect((await checkScenario(dir, { redact: redactor })).findings).toEqual([]);
  });

  it('leaves a scenario incomplete that lacks something', async () => {
    const { dir, recorder } = await aRecording();
    recorder.finish();
    const file = `${dir}/scenario.yaml`;
    writeFileSync(file, readFileSync(file, 'utf8').replace('state: complete', 'state: incomplete'));
    expect(await trimScenario(dir)).toMatchObject({ state: 'incomplete' });
    expect((await readScenario(dir)).manifest.state).toBe('incomplete');
  });
});
