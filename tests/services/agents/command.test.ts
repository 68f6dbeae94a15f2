import { expect, it } from 'vitest';
import { createCommandAgent } from '../../../src/services/agents/command.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { aSession, placeIn, runAgent } from '../../support/run-agent.ts';

function runCommand(command: readonly string[], prompt: string) {
  const dir = tempFolder();
  return runAgent(createCommandAgent({ command, passed: ['COLOR'] }), aSession({ cwd: dir, prompt }), {
    ...placeIn(dir),
    env: { PATH: process.env.PATH, COLOR: 'blue', SECRET: 'red', GH_TOKEN: 'green' },
  });
}

const resultOf = async (command: readonly string[], prompt: string) => {
  const last = (await runCommand(command, prompt)).events.at(-1);
  return last?.type === 'result' ? last.result : null;
};

it.each([
  ['as the last argument', ['sh', '-c', 'echo "$#:$1"', 'sh'], '$(x) `y` -z', '1:$(x) `y` -z'],
  ['on stdin where an argument is -', ['sh', '-c', 'echo "$#:$(cat)"', 'sh', '-'], 'hello', '1:hello'],
  ['on stdin where it is long', ['sh', '-c', 'echo "$#:$(wc -c)"', 'sh'], 'x'.repeat(200_000), '0:200000'],
  [
    'beside the variables of an agent only',
    ['sh', '-c', 'echo "$COLOR$SECRET$GH_TOKEN$MAITRED_HEADLESS"'],
    'hello',
    'blue1',
  ],
])('any program is an agent, and gets the prompt %s', async (_, command, prompt, text) => {
  expect(await resultOf(command, prompt)).toMatchObject({ subtype: 'success', isError: false, text });
});

it('what the program prints is its text, line by line, and its result', async () => {
  const { events } = await runCommand(['printf', 'one\r\n\ntwo\n%s'], 'three');
  expect(events.slice(0, -1)).toEqual([
    { type: 'text', text: 'one' },
    { type: 'text', text: 'two' },
    { type: 'text', text: 'three' },
  ]);
  expect(events.at(-1)).toMatchObject({ result: { text: 'one\n\ntwo\nthree', turns: null, usage: null } });
});

it.each(['exit 3', 'kill -9 $$'])('a program that fails has a failed result: %s', async (script) => {
  expect(await resultOf(['sh', '-c', `echo half; ${script}`], '')).toMatchObject({
    subtype: 'error_during_execution',
    isError: true,
    text: 'half',
  });
});

it('of a long output the end is the result', () => {
  const reader = createCommandAgent({ command: ['x'], passed: [] }).createReader(aSession());
  for (let count = 0; count < 100; count += 1) reader.line('x'.repeat(20_000), 20_000);
  expect(reader.line(null, 5_000_000)).toEqual([{ type: 'unreadable', sizeBytes: 5_000_000 }]);
  reader.line('the end', 7);
  const [event] = reader.end(0);
  const text = event?.type === 'result' ? event.result.text : '';
  expect([text.length, text.endsWith('x\nthe end')]).toEqual([256 * 1_024, true]);
});

it('the program has no login of gh, and knows the step', () => {
  const agent = createCommandAgent({ command: ['x'], passed: [] });
  const { env } = agent.command(aSession({ stepName: 'plan' }), { kind: 'first' }, placeIn('/session'));
  expect(env).toMatchObject({ GH_CONFIG_DIR: '/session/gh', SCENARIO_STEP_NAME: 'plan' });
});

it('it does not start without a program', () => {
  const agent = createCommandAgent({ command: [], passed: [] });
  expect(() => agent.command(aSession(), { kind: 'first' }, placeIn('/'))).toThrow('run_skill.command is not set');
});
