import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { errorKinds } from '../../../src/domain/app-error.ts';
import { lockScenario } from '../../../src/services/scenario/scenario-folder.ts';
import { runProgram } from '../run-program.ts';
import { goodFiles, plantScenario } from './plant-scenario.ts';

const callFile = 'calls/0002-test_check/call.yaml';

/** Killed while it recorded, with a call that had not settled, one that was cancelled, and an output that was edited by hand. */
const untidy = () =>
  plantScenario({
    'scenario.yaml': goodFiles['scenario.yaml']?.replace('state: complete', 'state: recording') ?? null,
    [callFile]: goodFiles[callFile]?.replace('process_failed', 'cancelled') ?? null,
    'calls/.0003-run_cmd.pending/1.stdout': 'x',
    'calls/0001-run_cmd/1.stdout': 'building\ndone\n',
  });

const trim = (dir: string, ...options: readonly string[]) => runProgram(['scenario', 'trim', dir, ...options]);

/** Every file with its content. */
const contentsOf = (dir: string) =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), 'utf8')]);

describe('scenario trim', () => {
  it('says what it has removed, corrected and kept, and leaves a scenario without findings', async () => {
    const dir = untidy();
    expect(await trim(dir)).toEqual({
      out: [
        'removed calls/0002-test_check',
        'removed calls/.0003-run_cmd.pending',
        'corrected calls/0001-run_cmd/1.yaml: hash and size of what was edited',
        'kept 1 call; the scenario is complete',
        '',
      ].join('\n'),
      err: '',
      exits: [0],
    });
    expect(readdirSync(join(dir, 'calls'))).toEqual(['0001-run_cmd']);
    expect((await runProgram(['scenario', 'check', dir])).out).toBe('ok: 1 call, 1 program\n');
  });

  it('changes nothing with --dry-run, and says what it would do', async () => {
    const dir = untidy();
    const before = contentsOf(dir);
    expect((await trim(dir, '--dry-run')).out.split('\n')).toEqual([
      'would remove calls/0002-test_check',
      'would remove calls/.0003-run_cmd.pending',
      'would correct calls/0001-run_cmd/1.yaml: hash and size of what was edited',
      'would keep 1 call; the scenario would be complete',
      '',
    ]);
    expect(contentsOf(dir)).toEqual(before);
  });

  it('keeps all of a scenario in which there is nothing to remove', async () => {
    const dir = plantScenario();
    expect((await trim(dir)).out).toBe('kept 2 calls; the scenario is complete\n');
  });

  it('prints JSON', async () => {
    const dir = untidy();
    expect(JSON.parse((await trim(dir, '--json', '--dry-run')).out)).toEqual({
      folder: dir,
      dry_run: true,
      removed: ['calls/0002-test_check', 'calls/.0003-run_cmd.pending'],
      corrected: ['calls/0001-run_cmd/1.yaml'],
      calls: 1,
      state: 'complete',
    });
  });

  it('refuses while a server records into the folder, and changes nothing', async () => {
    const dir = untidy();
    onTestFinished(await lockScenario(dir));
    const { out, err, exits } = await trim(dir);
    expect({ out, exits }).toEqual({ out: '', exits: [errorKinds.conflict.exitCode] });
    expect(err).toContain(`records a scenario into ${dir}`);
    expect(existsSync(join(dir, callFile))).toBe(true);
  });

  it.each([
    ['a folder without a scenario', (dir: string) => dirname(dir), errorKinds.not_found],
    [
      'a scenario that cannot be read',
      (dir: string) => {
        writeFileSync(join(dir, callFile), 'tool: [\n');
        return dir;
      },
      errorKinds.invalid_input,
    ],
  ])('refuses %s, and removes nothing', async (_what, prepare, { exitCode }) => {
    const dir = untidy();
    expect(await trim(prepare(dir))).toMatchObject({ out: '', exits: [exitCode] });
    expect(existsSync(join(dir, 'calls/.0003-run_cmd.pending'))).toBe(true);
  });
});
