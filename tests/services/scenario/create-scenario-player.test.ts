import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { createRedactor } from '../../../src/domain/redact.ts';
import { createPlaceholders } from '../../../src/domain/scenario/placeholders.ts';
import type { ScenarioCall, ScenarioStep } from '../../../src/domain/scenario/scenario.ts';
import { createScenarioPlayer } from '../../../src/services/scenario/create-scenario-player.ts';
import type { PlayedStep, WantedProgram } from '../../../src/services/scenario/scenario-player.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';

type GivenStep = Partial<ScenarioStep>;
interface GivenCall extends Partial<ScenarioCall> {
  readonly steps: readonly GivenStep[];
}

const project = '/work/project';
const secret = 'hunter2-hunter2';

const aStep = (step: GivenStep): ScenarioStep => ({
  program: 'npm',
  arguments: ['test'],
  folder: '<<project>>',
  stdout: { bytes: 0 },
  stderr: { bytes: 0 },
  output: [],
  ended: { reason: 'exited', code: 0, signal: null, after_ms: 5, others: 0 },
  files: [],
  ...step,
});

/** @param contents by their paths below `calls` */
function aPlayer(calls: readonly GivenCall[], contents: Readonly<Record<string, string | Buffer>> = {}, dir = project) {
  const tempDir = tempFolder();
  const player = createScenarioPlayer({
    scenario: {
      dir: '/scenario',
      manifest: {
        version: 1,
        recorded_by: '1.0.0',
        state: 'complete',
        calls: calls.length,
        unfinished: [],
        problems: [],
      },
      calls: calls.map(({ steps, tool = 'run_cmd', ...call }, index) => {
        const name = `${String(index + 1).padStart(4, '0')}-${tool}`;
        return {
          name,
          dir: `/scenario/calls/${name}`,
          call: { tool, arguments: { cmd: 'npm test' }, outcome: 'succeeded', programs: steps.length, ...call },
          steps: steps.map(aStep),
        };
      }),
    },
    placeholders: createPlaceholders({ places: [{ name: 'project', value: dir }], tempDir }),
    redact: createRedactor([secret]),
    contentOf: async ({ name }, { file }) => Buffer.from(contents[`${name}/${file}`] ?? ''),
  });
  return { player, tempDir };
}

const npmTest: WantedProgram = { file: '/usr/bin/npm', args: ['test'], cwd: project, logDir: null, env: {} };
const program = (file: string, ...args: string[]): WantedProgram => ({ ...npmTest, file, args });
const call = { tool: 'run_cmd', args: { cmd: 'npm test' } };

const textOf = async (step: PlayedStep) =>
  (await step.output()).map(({ atMs, stream, bytes }) => [atMs, stream, Buffer.from(bytes).toString()]);

describe('The step that answers a program', () => {
  it('is the next one of its call', () => {
    const { player } = aPlayer([{ steps: [{ program: 'git', arguments: ['status'] }, {}] }]);
    const playing = player.beginCall(call);
    expect(playing.take(program('/usr/bin/git', 'status')).name).toBe('0001-run_cmd/1');
    const second = playing.take(npmTest);
    expect(second.name).toBe('0001-run_cmd/2');
    expect(second.step.arguments).toEqual(['test']);
  });

  it('is of the recorded call with the same tool and arguments, whatever the order of the calls', () => {
    const { player } = aPlayer([
      { arguments: { cmd: 'one' }, steps: [{}] },
      { arguments: { cmd: 'two' }, steps: [{}] },
      { tool: 'test_check', arguments: { cmd: 'one' }, steps: [{}] },
    ]);
    const stepOf = (tool: string, cmd: string) => player.beginCall({ tool, args: { cmd } }).take(npmTest).name;
    expect(stepOf('run_cmd', 'two')).toBe('0002-run_cmd/1');
    expect(stepOf('test_check', 'one')).toBe('0003-test_check/1');
    expect(stepOf('run_cmd', 'one')).toBe('0001-run_cmd/1');
  });

  it('is of the next recorded call for the second of two equal calls, also where both run at once', () => {
    const steps = [{ program: 'git' }, { program: 'npm' }];
    const { player } = aPlayer([{ steps }, { steps }]);
    const [one, two] = [player.beginCall(call), player.beginCall(call)];
    expect(two.take(program('git', 'test')).name).toBe('0001-run_cmd/1');
    expect(one.take(program('git', 'test')).name).toBe('0002-run_cmd/1');
    expect(one.take(npmTest).name).toBe('0002-run_cmd/2');
    expect(two.take(npmTest).name).toBe('0001-run_cmd/2');
  });

  it('stays for a later call where an equal one starts no program', () => {
    const { player } = aPlayer([{ steps: [{}] }]);
    player.beginCall(call);
    expect(player.beginCall(call).take(npmTest).name).toBe('0001-run_cmd/1');
  });

  it('is found for a call that was cancelled', () => {
    const { player } = aPlayer([{ outcome: 'cancelled', steps: [{}] }]);
    expect(player.beginCall(call).take(npmTest).name).toBe('0001-run_cmd/1');
  });

  it('is found by texts without secrets, as they are in the scenario', () => {
    const { player } = aPlayer([
      {
        arguments: { cmd: 'deploy', password: '[redacted]', note: 'uses [redacted]' },
        steps: [{ program: 'deploy', arguments: ['--token', '[redacted]'], environment: { KEY: 'is [redacted]' } }],
      },
    ]);
    const playing = player.beginCall({
      tool: 'run_cmd',
      args: { cmd: 'deploy', password: 'short', note: `uses ${secret}` },
    });
    const wanted = { ...program('deploy', '--token', 'short'), env: { KEY: `is ${secret}` } };
    expect(playing.take(wanted).name).toBe('0001-run_cmd/1');
  });

  it('is found on another machine, in another run', async () => {
    const { player, tempDir } = aPlayer(
      [
        {
          arguments: { cmd: 'build', at: '<<time.1>>' },
          steps: [
            {
              arguments: ['--out', '<<temp.1>>/out', '<<id.1>>'],
              stdout: { file: '1.stdout', bytes: 9 },
              output: [[0, 'stdout', 1]],
            },
          ],
        },
      ],
      { '0001-run_cmd/1.stdout': '<<id.1>> in <<project>> to <<temp.1>>/out at <<time.1>>\n' },
      '/home/other/code',
    );
    const id = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0';
    const time = '2030-01-02T03:04:05.678Z';
    const step = player
      .beginCall({ tool: 'run_cmd', args: { cmd: 'build', at: time } })
      .take({ ...program('npm', '--out', `${tempDir}/x1/out`, id), cwd: '/home/other/code' });
    expect(await textOf(step)).toEqual([[0, 'stdout', `${id} in /home/other/code to ${tempDir}/x1/out at ${time}\n`]]);
  });
});

describe('A program that no step answers', () => {
  const conflictOf = (take: () => unknown) => {
    try {
      take();
    } catch (thrown) {
      return thrown;
    }
    throw new Error('a step answers it');
  };

  it('is refused with the nearest step and the difference, and what to do', () => {
    const { player } = aPlayer([{ steps: [{}] }]);
    const playing = player.beginCall(call);
    const conflict = conflictOf(() => playing.take(program('npm', 'run', 'build')));
    expect(conflict).toMatchObject({ code: 'conflict' });
    expect(String(conflict)).toMatch(/npm run build/);
    expect(String(conflict)).toMatch(/0001-run_cmd\/1/);
    expect(String(conflict)).toMatch(/Nothing was started\. Call with what was recorded and under the same settings/);
    // Nothing was used.
    expect(player.unused).toEqual(['0001-run_cmd/1 (npm)']);
    expect(playing.take(npmTest).name).toBe('0001-run_cmd/1');
  });

  it.each([
    ['another program', { ...npmTest, file: 'pnpm', env: { CI: 'true' } }, 'program'],
    ['another folder', { ...npmTest, cwd: `${project}/packages`, env: { CI: 'true' } }, 'folder'],
    ['another environment', { ...npmTest, env: { CI: 'false' } }, 'CI'],
  ])('because of %s is refused with that difference', (_, wanted, named) => {
    const { player } = aPlayer([{ steps: [{ environment: { CI: 'true' } }] }]);
    const conflict = conflictOf(() => player.beginCall(call).take(wanted));
    expect(conflict).toMatchObject({ code: 'conflict' });
    expect(String(conflict)).toContain(named);
  });

  it('because of the arguments of its call is refused with the nearest call', () => {
    const { player } = aPlayer([
      { tool: 'run_skill', steps: [{}] },
      { arguments: { cmd: 'npm test', timeout: 5 }, steps: [{}] },
    ]);
    const conflict = conflictOf(() => player.beginCall(call).take(npmTest));
    expect(conflict).toMatchObject({ code: 'conflict' });
    expect(String(conflict)).toContain('0002-run_cmd');
    expect(String(conflict)).toContain('timeout');
    expect(player.unused).toHaveLength(2);
  });

  it('because its call has no more is refused', () => {
    const { player } = aPlayer([{ steps: [{}] }]);
    const playing = player.beginCall(call);
    playing.take(npmTest);
    expect(conflictOf(() => playing.take(npmTest))).toMatchObject({ code: 'conflict' });
  });

  it('because all such calls are used is refused, and so is one in a scenario without calls', () => {
    const { player } = aPlayer([{ steps: [{}] }]);
    player.beginCall(call).take(npmTest);
    expect(conflictOf(() => player.beginCall(call).take(npmTest))).toMatchObject({ code: 'conflict' });
    expect(conflictOf(() => aPlayer([]).player.beginCall(call).take(npmTest))).toMatchObject({ code: 'conflict' });
  });

  it('is refused without a trace: its values are not those of the scenario', () => {
    const { player } = aPlayer([{ arguments: { id: '<<id.1>>' }, steps: [{}] }]);
    const begin = (id: string) => player.beginCall({ tool: 'run_cmd', args: { id } });
    const first = begin('0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0');
    expect(conflictOf(() => first.take(program('git', 'status')))).toMatchObject({ code: 'conflict' });
    expect(begin('aaaaaaaa-4b5a-6978-8796-a5b4c3d2e1f0').take(npmTest).name).toBe('0001-run_cmd/1');
  });

  it('is refused without its secrets', () => {
    const { player } = aPlayer([{ steps: [{}] }]);
    const conflict = conflictOf(() => player.beginCall(call).take(program('npm', secret)));
    expect(String(conflict)).not.toContain(secret);
  });
});

describe('Steps that no program has used', () => {
  it('are named in order, with their programs', () => {
    const { player } = aPlayer([
      { steps: [{}, { program: 'git' }] },
      { tool: 'run_skill', arguments: {}, steps: [{ program: 'claude' }] },
    ]);
    player.beginCall(call).take(npmTest);
    expect(player.unused).toEqual(['0001-run_cmd/2 (git)', '0002-run_skill/1 (claude)']);
    player.beginCall({ tool: 'run_skill', args: {} }).take({ ...program('claude', 'test') });
    expect(player.unused).toEqual(['0001-run_cmd/2 (git)']);
  });
});

test('Programs that no step has answered are named in order, also those with another input', async () => {
  const { player } = aPlayer([{ steps: [{}] }]);
  expect(() => player.beginCall(call).take(program('npm', secret))).toThrow();
  expect(player.unanswered).toEqual(["npm '[redacted]'"]);
  await expect(player.beginCall(call).take(npmTest).checkStdin('more')).rejects.toThrow();
  expect(player.unanswered).toEqual(["npm '[redacted]'", 'npm test']);
});

describe('What a step plays', () => {
  it('is its output, in the order and with the times of its arrival', async () => {
    const { player } = aPlayer(
      [
        {
          steps: [
            {
              stdout: { file: '1.stdout', bytes: 8 },
              stderr: { file: '1.stderr', bytes: 3 },
              output: [
                [0, 'stdout', 1],
                [7, 'stderr', 1],
                [9, 'stdout', 1],
              ],
            },
          ],
        },
      ],
      { '0001-run_cmd/1.stdout': 'one\ntwo\n', '0001-run_cmd/1.stderr': 'oh\n' },
    );
    expect(await textOf(player.beginCall(call).take(npmTest))).toEqual([
      [0, 'stdout', 'one\n'],
      [7, 'stderr', 'oh\n'],
      [9, 'stdout', 'two\n'],
    ]);
  });

  it('is kept byte by byte where it is binary', async () => {
    const bytes = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('<<project>>')]);
    const { player } = aPlayer([{ steps: [{ stdout: { file: '1.stdout', bytes: 13, binary: true } }] }], {
      '0001-run_cmd/1.stdout': bytes,
    });
    const played = await player.beginCall(call).take(npmTest).output();
    expect(Buffer.concat(played.map((part) => part.bytes))).toEqual(bytes);
  });

  it('has the values that its input has', async () => {
    const { player } = aPlayer(
      [
        {
          steps: [
            {
              stdin: { file: '1.stdin', bytes: 20 },
              stdout: { file: '1.stdout', bytes: 20 },
              output: [[0, 'stdout', 1]],
            },
          ],
        },
      ],
      { '0001-run_cmd/1.stdin': 'end with <<id.1>>', '0001-run_cmd/1.stdout': 'done <<id.1>>\n' },
    );
    const step = player.beginCall(call).take(npmTest);
    const id = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0';
    await step.checkStdin(`end with ${id}`);
    expect(await textOf(step)).toEqual([[0, 'stdout', `done ${id}\n`]]);
  });

  it('are also its files, with the folder of its logs', async () => {
    const [dir, logs] = [tempFolder(), tempFolder()];
    const { player } = aPlayer(
      [
        {
          steps: [
            {
              files: [
                { path: '<<project>>/dist/a', file: '1.files/a', bytes: 4, mode: '0644' },
                { path: '<<log>>/session.jsonl', file: '1.files/b', bytes: 4, mode: '0600' },
              ],
            },
          ],
        },
      ],
      { '0001-run_cmd/1.files/a': 'see <<log>>', '0001-run_cmd/1.files/b': 'logged' },
      dir,
    );
    await player
      .beginCall(call)
      .take({ ...npmTest, cwd: dir, logDir: logs })
      .writeFiles();
    expect(readFileSync(join(dir, 'dist/a'), 'utf8')).toBe(`see ${logs}`);
    expect(readFileSync(join(logs, 'session.jsonl'), 'utf8')).toBe('logged');
  });
});

describe('The input of a program', () => {
  const withInput = (stdin: ScenarioStep['stdin'], text = '') =>
    aPlayer([{ steps: [stdin === undefined ? {} : { stdin }] }], { '0001-run_cmd/1.stdin': text })
      .player.beginCall(call)
      .take(npmTest);
  const kept = { file: '1.stdin', bytes: 9 };

  it('may be the recorded one, without what only the names in the arguments of its call mark', async () => {
    const cmd = 'deploy --password [redacted]';
    const step = { program: 'npm', arguments: ['test'], stdin: { file: '1.stdin', bytes: 9 } };
    const { player } = aPlayer([{ arguments: { cmd }, steps: [step] }], { '0001-run_cmd/1.stdin': 'use [redacted]' });
    const playing = player.beginCall({ tool: 'run_cmd', args: { cmd: 'deploy --password s3cret-value' } });
    await playing.take(npmTest).checkStdin('use s3cret-value');
  });

  it('may be the recorded one, without secrets', async () => {
    await withInput(kept, 'use [redacted] in <<project>>').checkStdin(`use ${secret} in ${project}`);
  });

  it.each([
    ['differs', kept, 'do this', 'do that'],
    ['is longer', kept, 'do this', 'do this now'],
    ['is missing', kept, 'do this', ''],
    ['was empty', { bytes: 0 }, '', 'do that'],
    ['was none', undefined, '', 'do that'],
    ['differs before what was left out', { ...kept, left_out: 7 }, 'do this\n[… 7 bytes left out …]\nend', 'do that'],
  ])('is refused where it %s, with the step and the difference', async (_, stdin, recorded, actual) => {
    const refused = withInput(stdin, recorded).checkStdin(actual);
    await expect(refused).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(
        /^npm test got another input than the step 0001-run_cmd\/1 .*recorded ".*", now ".*"\. Nothing was started\./,
      ),
    });
  });

  it('is not compared where it was not kept, nor after what was left out', async () => {
    await withInput({ bytes: 9, why_not: 'It is larger than 64 MiB.' }).checkStdin('anything');
    await withInput({ ...kept, left_out: 7 }, 'do this\n[… 7 bytes left out …]\nend').checkStdin(
      'do this\nand the end',
    );
  });
});
