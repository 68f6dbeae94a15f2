import { expect, it } from 'vitest';
import { createOldInspectLines } from '../../../src/cli/inspect/old-inspect-lines.ts';
import { createStreamText } from '../../../src/cli/inspect/stream-text.ts';
import type { CallMessage, InspectionMessage } from '../../../src/domain/inspection.ts';

const seen = (text: string) => ({ text, sizeBytes: text.length, isTruncated: false });

function aCall(change: Partial<CallMessage>): CallMessage {
  return {
    type: 'maitred.call',
    createdAt: '5000',
    id: '0',
    number: 7,
    method: 'tools/call',
    tool: 'run_cmd',
    requestId: 1,
    arrivedAtMs: 1_000,
    ranAtMs: null,
    answeredAtMs: null,
    outcome: null,
    waitsFor: null,
    progressCount: 0,
    progress: null,
    request: seen('{}'),
    answer: null,
    ...change,
  };
}

/** The lines of messages, without their times. */
function linesOf(...messages: readonly InspectionMessage[]) {
  const textOf = createStreamText('[1]', (_, text) => text);
  return messages.flatMap(textOf).map((line) => line.replace(/^[\d:.]+ /, ''));
}

it('A call is a line when it waits, when it runs and when it is answered', () => {
  const answer = { answeredAtMs: 2_234, outcome: 'result', answer: seen('{}') } as const;
  const lines = linesOf(
    aCall({ waitsFor: ['audit', 'drift'] }),
    aCall({ waitsFor: [] }),
    aCall({ ranAtMs: 1_001 }),
    aCall({ ranAtMs: 1_001, progressCount: 1, progress: 'it runs' }),
    aCall({ ranAtMs: 1_001, ...answer }),
    aCall({ number: 8, tool: null, method: 'resources/read' }),
  );
  expect(lines).toEqual([
    '[1] call 7 run_cmd waits for audit, drift',
    '[1] call 7 run_cmd waits for a slot',
    '[1] call 7 run_cmd runs',
    '[1] call 7 run_cmd answered after 1.2 s',
    '[1] call 8 resources/read arrived',
  ]);
});

it('A call that failed has the beginning of its error, on one line', () => {
  const ended = { answeredAtMs: 1_003, answer: seen(`"no\n${'x'.repeat(1_000)}`) };
  const lines = linesOf(
    aCall({ ...ended, outcome: 'toolError' }),
    aCall({ ...ended, outcome: 'error', answer: seen('{}') }),
    aCall({ ...ended, outcome: 'cancelled', answer: null }),
  );
  expect(lines).toEqual([
    `[1] call 7 run_cmd failed after 3 ms: "no\\n${'x'.repeat(296)}`,
    '[1] call 7 run_cmd failed after 3 ms: {}',
    '[1] call 7 run_cmd cancelled after 3 ms',
  ]);
});

it('Calls from before are no lines', () => {
  expect(linesOf(aCall({ id: null }))).toEqual([]);
});

it('Calls that are only counted are a line', () => {
  const count = { type: 'maitred.callCount', createdAt: '1', id: '0', fromMs: 0, toMs: 1 } as const;
  expect(linesOf({ ...count, calls: 1_200, failed: 0 }, { ...count, calls: 1, failed: 1 })).toEqual([
    '[1] calls 1,200 more calls answered',
    '[1] calls 1 more call answered, of which 1 failed',
  ]);
});

it('What the agent of a session says, calls, fails at and reports is a line each', () => {
  const session = 'work.x:0';
  const lines = linesOf(
    ...[
      { type: 'text', text: 'I look.' },
      { type: 'toolCall', name: 'Bash', input: { command: 'x'.repeat(400) } },
      { type: 'toolResult', isError: true, text: 'gone' },
      { type: 'toolResult', isError: false, text: 'found' },
      { type: 'usage', usage: {} },
      { type: 'result', result: { subtype: 'success' } },
    ].map((event, at) => ({
      ...({ type: 'maitred.sessionEvent', createdAt: '1', id: at === 5 ? null : '1', session } as const),
      number: at,
      atMs: 1,
      event,
    })),
  );
  expect(lines).toEqual([
    '[1] work.x:0 says "I look."',
    `[1] work.x:0 calls Bash {"command":"${'x'.repeat(288)}`,
    '[1] work.x:0 call failed: "gone"',
  ]);
});

it('Receivers of @xstate/inspect get no calls and no lines of the log', () => {
  const line = { type: 'maitred.log', createdAt: '1', id: '1', level: 'INFO', event: 'e', fields: {} } as const;
  const count = {
    type: 'maitred.callCount',
    createdAt: '1',
    id: '0',
    fromMs: 0,
    toMs: 1,
    calls: 1,
    failed: 0,
  } as const;
  expect([aCall({}), count, line].flatMap(createOldInspectLines('a'))).toEqual([]);
});
