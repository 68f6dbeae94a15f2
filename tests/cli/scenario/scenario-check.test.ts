import { describe, expect, it } from 'vitest';
import { errorKinds } from '../../../src/domain/app-error.ts';
import { createRedactor } from '../../../src/domain/redact.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { runProgram } from '../run-program.ts';
import { goodFiles, plantScenario } from './plant-scenario.ts';

const manifest = 'scenario.yaml';
const call = 'calls/0001-run_cmd/call.yaml';
const step = 'calls/0001-run_cmd/1.yaml';
const output = 'calls/0001-run_cmd/1.stdout';

const check = (dir: string, ...options: readonly string[]) => runProgram(['scenario', 'check', dir, ...options]);

const changed = (file: string, from: string | RegExp, to: string) => ({
  [file]: goodFiles[file]?.replace(from, to) ?? '',
});

describe('scenario check', () => {
  it('says of a good scenario how much it has, and ends with 0', async () => {
    expect(await check(plantScenario())).toEqual({ out: 'ok: 2 calls, 2 programs\n', err: '', exits: [0] });
  });

  it.each([
    ['a scenario of another version', changed(manifest, 'version: 1', 'version: 9'), manifest],
    ['a file that is cut', changed(step, /folder[\s\S]*/, ''), step],
    ['a file that is no YAML', changed(call, 'tool: run_cmd', 'tool: [run_cmd'), call],
    ['a missing program', { [step]: null }, call],
    ['a missing output', { [output]: null }, step],
    ['an unknown key', changed(step, 'folder:', 'directory: x\nfolder:'), step],
    ['a value of another type', changed(step, 'after_ms: 431', 'after_ms: soon'), step],
    ['a path that leaves the scenario', changed(step, '1.stdout', '../../../../etc/passwd'), step],
    ['a missing call', { 'calls/0002-test_check/call.yaml': null, 'calls/0002-test_check/1.yaml': null }, manifest],
  ])('finds %s, as an error at its place, and ends with 1', async (_what, changes, file) => {
    const { out, err, exits } = await check(plantScenario(changes));
    expect(out).toMatch(new RegExp(`^${file.replaceAll('.', '\\.')}(:\\d+:\\d+)?: error: .+ \\(\\w+\\)$`, 'm'));
    expect(out).not.toContain('ok: ');
    expect(err).toMatch(/^maitred: \d+ errors?, 0 warnings\n$/);
    expect(exits).toEqual([1]);
  });

  it.each([
    ['a scenario that was not ended', changed(manifest, 'state: complete', 'state: recording'), manifest],
    ['an incomplete scenario', changed(manifest, 'state: complete', 'state: incomplete'), manifest],
    ['a call that had not settled', changed(manifest, 'unfinished: []', 'unfinished: [0003-run_cmd]'), manifest],
    ['an output that was edited', { [output]: 'other\n' }, step],
    ['a path of another machine', changed(call, 'cwd: <<project>>', 'cwd: /home/ann/shop'), call],
    ['an unknown placeholder', changed(call, 'cwd: <<project>>', 'cwd: <<projekt>>'), call],
    ['the shape of a secret', changed(call, 'npm run build', `echo ghp_${'a'.repeat(36)}`), call],
  ])('warns of %s at its place, and ends with 0', async (_what, changes, file) => {
    const { out, err, exits } = await check(plantScenario(changes));
    expect(out).toMatch(new RegExp(`^${file.replaceAll('.', '\\.')}(:\\d+:\\d+)?: warning: .+ \\(\\w+\\)$`, 'm'));
    expect(out).toMatch(/^ok: 2 calls, 2 programs; 1 warning\n$/m);
    expect({ err, exits }).toEqual({ err: '', exits: [0] });
  });

  it('finds secrets of the environment in which it runs', async () => {
    const dir = plantScenario(changed(call, 'npm run build', 'login open-sesame-42'));
    const { out } = await runProgram(['scenario', 'check', dir], {
      redactor: () => createRedactor(['open-sesame-42']),
    });
    expect(out).toContain(`${call}:4:8: warning: `);
    expect(out).not.toContain('open-sesame-42');
  });

  it('says that a folder holds no scenario', async () => {
    const { out, exits } = await check(tempFolder());
    expect(out).toContain('scenario.yaml: error: there is no scenario');
    expect(exits).toEqual([1]);
  });

  it('prints the findings as JSON', async () => {
    const dir = plantScenario({ [output]: 'other\n' });
    expect(JSON.parse((await check(dir, '--json')).out)).toEqual({
      folder: dir,
      findings: [
        {
          rule: 'edited',
          severity: 'warning',
          place: expect.stringContaining(`${step}:`),
          message: expect.stringContaining('edited'),
        },
      ],
    });
    const broken = await check(plantScenario({ [step]: null }), '--json');
    expect(JSON.parse(broken.out).findings).toMatchObject([{ severity: 'error' }]);
    expect({ err: broken.err, exits: broken.exits }).toEqual({ err: '', exits: [1] });
  });

  it.each(['show', 'trim'])('names what is wrong where %s cannot read the scenario', async (command) => {
    const dir = plantScenario(changed(step, 'after_ms: 431', 'after_ms: soon'));
    const { out, err, exits } = await runProgram(['scenario', command, dir]);
    expect(err).toContain(`${dir}/${step}:`);
    expect({ out, exits }).toEqual({ out: '', exits: [errorKinds.invalid_input.exitCode] });
    expect(await runProgram(['scenario', command, tempFolder()])).toMatchObject({
      err: expect.stringContaining('there is no scenario'),
      exits: [errorKinds.not_found.exitCode],
    });
  });
});
