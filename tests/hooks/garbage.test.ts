import { describe, expect, it } from 'vitest';
import { type HookScript, hookScripts } from '../../src/domain/hook-registry.ts';
import { aHookWorld, allowed, runHookWith, type Said, startHook, whatItSays } from './hook-process.ts';

const mib = 1_024 * 1_024;

const garbage: Readonly<Record<string, string | Uint8Array>> = {
  nothing: '',
  'a line that is not JSON': 'Traceback (most recent call last):\n',
  'half an event': '{"tool_name":"Write","tool_input":{"file_path":"/tm',
  null: 'null',
  'a list': '[{"tool_name":"Write"}]',
  'values of other types': '{"session_id":7,"cwd":{},"tool_input":[1],"source":false,"transcript_path":[]}',
  'inputs of other types': '{"tool_input":{"cmd":["pip","install","-e","."],"file_path":{},"name":5}}',
  'bytes that are not text': new Uint8Array([0xff, 0xfe, 0x00, 0x7b]),
  'a deep nest': '['.repeat(mib),
  'an event of 11 MiB': JSON.stringify({ tool_input: { cmd: 'pip install -e .', padding: 'x'.repeat(11 * mib) } }),
};

/** The kitchen opens; the user reads that it was not recorded. */
const opensWithAWarning: Said = { ...allowed, stdout: expect.stringMatching(/^\{"systemMessage":"maitred could not/) };
const lets = (script: HookScript) => (script === 'open-kitchen-guard' ? opensWithAWarning : allowed);

describe.each(hookScripts)('%s lets the client continue', (script) => {
  it.each(Object.entries(garbage))('when it is given %s', async (_, input) => {
    expect(await runHookWith(script, input)).toEqual(lets(script));
  });

  it('when the client does not read its answer', async () => {
    const child = startHook(script, { world: aHookWorld() });
    child.stdout.destroy();
    child.stdin.end('{}');
    const code = await new Promise((resolve) => child.once('exit', resolve));
    expect(code).toBe(0);
  });
});

it('every script lets the client continue when its input never ends', async () => {
  const said = async (script: HookScript) => {
    const child = startHook(script);
    child.stdin.write('{"tool_name":"Write"');
    return [script, await whatItSays(child)];
  };
  const answers = await Promise.all(hookScripts.map(said));
  expect(answers).toEqual(hookScripts.map((script) => [script, lets(script)]));
});
