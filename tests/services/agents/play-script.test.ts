import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ScriptStep } from '../../../src/domain/agent-script.schema.ts';
import { type AgentEvent, noTokens } from '../../../src/domain/agent-session/agent-event.ts';
import { AppError } from '../../../src/domain/app-error.ts';
import { playScript, type ScriptRound } from '../../../src/services/agents/play-script.ts';
import type { Command, CommandOutcome } from '../../../src/services/platform/process/run-command.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';

const succeeded: CommandOutcome = {
  exitCode: 0,
  stdout: 'out\n',
  stderr: 'err\n',
  isTruncated: false,
  timedOut: false,
};

/** Plays steps with a command that ends in this way. */
async function play(
  steps: readonly ScriptStep[],
  { outcome = succeeded, ...change }: Partial<ScriptRound> & { readonly outcome?: CommandOutcome | AppError } = {},
) {
  const events: AgentEvent[] = [];
  const commands: Command[] = [];
  const waits: number[] = [];
  const round: ScriptRound = {
    kind: 'first',
    attempt: 1,
    sessionId: 'session-a',
    prompt: '/make-plan a search box',
    marker: '%%DONE%%',
    cwd: '/none',
    model: 'scripted',
    ...change,
  };
  const exit = await playScript(steps, round, {
    emit: (event) => events.push(event),
    async runCommand(command) {
      commands.push(command);
      if (outcome instanceof AppError) throw outcome;
      return outcome;
    },
    wait: async (ms) => void waits.push(ms),
    now: () => 1_000_000,
  });
  const of = <Type extends AgentEvent['type']>(type: Type) =>
    events.filter((event): event is Extract<AgentEvent, { readonly type: Type }> => event.type === type);
  return { events, exit, commands, waits, of };
}

describe('A script', () => {
  it('says what it is told to, with the placeholders filled', async () => {
    const text = `\${marker} \${session_id} \${prompt} \${round} \${attempt} \${cwd} \${HOME} $marker`;
    const { of } = await play([{ say: text }], { kind: 'nudge', attempt: 3 });
    expect(of('text')).toEqual([
      { type: 'text', text: `%%DONE%% session-a /make-plan a search box nudge 3 /none \${HOME} $marker` },
    ]);
  });

  it('writes and edits files in the working directory, and reports them', async () => {
    const cwd = tempFolder();
    const { of } = await play(
      [
        { write: { file: `plans/\${round}.md`, text: 'one two two\n' } },
        { edit: { file: 'plans/first.md', old: 'two', new: `$' \${attempt}` } },
      ],
      { cwd },
    );
    const path = `${cwd}/plans/first.md`;
    expect(readFileSync(path, 'utf8')).toBe("one $' 1 two\n");
    expect(of('toolCall').map(({ name, input, filePath }) => [name, input, filePath])).toEqual([
      ['Write', { file_path: path, content: 'one two two\n' }, path],
      ['Edit', { file_path: path, old_string: 'two', new_string: "$' 1" }, path],
    ]);
    expect(of('toolResult').map(({ callId, isError }) => [callId, isError])).toEqual(
      of('toolCall').map(({ id }) => [id, false]),
    );
  });

  it('goes on where a file cannot be written, or does not hold what is to be edited', async () => {
    const cwd = tempFolder();
    writeFileSync(`${cwd}/a`, 'one');
    const { of, exit } = await play(
      [
        { write: { file: 'a/b', text: '' } },
        { edit: { file: 'a', old: 'two', new: '' } },
        { edit: { file: 'c', old: 'two', new: '' } },
        { say: 'on' },
      ],
      { cwd },
    );
    expect(of('toolResult').map(({ isError }) => isError)).toEqual([true, true, true]);
    expect(of('toolResult')[1]?.text).toBe(`${cwd}/a does not contain the text to replace`);
    expect(exit).toEqual({ code: 0 });
  });

  it('runs a command in bash, which finds the placeholders as variables and no text of the prompt in the command', async () => {
    const { of, commands } = await play([{ run: `echo "\${prompt}"` }], { prompt: '$(rm -rf /)', cwd: '/work' });
    expect(commands).toMatchObject([
      { file: 'bash', args: ['-c', `echo "\${prompt}"`], cwd: '/work', env: { prompt: '$(rm -rf /)', attempt: '1' } },
    ]);
    expect(of('toolCall')).toMatchObject([{ name: 'Bash', input: { command: `echo "\${prompt}"` }, filePath: null }]);
    expect(of('toolResult')).toMatchObject([{ isError: false, text: 'out\nerr\n' }]);
  });

  it.each([
    [{ ...succeeded, exitCode: 3 }, 'Exit code 3\nout\nerr\n'],
    [{ ...succeeded, exitCode: null }, 'Ended by a signal\nout\nerr\n'],
    [{ ...succeeded, exitCode: null, timedOut: true }, 'Timed out\nout\nerr\n'],
    [new AppError('not_found', 'bash does not exist'), 'bash does not exist'],
  ])('reports a command that fails', async (outcome, text) => {
    const { of } = await play([{ run: 'x' }], { outcome });
    expect(of('toolResult')).toMatchObject([{ isError: true, text }]);
  });

  it('shows the beginning and the end of a long output', async () => {
    const { of } = await play([{ run: 'x' }], { outcome: { ...succeeded, stdout: 'x'.repeat(1_000_000) } });
    expect(of('toolResult')[0]?.text.length).toBeLessThan(31_000);
  });

  it('calls other tools, of which some write files', async () => {
    const { of } = await play([
      { tool: { name: 'mcp__shop__buy', input: { file_path: '/a' }, result: `no \${round}`, is_error: true } },
      { tool: { name: 'Write', input: { file_path: '/a' }, result: '', is_error: false } },
    ]);
    expect(of('toolCall').map(({ filePath }) => filePath)).toEqual([null, '/a']);
    expect(of('toolResult').map(({ isError, text }) => [isError, text])).toEqual([
      [true, 'no first'],
      [false, ''],
    ]);
  });

  it('counts each text and each call as an answer, with the tokens that the script names', async () => {
    const tokens = { ...noTokens, input_tokens: 10, output_tokens: 2 };
    const { of } = await play([{ say: 'a' }, { usage: tokens }, { run: 'x' }, { usage: tokens }, { say: 'b' }]);
    expect(new Map(of('usage').map(({ messageId, usage }) => [messageId, usage.input_tokens]))).toEqual(
      new Map([
        ['msg_1_1', 10],
        ['msg_1_2', 10],
        ['msg_1_3', 0],
      ]),
    );
    const usage = { ...noTokens, input_tokens: 20, output_tokens: 4 };
    expect(of('result')).toMatchObject([{ result: { turns: 3, usage, usageByModel: { scripted: usage } } }]);
  });

  it('reports a limit, with the time of its reset if it names one', async () => {
    const { of } = await play([
      { limit: { status: 'rejected', window: 'five_hour', resets_in: 60 } },
      { limit: { status: 'warning', window: '', utilization: 90 } },
    ]);
    expect(of('rateLimit').map(({ limit }) => limit)).toEqual([
      { status: 'rejected', window: 'five_hour', resetsAtMs: 1_060_000, utilization: null },
      { status: 'warning', window: '', resetsAtMs: null, utilization: 90 },
    ]);
  });

  it('waits as long as it says', async () => {
    expect((await play([{ wait: 1.5 }])).waits).toEqual([1_500]);
  });

  it('leaves out steps for other attempts', async () => {
    const steps = [{ say: 'a', on_attempt: 1 }, { say: 'b', on_attempt: 2 }, { say: 'c' }];
    const { of } = await play(steps, { attempt: 2 });
    expect(of('text').map(({ text }) => text)).toEqual(['b', 'c']);
  });

  it('succeeds with its last text after the last step', async () => {
    const { of, exit } = await play([{ say: 'a' }, { say: `b \${marker}` }]);
    expect(of('result')).toMatchObject([{ result: { subtype: 'success', isError: false, text: 'b %%DONE%%' } }]);
    expect(exit).toEqual({ code: 0 });
  });

  it('never ends where it hangs', async () => {
    const { of, exit } = await play([{ hang: true }, { say: 'a' }]);
    expect([of('text'), of('result'), exit]).toEqual([[], [], 'hang']);
  });
});

describe('The end of a script', () => {
  const failed = { isError: true, text: '' };
  it.each([
    [{ result: `ok \${marker}` }, { code: 0 }, { subtype: 'success', isError: false, text: 'ok %%DONE%%' }],
    [{ result: 'ok', exit: 3 }, { code: 3 }, { subtype: 'success', isError: false, text: 'ok' }],
    [{ result: 'ok', hang: true as const }, 'hang', { subtype: 'success', isError: false, text: 'ok' }],
    [{ error: `no \${round}` }, { code: 1 }, { ...failed, subtype: 'error_during_execution', errors: ['no first'] }],
    [{ max_turns: true as const }, { code: 1 }, { ...failed, subtype: 'error_max_turns' }],
    [{ context_exhausted: true as const }, { code: 1 }, { isError: true, text: 'Prompt is too long' }],
    [{ silent: true as const }, { code: 0 }, null],
    [{ exit: 7 }, { code: 7 }, null],
    [{ signal: 'SIGSEGV' as const }, { signal: 'SIGSEGV' }, null],
  ])('is as it says: %o', async (end, exit, result) => {
    const played = await play([{ end }, { say: 'never' }]);
    expect(played.exit).toEqual(exit);
    expect(played.of('result')).toMatchObject(result === null ? [] : [{ result }]);
    expect(played.of('contextExhausted')).toHaveLength('context_exhausted' in end ? 1 : 0);
    expect(played.of('text').map(({ text }) => text)).toEqual('result' in end ? [result?.text] : []);
  });
});
