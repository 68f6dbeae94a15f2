import { describe, expect, it } from 'vitest';
import { runProgram } from '../run-program.ts';
import { contentText, goodFiles, plantScenario } from './plant-scenario.ts';

const buildStep = 'calls/0001-run_cmd/1.yaml';

/** The lines that `show` prints, without colours. */
async function shownLines(dir: string, ...options: readonly string[]): Promise<readonly string[]> {
  const { out, err, exits } = await runProgram(['scenario', 'show', dir, ...options]);
  expect({ err, exits }).toEqual({ err: '', exits: [0] });
  return out.split('\n');
}

/** The scenario with another step of the build. */
const withStep = (from: string | RegExp, to: string, changes: Readonly<Record<string, string>> = {}) =>
  plantScenario({ [buildStep]: goodFiles[buildStep]?.replace(from, to) ?? null, ...changes });

const withOutput = (text: string) =>
  withStep(/^stdout: .*$/m, `stdout: ${contentText(text, '1.stdout')}`, { 'calls/0001-run_cmd/1.stdout': text });

describe('scenario show', () => {
  it('tells the story: what it is, then each call, its programs, and what they printed and wrote', async () => {
    const dir = plantScenario();
    expect(await shownLines(dir)).toEqual([
      'the nightly build: complete',
      `  folder     ${dir}`,
      '  recorded   by maitred 1.2.3',
      '  has        2 calls, 2 programs',
      '',
      '0001-run_cmd  build  succeeded',
      '  {"cmd":"npm run build","cwd":"<<project>>","step_name":"build"}',
      "  1  $ bash -c 'npm run build'",
      '     in <<project>>; exit code 0 after 431 ms; background processes ended: 2',
      '     with SCENARIO_STEP_NAME=build',
      '     stdout: 23 B',
      '       building',
      '       done in 0.4 s',
      '     removed <<project>>/dist/old.js',
      '     wrote <<project>>/dist/shop.js, 9 B',
      '',
      '0002-test_check  process_failed',
      '  {"worktree_path":"<<project>>"}',
      '  1  $ npm test',
      '     in <<project>>; ended because its time was up after 1 min 0 s',
      '',
    ]);
  });

  it('takes its name from the folder where no recipe is named, and a folder relative to the working one', async () => {
    const manifest = 'scenario.yaml';
    const dir = plantScenario({ [manifest]: goodFiles[manifest]?.replace(/^recipe.*\n/m, '') ?? null });
    const { out } = await runProgram(['scenario', 'show', 'nightly'], { cwd: () => dir.replace(/\/nightly$/, '') });
    expect(out).toContain('nightly: complete\n');
  });

  it('shows the first and the last lines of a long output, and all of them with --full', async () => {
    const lines = Array.from({ length: 20 }, (_, at) => `line ${at}`);
    const dir = withOutput(`${lines.join('\n')}\n`);
    const outputOf = (shown: readonly string[]) =>
      shown.filter((line) => /^ {7}/.test(line)).map((line) => line.slice(7));
    expect(outputOf(await shownLines(dir))).toEqual([
      'line 0',
      'line 1',
      'line 2',
      '… 13 more lines; --full shows them',
      'line 16',
      'line 17',
      'line 18',
      'line 19',
    ]);
    expect(outputOf(await shownLines(dir, '--full'))).toEqual(lines);
  });

  it('shortens a long line, and shows it whole with --full', async () => {
    const line = 'x'.repeat(1_000);
    const dir = withOutput(line);
    expect(await shownLines(dir)).toContain(`       ${'x'.repeat(160)}…`);
    expect(await shownLines(dir, '--full')).toContain(`       ${line}`);
  });

  it('shortens a long argument and a long variable, and shows them whole with --full', async () => {
    const long = 'x'.repeat(200);
    const callFile = 'calls/0001-run_cmd/call.yaml';
    const dir = withStep(/SCENARIO_STEP_NAME: .*/, `SCENARIO_STEP_NAME: ${long}`, {
      [callFile]: goodFiles[callFile]?.replace(/cmd: .*/, `cmd: ${long}`) ?? '',
    });
    expect((await shownLines(dir)).filter((line) => line.includes(long))).toEqual([]);
    expect((await shownLines(dir, '--full')).filter((line) => line.includes(long))).toHaveLength(2);
  });

  it('lets no text of a scenario control a terminal', async () => {
    const dir = withOutput('\u001b[2J\n');
    const { out } = await runProgram(['scenario', 'show', dir, '--full'], {}, true);
    expect(out).toContain('       \\u001b[2J\n');
  });

  it('has colours on a terminal', async () => {
    const { out } = await runProgram(['scenario', 'show', plantScenario()], {}, true);
    expect(out).toContain('\u001b[1m0001-run_cmd\u001b[0m  build  \u001b[32msucceeded\u001b[0m\n');
    expect(out).toContain('\u001b[31mprocess_failed\u001b[0m\n');
  });

  it.each([
    [
      'an output that is binary',
      /^stdout: .*$/m,
      `stdout: { file: 1.stdout, bytes: 2048, binary: true }`,
      '     stdout: 2.0 KiB, binary',
    ],
    [
      'the middle of an output that is too long',
      /^stdout: (.*) }$/m,
      'stdout: $1, left_out: 1048576 }',
      '     stdout: 23 B, 1.0 MiB in the middle left out',
    ],
    [
      'a file that is not kept',
      /file: 1\.files.*\n *bytes: 9\n *sha256.*\n/,
      'bytes: 5368709120\n    why_not: It is larger than 4,194,304 bytes.\n',
      '     wrote <<project>>/dist/shop.js, 5.0 GiB, not kept: It is larger than 4,194,304 bytes.',
    ],
    ['files that are missing', /$/, 'files_left_out: [there were too many]\n', '     there were too many'],
    ['a program that died of a signal', /code: 0, signal: null/, 'code: null, signal: SIGKILL', /ended by SIGKILL/],
    ['a program that was cancelled', /reason: exited/, 'reason: cancelled', /ended because its call was cancelled/],
    ['a program that printed too much', /reason: exited/, 'reason: tooMuchOutput', /ended because it printed too much/],
    ['a program on a full disk', /reason: exited/, 'reason: diskLow', /ended because the disk was nearly full/],
  ])('names %s', async (_what, from, to, line) => {
    const shown = await shownLines(withStep(from, to));
    expect(shown).toContainEqual(line instanceof RegExp ? expect.stringMatching(line) : line);
  });

  it('shows what a program got on stdin', async () => {
    const prompt = 'Do it.\n';
    const dir = withStep(/^stdout/m, `stdin: ${contentText(prompt, '1.stdin')}\nstdout`, {
      'calls/0001-run_cmd/1.stdin': prompt,
    });
    const shown = await shownLines(dir);
    expect(shown.slice(shown.indexOf('     stdin: 7 B')).slice(0, 2)).toEqual(['     stdin: 7 B', '       Do it.']);
  });

  it.each([
    ['complete', 'the nightly build: complete'],
    ['incomplete', 'the nightly build: incomplete'],
    ['recording', 'the nightly build: not finished: a server records into it, or was killed while it did'],
  ])(
    'says what the state %s means, which calls are unfinished, and which problems there were',
    async (state, title) => {
      const manifest = `version: 1
recorded_by: 1.2.3
recipe: the nightly build
state: ${state}
calls: 2
unfinished: [0003-run_skill]
problems: [the disk was full]
`;
      const shown = await shownLines(plantScenario({ 'scenario.yaml': manifest }));
      expect(shown[0]).toBe(title);
      expect(shown).toContain('  unfinished 0003-run_skill had not settled when the server ended');
      expect(shown).toContain('  problem    the disk was full');
    },
  );

  it('prints the content of its files as JSON, and the outputs with --full', async () => {
    const dir = plantScenario();
    const { out } = await runProgram(['scenario', 'show', dir, '--json']);
    const shown = JSON.parse(out);
    expect(shown).toMatchObject({
      folder: dir,
      manifest: { version: 1, state: 'complete', recipe: 'the nightly build' },
      calls: [
        {
          name: '0001-run_cmd',
          call: { tool: 'run_cmd', step_name: 'build', outcome: 'succeeded' },
          steps: [{ program: 'bash', folder: '<<project>>', stdout: { bytes: 23 }, ended: { code: 0 } }],
        },
        { name: '0002-test_check', steps: [{ program: 'npm' }] },
      ],
    });
    expect(out).not.toContain('done in');
    const full = JSON.parse((await runProgram(['scenario', 'show', dir, '--json', '--full'])).out);
    expect(full.calls[0].steps[0].texts).toEqual({ stdin: null, stdout: 'building\ndone in 0.4 s\n', stderr: null });
  });
});
