import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { type ElicitRequest, ElicitRequestSchema, type ElicitResult } from '@modelcontextprotocol/sdk/types.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { logThrough } from '../../src/domain/log-record.ts';
import { createGateQuestions } from '../../src/server/gate-questions.ts';
import { aLiveRun, anOpenGate } from '../doubles/recipe-runs.ts';

/** So long does a person take at least. */
const readingMs = 300;

/** A server and its client, which gives this answer after some time. `asked` has the questions, `lines` the log. */
async function aClient(
  answer: (question: ElicitRequest['params'], signal: AbortSignal) => ElicitResult | Promise<ElicitResult>,
  capabilities: object = { elicitation: {} },
) {
  const asked: ElicitRequest['params'][] = [];
  const lines: object[] = [];
  const shutdown = new AbortController();
  const server = new Server({ name: 'maitred', version: '1' }, { capabilities: {} });
  const client = new Client({ name: 'claude-code', version: '1' }, { capabilities });
  if ('elicitation' in capabilities)
    client.setRequestHandler(ElicitRequestSchema, ({ params }, { signal }) => {
      asked.push(params);
      return answer(params, signal);
    });
  const [near, far] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(far), client.connect(near)]);
  const log = logThrough(({ event, fields }) => void lines.push({ event, ...fields }));
  const questions = createGateQuestions({ server, log, signal: shutdown.signal });
  return { asked, lines, questions, shutdown };
}

/** Turns of the event loop in which messages go back and forth. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

const waiting = (gate = anOpenGate()) => aLiveRun({ state: 'waiting', gate });
const accept = (decision: string): ElicitResult => ({ action: 'accept', content: { decision } });

describe('When a gate opens, the client', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => void vi.useRealTimers());

  /** As a person, who reads first. */
  const afterReading = (result: ElicitResult) => () => {
    vi.advanceTimersByTime(readingMs);
    return result;
  };

  it('is asked for a decision, and what the person decides settles the gate', async () => {
    const { asked, questions } = await aClient(afterReading(accept('reject')));
    const { run, done } = waiting();
    questions.ask(run, anOpenGate());
    await settle();
    expect(asked).toMatchObject([
      {
        message: 'The run run-1 waits at the step ask.\n\nCommit it?',
        requestedSchema: { properties: { decision: { enum: ['approve', 'reject'] } }, required: ['decision'] },
      },
    ]);
    const { gate, shownHash } = anOpenGate();
    const answeredAt = expect.stringMatching(/^\d{4}-/);
    expect(done).toEqual([{ gate, decision: 'reject', who: 'claude-code', how: 'elicitation', answeredAt, shownHash }]);
  });

  it('is asked what came of a step that was in work at a crash', async () => {
    const gate = anOpenGate({ asks: 'outcome' });
    const { asked, questions } = await aClient(afterReading(accept('again')));
    const { run, done } = waiting(gate);
    questions.ask(run, gate);
    await settle();
    expect(asked).toMatchObject([{ requestedSchema: { properties: { decision: { enum: ['done', 'again'] } } } }]);
    expect(done).toMatchObject([{ decision: 'again' }]);
  });

  it.each([
    ['declines', afterReading({ action: 'decline' }), { action: 'decline' }],
    ['cancels', afterReading({ action: 'cancel' }), { action: 'cancel' }],
    ['accepts without a decision', afterReading({ action: 'accept', content: {} }), { action: 'accept' }],
    ['accepts another decision', afterReading(accept('done')), { action: 'accept' }],
    ['answers before a person can have read it', () => accept('approve'), { reason: 'answered too soon for a person' }],
    ['fails', () => Promise.reject(new Error('no window')), { reason: expect.stringContaining('no window') }],
  ])('leaves the gate open, and the log says so, if it %s', async (_, answer, line) => {
    const { lines, questions } = await aClient(answer);
    const { run, done } = waiting();
    questions.ask(run, anOpenGate());
    await settle();
    expect(done).toEqual([]);
    expect(lines).toMatchObject([{ event: 'gate_left_open', run: 'run-1', step: 'ask', gate: 'gate-1', ...line }]);
  });

  it('is not asked if it declared no elicitation, or no form', async () => {
    for (const capabilities of [{}, { elicitation: { url: {} } }]) {
      const { asked, lines, questions } = await aClient(() => accept('approve'), capabilities);
      questions.ask(waiting().run, anOpenGate());
      await settle();
      expect([asked, lines]).toEqual([[], []]);
    }
  });

  it('is asked about one gate at a time, and not about one that was closed meanwhile', async () => {
    const answers: ((result: ElicitResult) => void)[] = [];
    const { asked, questions } = await aClient(() => new Promise((resolve) => answers.push(resolve)));
    const [first, closed, last] = [waiting(), waiting(), waiting()];
    for (const { run } of [first, closed, last]) questions.ask(run, anOpenGate());
    await settle();
    expect(asked).toHaveLength(1);
    closed.change({ state: 'running', gate: null });
    vi.advanceTimersByTime(readingMs);
    answers[0]?.(accept('approve'));
    await settle();
    expect(asked).toHaveLength(2);
    vi.advanceTimersByTime(readingMs);
    answers[1]?.(accept('reject'));
    await settle();
    expect([first, closed, last].map(({ done }) => done)).toMatchObject([
      [{ decision: 'approve' }],
      [],
      [{ decision: 'reject' }],
    ]);
  });

  it.each([
    ['the gate is closed by other means', ({ change }: ReturnType<typeof waiting>) => change({ gate: null })],
    ['the server shuts down', (_: unknown, shutdown: AbortController) => shutdown.abort()],
  ])('is told that the question has ended when %s', async (_, end) => {
    const ended: unknown[] = [];
    const { lines, questions, shutdown } = await aClient(
      (_question, signal) =>
        new Promise(() => signal.addEventListener('abort', () => ended.push('question'), { once: true })),
    );
    const live = waiting();
    questions.ask(live.run, anOpenGate());
    await settle();
    end(live, shutdown);
    await settle();
    expect(ended).toEqual(['question']);
    expect(lines).toMatchObject([{ event: 'gate_question_ended', gate: 'gate-1' }]);
    expect(live.done).toEqual([]);
  });
});
