import { describe, expect, it } from 'vitest';
import { createRecording } from '../../inspector/model/create-recording.ts';
import {
  callMs,
  describeSessionState,
  inputText,
  resultText,
  sessionOf,
  tokensText,
  turnMs,
} from '../../inspector/model/describe-session.ts';
import { readRecording } from '../../inspector/model/read-recording.ts';
import type { ActorAt, Recording } from '../../inspector/model/recording.ts';
import { createTimeline, type Timeline, type Turn, type TurnCall } from '../../inspector/model/session-timeline.ts';
import { writeRecording } from '../../inspector/model/write-recording.ts';
import type { InspectionMessage, Json, SeenEvent, SessionEventMessage } from '../../src/domain/inspection.ts';
import { aCall } from '../fixtures/a-call.ts';
import { aHello } from './seen-charts.ts';

const session = 'work.x:0';

/** Each event a second after the one before it. */
const reported = (events: readonly SeenEvent[], first = 0): SessionEventMessage[] =>
  events.map((event, at) => anEvent(first + at, event));

const anEvent = (
  number: number,
  event: SeenEvent,
  members: Partial<SessionEventMessage> = {},
): SessionEventMessage => ({
  type: 'maitred.sessionEvent',
  createdAt: String(1_000 * number),
  id: '0',
  session,
  number,
  atMs: 1_000 * number,
  event,
  ...members,
});

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

const timelineAt = (recording: Recording, moment = recording.end) =>
  createTimeline(recording.eventsOfSession(session, moment));
const timelineOf = (...events: readonly SeenEvent[]) => timelineAt(recordingOf(reported(events)));

/** An entry a line: a turn with its parts, or the sentence of a note. */
const linesOf = ({ entries }: Timeline): string[] =>
  entries.map((entry) => {
    if (entry.kind === 'note') return `- ${entry.isError ? 'ERROR ' : ''}${entry.text}`;
    const parts = entry.parts.map((part) =>
      part.kind === 'text'
        ? part.text.text
        : `${part.name} ${part.status}${part.result === null ? '' : ` ${part.result.text.text}`}`,
    );
    return `${entry.number}: ${parts.join(' | ')}${entry.tokens === null ? '' : ` (${tokensText(entry.tokens)})`}`;
  });

const text = (words: string): SeenEvent => ({ type: 'text', text: words });
const call = (id: string, name = 'Bash', input: Json = { command: 'ls' }): SeenEvent => ({
  type: 'toolCall',
  id,
  name,
  input,
  filePath: null,
});
const result = (callId: string, words: string, isError = false): SeenEvent => ({
  type: 'toolResult',
  callId,
  isError,
  text: words,
});
const tokens = (messageId: string, input: number, output = 0): SeenEvent => ({
  type: 'usage',
  messageId,
  model: 'm',
  usage: { input_tokens: input, output_tokens: output, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 },
});
const init: SeenEvent = {
  type: 'init',
  sessionId: 's',
  model: 'opus',
  version: '2.1',
  tools: ['Bash'],
  mcpServers: [],
};
const end = (members: Record<string, Json> = {}): SeenEvent => ({
  type: 'result',
  result: {
    subtype: 'success',
    isError: false,
    text: '',
    errors: [],
    turns: 2,
    costUsd: null,
    usage: null,
    ...members,
  },
});

describe('A turn of a session', () => {
  it('is an answer of the model: its texts, its calls with their results, and its tokens', () => {
    const timeline = timelineOf(
      init,
      text('I look.'),
      call('a'),
      call('b', 'Read'),
      tokens('m1', 1_200, 80),
      result('b', 'gone', true),
      result('a', 'x.ts'),
      text('Done.'),
      tokens('m2', 50, 5),
    );
    expect(linesOf(timeline)).toEqual([
      '- The agent started: opus 2.1, 1 tool.',
      '1: I look. | Bash ok x.ts | Read failed gone (1,200 in, 80 out)',
      '2: Done. (50 in, 5 out)',
    ]);
    expect(timeline).toMatchObject({
      turns: 2,
      calls: 2,
      failedCalls: 1,
      model: 'opus',
      fromMs: 0,
      tokens: { input_tokens: 1_250, output_tokens: 85 },
    });
  });

  it('has all parts of its message, also those that come after its tokens were reported for the first time', () => {
    const timeline = timelineOf(text('I look.'), tokens('m1', 9, 1), call('a'), tokens('m1', 9, 7), result('a', 'x'));
    expect(linesOf(timeline)).toEqual(['1: I look. | Bash ok x (9 in, 7 out)']);
    expect(timeline.tokens).toMatchObject({ input_tokens: 9, output_tokens: 7 });
  });

  it('ends with the results of its calls where an agent reports no tokens', () => {
    const timeline = timelineOf(
      text('I look.'),
      call('a'),
      result('a', 'x'),
      call('b'),
      result('b', 'y'),
      text('Done.'),
    );
    expect(linesOf(timeline)).toEqual(['1: I look. | Bash ok x', '2: Bash ok y', '3: Done.']);
  });

  it('takes as long as its calls, up to the moment while one of them runs', () => {
    const [turn] = timelineOf(call('a'), tokens('m1', 1), result('a', 'x')).entries as Turn[];
    const [running] = timelineOf(text('Hm.'), call('a')).entries as Turn[];
    const timesOf = (one: Turn | undefined) =>
      one === undefined ? [] : [turnMs(one, 9_000), callMs(one.parts.at(-1) as TurnCall, 9_000)];
    expect([timesOf(turn), timesOf(running)]).toEqual([
      [2_000, 2_000],
      [9_000, 8_000],
    ]);
  });

  it('has the result of a call that is not known', () => {
    const timeline = timelineOf(result('a', 'x'));
    expect(linesOf(timeline)).toEqual(['1: unknown ok x']);
    expect(callMs((timeline.entries as Turn[])[0]?.parts[0] as TurnCall, 9_000)).toBeNull();
  });
});

describe('Beside the turns', () => {
  it('there are the processes of the session: the calls of one that ended without their results have none', () => {
    expect(linesOf(timelineOf(init, call('a'), { ...init, tools: null, model: null }, text('Again.')))).toEqual([
      '- The agent started: opus 2.1, 1 tool.',
      '1: Bash unanswered',
      '- The agent started again (process 2): 2.1.',
      '2: Again.',
    ]);
  });

  it('there are MCP servers that failed, limits, refused requests, a full context, and what could not be read', () => {
    const limit = { status: 'rejected', window: 'five_hour', resetsAtMs: 0, utilization: null };
    const lines = linesOf(
      timelineOf(
        {
          ...init,
          mcpServers: [
            { name: 'docs', status: 'failed' },
            { name: 'db', status: 'connected' },
          ],
        },
        { type: 'rateLimit', limit: { ...limit, status: 'allowed' } },
        { type: 'rateLimit', limit: { ...limit, status: 'warning', window: '', resetsAtMs: null, utilization: 81.6 } },
        { type: 'rateLimit', limit },
        { type: 'apiRetry', attempt: 2, status: 529, delayMs: 1_000 },
        { type: 'contextExhausted' },
        { type: 'unreadable', sizeBytes: 12 },
        { type: 'of a newer version' },
      ),
    );
    expect(lines).toEqual([
      '- The agent started: opus 2.1, 1 tool, MCP server docs: failed.',
      '- A rate limit is near (82 % used).',
      expect.stringMatching(
        /^- ERROR The rate limit five_hour is reached: requests fail \(until \d\d:\d\d:00\.000\)\.$/,
      ),
      '- The API refused a request (HTTP 529). The agent tries again in 1.0 s, attempt 2.',
      '- ERROR The context of the model is full.',
      '- The agent printed 12 B that could not be read.',
    ]);
  });

  it('there is the result, with a text that the turns do not have', () => {
    const notesOf = (...events: readonly SeenEvent[]) =>
      timelineOf(...events).entries.flatMap((entry) => (entry.kind === 'note' ? [entry] : []));
    expect(notesOf(text('Done.'), end({ text: 'Done.', costUsd: 0.421 }))).toMatchObject([
      { text: 'The agent reported success after 2 turns for 0.42 USD.', isError: false, detail: null },
    ]);
    expect(notesOf(text('Hm.'), end({ text: 'Done.' }))).toMatchObject([{ detail: { text: 'Done.' } }]);
    expect(notesOf(end({ subtype: 'error_max_turns', isError: true, errors: ['one', 'two'] }))).toMatchObject([
      { text: 'The agent reported error_max_turns after 2 turns.', isError: true, detail: { text: 'one\ntwo' } },
    ]);
  });

  it('the tokens of a process are those of its result, once it has reported them', () => {
    const usage = {
      input_tokens: 100,
      output_tokens: 9,
      cache_creation_input_tokens: 1,
      cache_read_input_tokens: 5_000,
    };
    const timeline = timelineOf(init, text('a'), tokens('m1', 7), end({ usage }), init, text('b'), tokens('m2', 10));
    expect(tokensText(timeline.tokens)).toBe('111 in, 9 out, 5,000 cached');
  });

  it('events that are missing are counted where they are missing', () => {
    const messages = [...reported([text('a')], 3), ...reported([tokens('m1', 1), text('b')], 5)];
    expect(linesOf(timelineAt(recordingOf(messages)))).toEqual([
      '- 3 earlier events are not known.',
      '1: a (1 in)',
      '- 1 event is not known.',
      '2: b',
    ]);
  });
});

describe('The events of a session', () => {
  it('are those before the moment', () => {
    const recording = recordingOf([aHello(), ...reported([text('a'), call('b'), result('b', 'x')])]);
    const linesAt = (moment: number) => linesOf(timelineAt(recording, moment));
    expect([1, 2, 3, 4].map(linesAt)).toEqual([[], ['1: a'], ['1: a | Bash running'], ['1: a | Bash ok x']]);
  });

  it('are each there once, in their order, however often and late the server sends them', () => {
    const lost: InspectionMessage = { type: 'maitred.lost', messages: 2, why: 'watcherTooSlow' };
    const [one, two, three] = reported([text('a'), text('b'), text('c')]).map((message) => ({ ...message, id: null }));
    if (one === undefined || two === undefined || three === undefined) throw new Error('there are three');
    const recording = recordingOf([one, three, lost, one, two, three]);
    expect(linesOf(timelineAt(recording))).toEqual(['1: a | b | c']);
    expect(recording.eventsOfSession('work.x:9', recording.end)).toEqual([]);
  });

  it('are the newest 2,000, and a recording that has become too long forgets them with its messages', () => {
    const many = recordingOf(reported(Array.from({ length: 2_005 }, () => text('a'))));
    expect(linesOf(timelineAt(many))[0]).toBe('- 5 earlier events are not known.');
    const filler = Array.from({ length: 200 }, () => aCall());
    const long = recordingOf([...reported([text('a')]), ...filler], { messages: 100, sizeBytes: 1e9 });
    expect(long.eventsOfSession(session, long.end)).toEqual([]);
  });

  it('are in a saved recording', async () => {
    const recording = recordingOf([aHello(), ...reported([text('a'), call('b')])]);
    const { recording: opened, problems } = await readRecording([...writeRecording(recording)].join(''));
    expect(problems).toEqual([]);
    expect(linesOf(timelineAt(opened))).toEqual(['1: a | Bash running']);
  });

  it('may be truncated, or have other members than expected', () => {
    const long = { $type: 'Text', length: 9_000, value: 'long' };
    const input = { $type: 'Object', size: 9, entries: { command: 'ls' } };
    const { entries } = timelineOf({ type: 'text', text: long }, call('a', 'Bash', input), result('a', '\n\nx\ny'));
    const [said, asked] = (entries[0] as Turn).parts;
    expect(said).toMatchObject({ text: { text: 'long', length: 9_000 } });
    expect(inputText(asked as TurnCall)).toBe('Object(9, 1 shown) { command: "ls" }');
    expect(resultText({ text: '\n\nx\ny', length: 5 })).toBe('x');
    const odd = ['text', 'toolCall', 'toolResult', 'usage', 'init', 'result', 'rateLimit', 'apiRetry', 'unreadable'];
    expect(() => linesOf(timelineOf(...odd.map((type) => ({ type, text: 1, result: [], limit: null }))))).not.toThrow();
  });
});

describe('An actor', () => {
  const anActor = (sessionId: string, members: Partial<ActorAt> = {}) =>
    ({ sessionId, parentId: null, startedBy: null, kind: 'promise', src: null, ...members }) as ActorAt;
  const actors = [
    anActor('session', { kind: 'machine', src: 'agentSession', startedBy: 'lifecycle' }),
    anActor('startAgent', { parentId: 'session' }),
    anActor('process', { kind: 'machine', src: 'childProcess', startedBy: 'startAgent' }),
    anActor('waitForExit', { parentId: 'process' }),
    anActor('lifecycle', { kind: 'machine', src: 'lifecycle', parentId: 'lifecycle' }),
  ];
  const byId = (id: string) => actors.find(({ sessionId }) => sessionId === id) ?? null;

  it('belongs to the session that it is, or that started it, however far away', () => {
    const found = actors.map((actor) => sessionOf(actor, byId)?.sessionId ?? null);
    expect(found).toEqual(['session', 'session', 'session', 'session', null]);
    expect(sessionOf(null, byId)).toBeNull();
  });

  it('that is a session has its state, and how it ended', () => {
    const stateOf = (status: string, output?: Json) =>
      describeSessionState({
        active: new Set(['running']),
        snapshot: { snapshot: { status, ...(output === undefined ? {} : { output }) } },
      } as unknown as ActorAt);
    expect([stateOf('active'), stateOf('done', { ending: 'completed', fault: null }), stateOf('stopped')]).toEqual([
      'running',
      'ended: completed',
      'stopped',
    ]);
  });
});
