import { describe, expect, it } from 'vitest';
import { type CallFilter, type CallOrder, createCallTable } from '../../inspector/model/call-table.ts';
import { createRecording } from '../../inspector/model/create-recording.ts';
import {
  answerText,
  answerValue,
  describeCount,
  describePending,
  ranMs,
  requestText,
  statusText,
  waitedMs,
} from '../../inspector/model/describe-call.ts';
import { readRecording } from '../../inspector/model/read-recording.ts';
import type { CallAt, Recording } from '../../inspector/model/recording.ts';
import { contentText } from '../../inspector/model/seen-json.ts';
import { writeRecording } from '../../inspector/model/write-recording.ts';
import type {
  CallCountMessage,
  CallMessage,
  InspectionMessage,
  LogMessage,
  SeenText,
} from '../../src/domain/inspection.ts';
import { aCall, seenResult, seenText } from '../fixtures/a-call.ts';
import { aHello, messagesOfTable } from './seen-charts.ts';

/** Numbers the messages of the stream. */
function recordingOf(
  messages: readonly InspectionMessage[],
  limits?: Parameters<typeof createRecording>[1],
): Recording {
  const recording = createRecording('server-a', limits);
  for (const [at, message] of messages.entries())
    recording.push('id' in message && message.id !== null ? { ...message, id: String(at) } : message);
  return recording;
}

const statusesAt = (recording: Recording, moment = recording.end) =>
  recording.callsAt(moment).map(({ message, status }) => [message.number, status]);

const answered = (members: Partial<CallMessage> = {}): Partial<CallMessage> => ({
  outcome: 'result',
  answeredAtMs: 1_500,
  answer: seenResult('done'),
  ...members,
});

function aLog(call: number, event: string): LogMessage {
  return { type: 'maitred.log', createdAt: '2000', id: '0', level: 'INFO', event, fields: { cause: 'Disk' }, call };
}

const aCount = (members: Partial<CallCountMessage>): CallCountMessage => ({
  type: 'maitred.callCount',
  createdAt: '9000',
  id: '0',
  fromMs: 7_000,
  toMs: 8_000,
  calls: 100,
  failed: 0,
  ...members,
});

const bye: InspectionMessage = { type: 'maitred.bye', why: 'The server has ended.' };
const lost: InspectionMessage = { type: 'maitred.lost', messages: 4, why: 'watcherTooSlow' };

describe('The calls at a moment', () => {
  it('are as they were then, in order of arrival', () => {
    const recording = recordingOf([
      aHello(),
      aCall({ number: 2, waitsFor: ['audit'], ranAtMs: null }),
      aCall({ number: 1 }),
      aCall({ number: 2 }),
      aCall({ number: 1, ...answered() }),
      aCall({ number: 2, ...answered({ outcome: 'toolError' }) }),
      aCall({ number: 3, ...answered({ outcome: 'error' }) }),
      aCall({ number: 4, ...answered({ outcome: 'cancelled', answer: null }) }),
    ]);
    const moments = [1, 2, 3, 4, 5, recording.end].map((moment) => statusesAt(recording, moment));
    expect(moments).toEqual([
      [],
      [[2, 'waiting']],
      [
        [1, 'running'],
        [2, 'waiting'],
      ],
      [
        [1, 'running'],
        [2, 'running'],
      ],
      [
        [1, 'ok'],
        [2, 'running'],
      ],
      [
        [1, 'ok'],
        [2, 'failed'],
        [3, 'failed'],
        [4, 'cancelled'],
      ],
    ]);
  });

  it('have those from before the recording at its first moment', () => {
    const past = [1, 2].map((number) => aCall({ id: null, number, arrivedAtMs: 500 + number, ...answered() }));
    const recording = recordingOf([aHello(), ...past, aCall({ number: 3 })]);
    expect(statusesAt(recording, 0)).toEqual([]);
    expect(statusesAt(recording, 1)).toEqual([
      [1, 'ok'],
      [2, 'ok'],
    ]);
  });

  it('stay as they are if the server sends an older state of them to an inspector that attaches again', () => {
    const past = aCall({ id: null, arrivedAtMs: 500, ranAtMs: null, waitsFor: ['backend'] });
    const recording = recordingOf([aHello(), past, aCall({ ...answered() }), aHello(), past]);
    expect(statusesAt(recording)).toEqual([[1, 'ok']]);
  });

  it('have no pending one after the server has ended', () => {
    const recording = recordingOf([aHello(), aCall({ number: 1, ...answered() }), aCall({ number: 2 }), bye]);
    expect(statusesAt(recording, recording.end - 1)).toEqual([
      [1, 'ok'],
      [2, 'running'],
    ]);
    expect(statusesAt(recording)).toEqual([
      [1, 'ok'],
      [2, 'unanswered'],
    ]);
    expect(recording.callsAt(recording.end).map(describePending)).toEqual([
      null,
      'It was running when the server ended.',
    ]);
  });

  it('are unknown after a loss, until the server sends them again', () => {
    const waiting = aCall({ number: 2, ranAtMs: null, waitsFor: ['audit'] });
    const recording = recordingOf([aHello(), aCall(), waiting, lost, { ...waiting, id: null }]);
    expect(statusesAt(recording)).toEqual([
      [1, 'unknown'],
      [2, 'waiting'],
    ]);
    expect(recording.callsAt(recording.end).map(describePending)).toEqual([
      'It was running; messages after that are missing.',
      'It waits for audit.',
    ]);
  });

  it('have their lines of the log', () => {
    const recording = recordingOf([aHello(), aCall(), aLog(1, 'first'), aLog(2, 'other'), aLog(1, 'second')]);
    const eventsAt = (moment: number) => recording.logOfCall(1, moment).map(({ message }) => message.event);
    expect([eventsAt(2), eventsAt(4), eventsAt(recording.end)]).toEqual([[], ['first'], ['first', 'second']]);
    expect(statusesAt(recording)).toEqual([[1, 'running']]);
  });

  it('have the actors that they started', async () => {
    const [root, ...rest] = await messagesOfTable();
    if (root?.type !== '@xstate.actor') throw new Error('the first message introduces the table');
    const recording = recordingOf([{ ...root, call: 7 }, ...rest]);
    expect(recording.actorsAt(recording.end).map(({ name, call }) => [name, call])).toEqual([
      ['table', 7],
      ['cook', null],
      ['burn', null],
      ['guest', null],
    ]);
  });
});

describe('Calls that were only counted', () => {
  it('are summed up to the moment, in one sentence', () => {
    const recording = recordingOf([
      aHello(),
      aCount({ calls: 1_000, failed: 2 }),
      aCount({ fromMs: 8_000, toMs: 9_000, calls: 240 }),
    ]);
    expect(recording.callCountAt(1)).toBeNull();
    expect(recording.callCountAt(2)).toMatchObject({ calls: 1_000, failed: 2 });
    const all = recording.callCountAt(3);
    expect(all).toMatchObject({ fromMs: 7_000, toMs: 9_000, calls: 1_240, failed: 2 });
    expect(all === null ? '' : describeCount(all)).toMatch(
      /^1,240 more calls between \d\d:\d\d:07\.000 and \d\d:\d\d:09\.000 were counted, not recorded \(more than 200 a second\)\. 2 of them failed\.$/,
    );
  });
});

describe('A recording that has become too long', () => {
  const limits = { messages: 100, sizeBytes: 1e9 };

  it('keeps every pending call, and the newest 500 of the finished ones', () => {
    const finished = Array.from({ length: 1_000 }, (_, at) => aCall({ number: at + 2, ...answered() }));
    const recording = recordingOf([aHello(), aCall({ number: 1 }), ...finished], { ...limits, messages: 400 });
    const numbers = recording.callsAt(recording.end).map(({ message }) => message.number);
    expect(numbers[0]).toBe(1);
    expect(numbers.length).toBeLessThan(920);
    expect(numbers.slice(-500)).toEqual(finished.slice(-500).map(({ number }) => number));
  });

  it('is saved with the calls, the count and the actors of calls that it has forgotten the messages of', async () => {
    const [root, ...rest] = await messagesOfTable();
    if (root?.type !== '@xstate.actor') throw new Error('the first message introduces the table');
    const filler = Array.from({ length: 200 }, () => aLog(9, 'filler'));
    const recording = recordingOf(
      [aHello(), { ...root, call: 1 }, aCall(), aCall({ number: 2, ...answered() }), aCount({}), ...filler],
      limits,
    );
    expect(rest.length).toBeGreaterThan(0);
    const { recording: opened } = await readRecording([...writeRecording(recording)].join(''));
    expect(statusesAt(opened)).toEqual([
      [1, 'running'],
      [2, 'ok'],
    ]);
    expect(opened.callCountAt(opened.end)).toMatchObject({ calls: 100 });
    expect(opened.actorsAt(opened.end).map(({ call }) => call)).toEqual([1]);
  });

  it('is not saved with a call as running that a loss has made unknown', async () => {
    const filler = Array.from({ length: 200 }, () => aLog(9, 'filler'));
    const recording = recordingOf([aHello(), aCall(), lost, ...filler], limits);
    const { recording: opened } = await readRecording([...writeRecording(recording)].join(''));
    expect(statusesAt(opened)).toEqual([]);
  });
});

describe('The table of calls', () => {
  const recording = recordingOf([
    aCall({ number: 1, ...answered({ answer: seenResult('Soup') }) }),
    aCall({ number: 2, tool: 'read_db', ...answered({ outcome: 'toolError', answeredAtMs: 9_000 }) }),
    aCall({ number: 3, tool: null, method: 'prompts/get', ranAtMs: null, waitsFor: [] }),
    aCall({ number: 4, progress: 'soup is on' }),
    aLog(2, 'disk_full'),
  ]);
  const numbersOf = (filter: CallFilter, order: CallOrder | null = null, moment = recording.end) =>
    createCallTable(recording, filter)
      .rows(recording.callsAt(moment), order, { moment, atMs: 3_000 })
      .map(({ message }) => message.number);

  it('is filtered by a text in the request, the answer, the progress or the log, by tool, and by status', () => {
    expect(numbersOf({})).toEqual([1, 2, 3, 4]);
    expect(numbersOf({ text: ' sOUP' })).toEqual([1, 4]);
    expect(numbersOf({ text: 'DISK' })).toEqual([2]);
    expect(numbersOf({ text: 'disk_full' }, null, recording.end - 1)).toEqual([]);
    expect(numbersOf({ text: 'npm test' })).toEqual([1, 2, 3, 4]);
    expect(numbersOf({ name: 'prompts/get' })).toEqual([3]);
    expect(numbersOf({ status: 'failed' })).toEqual([2]);
    expect(numbersOf({ status: 'failed', text: 'soup' })).toEqual([]);
  });

  it('is sorted by any column, with those that need attention first by status', () => {
    const by = (column: CallOrder['column'], isDescending = false) => numbersOf({}, { column, isDescending });
    expect(by('status')).toEqual([2, 3, 4, 1]);
    expect(by('tool')).toEqual([3, 2, 1, 4]);
    expect(by('waited', true)).toEqual([3, 1, 2, 4]);
    expect(by('ran', true)).toEqual([2, 4, 1, 3]);
    expect(by('size')[0]).toBe(3);
    expect(by('answer').slice(0, 2)).toEqual([3, 4]);
  });

  it('has the times of a pending call up to the moment, and none where they are not known', () => {
    const timesOf = (call: CallAt | undefined) =>
      call === undefined ? [] : [waitedMs(call, 3_000), ranMs(call, 3_000)];
    const [one, , three, four] = recording.callsAt(recording.end);
    expect([one, three, four].map(timesOf)).toEqual([
      [0, 500],
      [2_000, null],
      [0, 2_000],
    ]);
    const [ended] = recordingOf([aCall(), bye]).callsAt(2);
    expect(timesOf(ended)).toEqual([0, null]);
  });
});

describe('A result without success', () => {
  const wordsOf = (answer: CallMessage['answer'], more: Partial<CallMessage> = {}) =>
    recordingOf([aCall({ ...answered({ answer }), ...more })])
      .callsAt(1)
      .map(statusText)[0];
  const ofText = (text: string) => wordsOf(seenResult(text));
  const cutAt = (answer: SeenText, end: string) =>
    wordsOf({ ...answer, text: answer.text.slice(0, answer.text.indexOf(end)), isTruncated: true });

  it.each([
    ['exit 3', { success: false, exit_code: 3, stdout: '' }],
    ['no success', { success: false, exit_code: null, signal: 'SIGKILL' }],
    ['not passed', { passed: false, exit_code: 1 }],
    ['not passed', { passed: null, exit_code: 0 }],
    ['ok', { passed: true, exit_code: 0 }],
    ['ok', { success: true, stdout: '"success":false', failures: [{ success: false, exit_code: 2 }] }],
    ['ok', { passed: 12 }],
  ])('is called "%s" for %j, as text, as structured content, and truncated', (words, result) => {
    const end = { rest: 'END' };
    const text = JSON.stringify({ ...result, ...end });
    expect(ofText(text)).toBe(words);
    expect(wordsOf(seenText({ content: [], structuredContent: result }))).toBe(words);
    expect(cutAt(seenResult(text), 'END')).toBe(words);
    expect(cutAt(seenText({ content: [], structuredContent: { ...result, ...end } }), 'END')).toBe(words);
  });

  it('is not a failed call, and a call that failed or is not of a tool is not one', () => {
    const failure = seenResult('{"success":false}');
    expect(wordsOf(failure, { outcome: 'toolError' })).toBe('failed');
    expect(wordsOf(failure, { tool: null, method: 'resources/read' })).toBe('ok');
    expect(ofText('success: false')).toBe('ok');
  });
});

describe('A call on one line', () => {
  it('has its arguments without braces, and the text of its result or error', () => {
    const call = aCall({ request: seenText({ cmd: 'ls', cwd: '/tmp' }) });
    expect(requestText(call)).toBe('cmd: "ls", cwd: "/tmp"');
    expect(answerText(call)).toBe('');
    expect(answerText({ ...call, answer: seenResult('two\nlines') })).toBe('two\nlines');
    expect(answerText({ ...call, answer: seenResult('{"success":true}') })).toBe('success: true');
    expect(answerText({ ...call, answer: seenText({ code: -32_602, message: 'not "so"' }) })).toBe('not "so"');
    expect(answerText({ ...call, answer: seenText({ tools: [] }) })).toBe('tools: []');
  });

  it('has of a result what tells it from others, also if it is truncated', () => {
    const command = { success: true, exit_code: 0, signal: null, stdout: 'tick 29', stderr: '', processes_ended: 0 };
    const text = JSON.stringify({ ...command, files: [], is_cut: false, lines: 7 });
    expect(answerText(aCall({ outcome: 'result', answer: seenResult(text) }))).toBe(
      'exit_code: 0, stdout: "tick 29", lines: 7',
    );
    const cut = { ...seenResult(text), isTruncated: true };
    const answer = { ...cut, text: cut.text.slice(0, cut.text.indexOf('29')) };
    expect(answerText(aCall({ outcome: 'result', answer }))).toBe('exit_code: 0, stdout: "tick …"');
  });

  it('has the message of a failed result alone', () => {
    const failure = seenResult('{"success":false,"error":"There is no folder /src.","hint":null}');
    expect(answerText(aCall({ outcome: 'toolError', answer: failure }))).toBe('There is no folder /src.');
    expect(answerText(aCall({ outcome: 'result', answer: failure }))).toBe('error: "There is no folder /src."');
    expect(answerText(aCall({ outcome: 'toolError', answer: seenResult('no') }))).toBe('no');
  });

  it('has the beginning of a truncated result', () => {
    const { text } = seenResult('first\nsecond "third"');
    const truncated = (omitted: number) => ({ text: text.slice(0, -omitted), sizeBytes: 9_000, isTruncated: true });
    expect(contentText(truncated(8))).toBe('first\nsecond "thi');
    // In the middle of an escape.
    expect(contentText(truncated(12))).toBe('first\nsecond ');
    expect(answerValue(truncated(8))).toBeUndefined();
    const inner = JSON.stringify({ stdout: 'one\ntwo \u0007 three', more: true });
    const answer = seenResult(inner);
    const beginnings = Array.from(answer.text, (_, end) =>
      answerValue({ text: answer.text.slice(0, end), sizeBytes: 9_000, isTruncated: true }),
    );
    expect(beginnings).toContainEqual({ stdout: 'one\ntwo…' });
    expect(beginnings).toContainEqual({ stdout: 'one\ntwo \u0007 three' });
    expect(answerValue(answer)).toEqual(JSON.parse(inner));
  });
});

describe('The tree of an answer', () => {
  it('has the members of a result that is one text of JSON, all of another, and nothing that is nested too deeply', () => {
    expect(answerValue(seenResult('{"success":true}'))).toEqual({ success: true });
    expect(answerValue(seenResult('212 passed'))).toBeUndefined();
    const result = { content: [{ type: 'text', text: '{"a":1}' }], structuredContent: { a: 2 } };
    expect(answerValue(seenText(result))).toEqual(result);
    expect(answerValue(seenText({ ...result, structuredContent: { a: 1 } }))).toEqual({ a: 1 });
    const deep = `${'['.repeat(1_000)}${']'.repeat(1_000)}`;
    expect(answerValue({ text: deep, sizeBytes: deep.length, isTruncated: false })).toBeUndefined();
  });
});
