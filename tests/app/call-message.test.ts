import { expect, it } from 'vitest';
import { createCallLines } from '../../src/app/call-message.ts';
import type { CallMessage } from '../../src/domain/inspection.ts';
import { createRedactor } from '../../src/domain/redact.ts';
import { createCallLog } from '../../src/front/call-log.ts';

interface ACall {
  readonly method?: string;
  readonly tool?: string | null;
  readonly id?: string | number;
  readonly request?: string;
  readonly answer?: string;
  readonly progress?: string;
}

const rpc = (members: object) => JSON.stringify({ jsonrpc: '2.0', id: 1, ...members });

/** What is shown of a call that was answered. */
function shown(
  { method = 'tools/call', tool = 'brew', id = 1, request = '{}', answer = '{}', progress }: ACall,
  secrets = new Set<string>(),
): CallMessage {
  const callLog = createCallLog(() => []);
  callLog.begin({ id, number: 3, tool, arrivedAtMs: 1_000 }, method, 'a token', request);
  if (progress !== undefined) callLog.progress('a token', progress);
  callLog.end(id, 'result', answer);
  const [call] = callLog.entries();
  if (call === undefined) throw new Error('no call is kept');
  return JSON.parse(createCallLines({ redact: createRedactor(secrets), secrets })(call, null));
}

it.each<[string, ACall, string, string]>([
  [
    'the arguments and the result of a tool',
    {
      request: rpc({ params: { name: 'brew', arguments: { cups: 2 }, _meta: {} } }),
      answer: rpc({ result: { content: [] } }),
    },
    '{"cups":2}',
    '{"content":[]}',
  ],
  [
    'no arguments, and an error',
    { request: rpc({ params: { name: 'brew' } }), answer: rpc({ error: { code: 1 } }) },
    '{}',
    '{"code":1}',
  ],
  [
    'the parameters of another request',
    { tool: null, method: 'resources/read', request: rpc({ params: { uri: 'a:b' } }), answer: rpc({ result: {} }) },
    '{"uri":"a:b"}',
    '{}',
  ],
  ['an answer that is not one', { request: rpc({}), answer: '"odd"' }, '{}', '"odd"'],
])('A call is shown with %s', (_, call, request, answer) => {
  const whole = (text: string) => ({ text, sizeBytes: text.length, isTruncated: false });
  expect(shown(call)).toMatchObject({ number: 3, request: whole(request), answer: whole(answer) });
});

it.each([6_000, 100_000])('A text of %i characters is shown up to 4 KiB, with its size', (length) => {
  const text = { cups: 'é'.repeat(length) };
  const sizeBytes = Buffer.byteLength(JSON.stringify(text));
  const { request, answer } = shown({
    request: rpc({ params: { name: 'brew', arguments: text } }),
    answer: rpc({ result: text }),
  });
  for (const seen of [request, answer]) {
    expect(seen).toMatchObject({ text: expect.stringMatching(/^\{"cups":"é{1900,2043}$/), isTruncated: true });
    // Of the closing brackets around it, some are counted.
    expect((seen?.sizeBytes ?? 0) - sizeBytes).toBeOneOf([0, 1, 2]);
  }
});

it('A call whose long parameters begin with something else shows no secret that is cut at their end', () => {
  const token = `ghp_${'A1b2'.repeat(9)}`;
  for (let padding = 12_100; padding < 12_300; padding += 1) {
    const params = { _meta: { a: 'x'.repeat(padding - 200) }, name: 'brew', arguments: { a: `${token} and more` } };
    const { request } = shown({ request: rpc({ params }) });
    expect(request.text).not.toMatch(/ghp|A1b2/);
  }
});

it('Names, ids and progress are shown truncated and without secrets', () => {
  const long = `known-secret ${'x'.repeat(5_000)}`;
  const { method, tool, requestId, progress, progressCount } = shown(
    { method: long, tool: long, id: long, progress: long },
    new Set(['known-secret']),
  );
  const name = `[redacted] ${'x'.repeat(189)}`;
  expect([method, tool, requestId]).toEqual([name, name, name]);
  expect([progress, progressCount]).toEqual([`[redacted] ${'x'.repeat(989)}`, 1]);
});
