import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentEvent, TokenUsage } from '../../../src/domain/agent-session/agent-event.ts';
import {
  emptyDigest,
  foldAgentEvent,
  type StreamDigest,
  usageOf,
} from '../../../src/domain/agent-session/stream-digest.ts';
import { someEvent } from './generated-evidence.ts';
import { aCommand, aResult, aText, aWrite, init, theDigest } from './session-evidence.ts';

const tokens = (output: number, input = 0): TokenUsage => ({
  input_tokens: input,
  output_tokens: output,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
});

const anAnswer = (messageId: string, usage: TokenUsage, model = 'model-1'): AgentEvent => ({
  type: 'usage',
  messageId,
  model,
  usage,
});

const returned = (callId: string, isError = false): AgentEvent => ({ type: 'toolResult', callId, isError, text: '' });

describe('The digest of a stream', () => {
  it('has what the first record says, and the ids that later records name', () => {
    const digest = theDigest(
      init,
      { type: 'sessionId', sessionId: 'session-1' },
      { type: 'sessionId', sessionId: 'session-2' },
      { type: 'sessionId', sessionId: 'session-2' },
      { type: 'init', sessionId: 'session-3', model: null, version: null, tools: null, mcpServers: [] },
    );
    expect(digest).toMatchObject({
      sessionId: 'session-1',
      otherSessionIds: ['session-2', 'session-3'],
      model: 'model-1',
      version: '1.0.0',
      tools: ['Bash', 'Write'],
      records: 5,
    });
  });

  it('counts lines that are no records apart', () => {
    const digest = theDigest({ type: 'unreadable', sizeBytes: 12 }, { type: 'other', kind: 'new' });
    expect([digest.unreadableLines, digest.records]).toEqual([1, 1]);
  });

  it('has the tool that was called last and has not returned', () => {
    const calls = [init, aCommand('a'), aCommand('b'), aWrite('/c')];
    expect(theDigest(...calls).toolInUse).toBe('Write');
    expect(theDigest(...calls, returned('/c'), returned('b')).toolInUse).toBe('Bash');
    expect(theDigest(...calls, returned('a'), returned('/c'), returned('b'), returned('x')).toolInUse).toBeNull();
    expect(theDigest(...calls, aResult('done')).toolInUse).toBeNull();
    expect(theDigest(...calls, init).toolInUse).toBeNull();
    expect(theDigest(...calls).toolCalls).toBe(3);
  });

  it('has the written files in the order of the last write, without writes that failed', () => {
    const written = theDigest(
      aWrite('/a', '1'),
      aWrite('/b', '2'),
      aWrite('/a', '3'),
      aWrite('/c', '4'),
      returned('4', true),
    );
    expect([written.writtenPaths, written.writes]).toEqual([['/b', '/a'], 3]);
    const again = theDigest(aWrite('/a', '1'), returned('1'), aWrite('/a', '2'), returned('2', true));
    expect([again.writtenPaths, again.writes]).toEqual([['/a'], 1]);
  });

  it('has the commands of shells, of which long ones are truncated', () => {
    const digest = theDigest(aCommand('ls'), aWrite('/a'), {
      type: 'toolCall',
      id: 'x',
      name: 'run_cmd',
      input: { cmd: 'y'.repeat(5_000) },
      filePath: null,
    });
    expect(digest.commands).toEqual(['ls', 'y'.repeat(4_096)]);
  });

  it('has the last result, and the one of the process before', () => {
    const digest = theDigest(init, aResult('one'), aResult('two'), init, aResult('three'));
    expect([digest.result, digest.previousResult]).toMatchObject([{ text: 'three' }, { text: 'two' }]);
    expect(digest.results).toBe(3);
  });

  it('forgets a refusal of the API at the next answer, and a rate limit at the next process', () => {
    const limit = { status: 'rejected', window: 'five_hour', resetsAtMs: 5, utilization: 100 } as const;
    const refused = [
      init,
      { type: 'rateLimit', limit },
      { type: 'apiRetry', attempt: 1, status: 529, delayMs: 9 },
    ] as const;
    expect(theDigest(...refused, { type: 'apiRetry', attempt: 2, status: null, delayMs: 9 })).toMatchObject({
      apiStatus: 529,
      rateLimit: limit,
    });
    expect(theDigest(...refused, anAnswer('error', tokens(0))).apiStatus).toBe(529);
    expect(theDigest(...refused, anAnswer('m', tokens(1)))).toMatchObject({ apiStatus: null, rateLimit: limit });
    expect(theDigest(...refused, init)).toMatchObject({ apiStatus: null, rateLimit: null });
  });
});

describe('The usage of a session', () => {
  it('counts an answer once, with its last record', () => {
    const digest = theDigest(
      init,
      anAnswer('m1', tokens(1, 10)),
      anAnswer('m1', tokens(7, 10)),
      anAnswer('m2', tokens(2, 20), 'model-2'),
      anAnswer('m1', tokens(9, 10)),
    );
    expect(digest.turns).toBe(2);
    expect(usageOf(digest)).toEqual({
      ...tokens(11, 30),
      model_breakdown: { 'model-1': tokens(9, 10), 'model-2': tokens(2, 20) },
    });
  });

  it('is that of the result, where there is one', () => {
    const usageByModel = { 'model-1': tokens(50), small: tokens(5) };
    const result = aResult('done', { usage: tokens(50), usageByModel });
    const digest = theDigest(init, anAnswer('m1', tokens(1)), result, result);
    expect(usageOf(digest)).toEqual({ ...tokens(50), model_breakdown: usageByModel });
  });

  it('adds up the processes of a session, with a result or without', () => {
    const digest = theDigest(
      init,
      anAnswer('m1', tokens(3)),
      init,
      anAnswer('m2', tokens(1)),
      aResult('one', { usage: tokens(20) }),
      init,
      anAnswer('m3', tokens(1)),
      aResult('two', { usage: tokens(100) }),
    );
    expect(usageOf(digest)).toMatchObject(tokens(123));
    expect(digest.usageByModel).toEqual({ 'model-1': tokens(5) });
  });

  it('is unknown where the agent says none', () => {
    expect(usageOf(theDigest(init, aText('Hello'), aResult('done')))).toBeNull();
  });
});

describe('The texts of a digest', () => {
  it('stay apart, and the newest do so also where there are many', () => {
    const texts = Array.from({ length: 1_000 }, (_, index) => `text ${index}`);
    const digest = theDigest(...texts.map(aText));
    expect(theDigest(...texts.slice(0, 200).map(aText)).texts).toEqual(texts.slice(0, 200));
    expect(digest.texts.slice(-100)).toEqual(texts.slice(-100));
    expect(digest.texts.join('\n')).toBe(texts.join('\n'));
    expect(digest.texts.length).toBeLessThanOrEqual(256);
  });

  it('are the last 262,144 characters', () => {
    const most = 262_144;
    expect(theDigest(aText('a'.repeat(most)), aText('bcd')).texts).toEqual([`${'a'.repeat(most - 3)}`, 'bcd']);
    expect(theDigest(aText('x'), aText(`y${'a'.repeat(most)}`)).texts).toEqual(['a'.repeat(most)]);
    expect(theDigest(aText('a'.repeat(most)), aText('b'.repeat(most - 1)), aText('c')).texts).toEqual([
      'b'.repeat(most - 1),
      'c',
    ]);
  });
});

describe('However long a stream is, its digest', () => {
  /** As fast-check makes them, each with texts and names of its own. */
  const manyEvents = function* (): Generator<AgentEvent> {
    for (let index = 0; index < 3_000; index += 1) {
      const name = `${index}`.padEnd(index % 100 === 0 ? 5_000 : 1, 'x');
      yield aText(name);
      yield anAnswer(name, tokens(1), name);
      yield { type: 'toolCall', id: name, name, input: { command: name }, filePath: name };
      yield { type: 'sessionId', sessionId: name };
    }
  };

  it('is small', () => {
    let digest: StreamDigest = emptyDigest;
    for (const event of manyEvents()) digest = foldAgentEvent(digest, event);
    const sizes = {
      texts: digest.texts.length,
      characters: digest.texts.join('').length,
      paths: digest.writtenPaths.length,
      commands: digest.commands.length,
      ids: digest.otherSessionIds.length,
      models: Object.keys(digest.usageByModel).length,
      calls: digest.open.calls.length,
      answers: digest.open.answers.length,
    };
    expect(sizes.texts).toBeLessThanOrEqual(256);
    expect(sizes.characters).toBeLessThanOrEqual(262_144);
    expect(sizes).toMatchObject({ paths: 1_000, commands: 200, ids: 8, models: 50, calls: 32, answers: 32 });
    const names = [
      ...digest.writtenPaths,
      ...digest.commands,
      ...digest.otherSessionIds,
      ...Object.keys(digest.usageByModel),
    ];
    expect(Math.max(...names.map(({ length }) => length))).toBe(4_096);
    expect([digest.turns, digest.writes, digest.usage.output_tokens]).toEqual([3_000, 3_000, 3_000]);
    expect([digest.writtenPaths.at(-1), digest.commands.at(-1)]).toEqual(['2999', '2999']);
  });

  it('is never changed: each event makes a new one', () => {
    fc.assert(
      fc.property(fc.array(someEvent, { maxLength: 10 }), someEvent, (events, event) => {
        const digest = theDigest(...events);
        const before = structuredClone(digest);
        foldAgentEvent(digest, event);
        expect(digest).toEqual(before);
      }),
    );
  });
});
