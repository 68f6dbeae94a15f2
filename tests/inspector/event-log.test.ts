import { describe, expect, it } from 'vitest';
import { createRecording } from '../../inspector/model/create-recording.ts';
import { createEventLog, type LogFilter } from '../../inspector/model/event-log.ts';
import type { LogRow } from '../../inspector/model/log-row.ts';
import type { Recording } from '../../inspector/model/recording.ts';
import { sequenceBefore, touchedLifelines } from '../../inspector/model/sequence.ts';
import type { CallCountMessage, CallMessage, SeenText } from '../../src/domain/inspection.ts';
import { aHello, messagesOfTable, overTheWire } from './seen-charts.ts';

async function aTable(): Promise<Recording> {
  const recording = createRecording('server-a');
  recording.push(aHello());
  for (const message of overTheWire(await messagesOfTable())) recording.push(message);
  return recording;
}

const describeRow = ({ source, target, text, isError }: LogRow): string =>
  `${source?.name ?? '-'} > ${target?.name ?? '-'}: ${text}${isError ? ' !' : ''}`;

function rowsOf(recording: Recording, filter?: LogFilter, moment = recording.end): readonly string[] {
  const log = createEventLog(recording, filter);
  return log.rows(0, log.countAt(moment)).map(describeRow);
}

const story = [
  '- > -: recorded from the start',
  '- > table: created',
  '- > table: ORDER',
  'table > cook: created',
  'cook > table: xstate.done.actor.cook',
  'table > burn: created',
  '- > cook: finished',
  'burn > table: xstate.error.actor.burn !',
  'table > guest: created',
  '- > burn: failed: Error: burnt !',
  '- > table: PAY',
  'table > guest: PAY',
  'guest > table: xstate.done.actor.guest',
  '- > guest: finished',
  '- > table: finished',
];

describe('The log', () => {
  it('lists events with sender and receiver, and how each actor was created and ended', async () => {
    expect(rowsOf(await aTable())).toEqual(story);
  });

  it('tells actors that were there when the recording began from those that were created', async () => {
    const messages = overTheWire(await messagesOfTable());
    const recording = createRecording('server-a');
    recording.push(aHello({ since: 'watcher', sinceMs: Number(messages[0]?.createdAt) }));
    for (const message of messages) recording.push(message);
    expect(rowsOf(recording, { text: 'table' })[0]).toBe('- > table: already there');
    expect(rowsOf(recording, { text: 'cook' })[0]).toBe('table > cook: created');
  });

  it('has the payload of an event, and the output and error of an actor', async () => {
    const log = createEventLog(await aTable());
    const payloadOf = (received: string) => log.rows(0, 99).find((row) => describeRow(row) === received)?.payload;
    expect(payloadOf('cook > table: xstate.done.actor.cook')).toMatchObject({ output: 'soup' });
    expect(payloadOf('- > cook: finished')).toBe('soup');
    expect(payloadOf('- > burn: failed: Error: burnt !')).toMatchObject({ message: 'burnt' });
    expect(payloadOf('- > table: ORDER')).toBeNull();
  });

  it('ends at the shown moment', async () => {
    const recording = await aTable();
    for (let moment = 0; moment <= recording.end; moment += 1) {
      const rows = rowsOf(recording, {}, moment);
      expect(rows).toEqual(story.slice(0, rows.length));
    }
    expect(rowsOf(recording, {}, 0)).toEqual([]);
  });

  it('shows only rows that match the filter', async () => {
    const recording = await aTable();
    const guest = recording.actorsAt(recording.end).find(({ name }) => name === 'guest')?.sessionId ?? '';
    expect(rowsOf(recording, { sessionId: guest })).toEqual(
      story.filter((row) => /guest/.test(row)).filter((row) => !row.includes('- > table')),
    );
    expect(rowsOf(recording, { text: ' DONE.actor ' })).toEqual(story.filter((row) => row.includes('xstate.done')));
    expect(rowsOf(recording, { text: 'cook done' })).toEqual(['cook > table: xstate.done.actor.cook']);
    expect(rowsOf(recording, { onlyErrors: true })).toEqual(story.filter((row) => row.endsWith('!')));
    expect(rowsOf(recording, { onlyEvents: true, text: 'pay' })).toEqual(['- > table: PAY', 'table > guest: PAY']);
  });

  it('grows and forgets with the recording', async () => {
    const messages = overTheWire(await messagesOfTable());
    const recording = createRecording('server-a', { messages: 30, sizeBytes: 1e9 });
    const log = createEventLog(recording);
    let told = 0;
    for (const message of messages) {
      recording.push(message);
      const count = log.countAt(recording.end);
      const rows = log.rows(0, count);
      expect(rows).toHaveLength(count);
      for (const { position } of rows) expect(position).toBeGreaterThanOrEqual(recording.first);
      told = Math.max(told, count);
    }
    expect(recording.first).toBeGreaterThan(0);
    expect(log.countAt(recording.end)).toBe(createEventLog(recording).countAt(recording.end));
    expect(told).toBeGreaterThan(5);
  });

  it('has rows for missing messages and for the end of the server', () => {
    const recording = createRecording('server-a');
    recording.push(aHello({ since: 'watcher', dropped: { messages: 12, bytes: 900 } }));
    recording.push({ type: 'maitred.lost', messages: 1, why: 'notReadable' });
    recording.push({ type: 'maitred.lost', messages: 3, why: 'watcherTooSlow' });
    recording.push({ type: 'maitred.bye', why: 'The server has ended.' });
    expect(rowsOf(recording)).toEqual([
      '- > -: recorded since the first watcher attached; the first 12 messages are no longer kept',
      '- > -: 1 message is missing: the server could not create them',
      '- > -: 3 messages are missing: the inspector was too slow',
      '- > -: The server has ended.',
    ]);
  });
});

/** A call of `run_cmd` that was answered in message 3. */
const aCall = (change: Partial<CallMessage>): CallMessage => ({
  type: 'maitred.call',
  createdAt: '2000',
  id: '3',
  number: 7,
  method: 'tools/call',
  tool: 'run_cmd',
  requestId: 12,
  arrivedAtMs: 1_500,
  ranAtMs: 1_500,
  answeredAtMs: 2_000,
  outcome: 'result',
  waitsFor: null,
  progressCount: 0,
  progress: null,
  request: asSeen({ cmd: 'ls' }),
  answer: asSeen({ content: [] }),
  ...change,
});

function asSeen(value: object): SeenText {
  const text = JSON.stringify(value);
  return { text, sizeBytes: text.length, isTruncated: false };
}

describe('A failed call in the log', () => {
  const rowsFor = (message: CallMessage | CallCountMessage) => {
    const recording = createRecording('server-a');
    recording.push(message);
    return createEventLog(recording, { onlyErrors: true }).rows(0, 9);
  };

  it('is an error with its reason, and has what was asked and answered', () => {
    const answer = asSeen({
      isError: true,
      content: [{ type: 'text', text: 'There is no folder /src.\nLook there.' }],
    });
    const [row] = rowsFor(aCall({ outcome: 'toolError', answer }));
    expect(row).toMatchObject({ text: 'run_cmd failed: There is no folder /src.', isError: true });
    expect(row?.payload).toMatchObject({ requestId: 12, request: { cmd: 'ls' }, answer: { isError: true } });
  });

  it.each([
    [
      'a failed result in JSON',
      {
        outcome: 'toolError',
        answer: asSeen({ content: [{ text: '{"success":false,"error":"There is no folder /src."}' }] }),
      },
      'run_cmd failed: There is no folder /src.',
    ],
    [
      'an error of the protocol',
      { outcome: 'error', answer: asSeen({ code: 1, message: 'no' }) },
      'run_cmd failed: no',
    ],
    ['another request than a call of a tool', { outcome: 'error', method: 'x/y', tool: null }, 'x/y failed'],
    [
      'a truncated answer',
      { outcome: 'error', answer: { text: '{"mess', sizeBytes: 9_000, isTruncated: true } },
      'run_cmd failed',
    ],
    [
      'an answer of another form',
      { outcome: 'toolError', answer: asSeen({ content: [{ text: 1 }] }) },
      'run_cmd failed',
    ],
  ] satisfies [string, Partial<CallMessage>, string][])('names %s', (_, change, text) => {
    expect(rowsFor(aCall(change)).map((row) => row.text)).toEqual([text]);
  });

  it('is counted where calls are only counted', () => {
    const counted = { type: 'maitred.callCount', createdAt: '2000', id: '3', fromMs: 1_000, toMs: 2_000 } as const;
    expect(rowsFor({ ...counted, calls: 300, failed: 2 })[0]?.text).toBe('2 of 300 quick calls failed');
    expect(rowsFor({ ...counted, calls: 300, failed: 0 })).toEqual([]);
  });

  it('is found by the name of its tool', () => {
    const recording = createRecording('server-a');
    recording.push(aCall({ outcome: 'toolError' }));
    expect(rowsOf(recording, { text: 'RUN_cmd' })).toHaveLength(1);
  });

  it('does not stand for a call that succeeded, was cancelled, is pending or was before the recording', () => {
    const others = [{ outcome: 'result' }, { outcome: 'cancelled' }, { outcome: null }, { outcome: 'error', id: null }];
    for (const change of others as Partial<CallMessage>[]) expect(rowsFor(aCall(change))).toEqual([]);
  });
});

const machinesOf = (recording: Recording) => (sessionId: string) =>
  recording.actorAt(sessionId, recording.end)?.kind === 'machine';

describe('The sequence', () => {
  it('has a lifeline for each actor, and arrows from senders to receivers', async () => {
    const recording = await aTable();
    const { lifelines, arrows, before } = sequenceBefore(
      createEventLog(recording),
      recording.end,
      99,
      machinesOf(recording),
    );
    expect(before).toBe(0);
    expect(lifelines.map(({ name }) => name)).toEqual(['outside', 'table', 'cook', 'burn', 'guest']);
    const names = (at: number | null) => lifelines[at ?? -1]?.name;
    expect(arrows.map(({ from, to, row }) => `${names(from)} > ${names(to)}: ${row.text}`)).toContain(
      'cook > table: xstate.done.actor.cook',
    );
    const cook = lifelines.find(({ name }) => name === 'cook');
    expect(arrows[cook?.from ?? -1]?.row.logKind).toBe('created');
    expect(arrows[cook?.to ?? -1]?.row.logKind).toBe('ended');
  });

  it('has no lifeline for a promise that only sends its end', async () => {
    const recording = await aTable();
    const log = createEventLog(recording, { onlyEvents: true });
    const { lifelines, arrows } = sequenceBefore(log, recording.end, 99, machinesOf(recording));
    expect(lifelines.map(({ name }) => name)).toEqual(['outside', 'table', 'guest']);
    const ofWork = arrows.filter(({ from }) => from === null);
    expect(ofWork.map(({ to, row }) => `${row.text} > ${lifelines[to]?.name}`)).toEqual([
      'xstate.done.actor.cook > table',
      'xstate.error.actor.burn > table',
    ]);
  });

  it('finds the lifelines that some of its arrows touch', async () => {
    const recording = await aTable();
    const log = createEventLog(recording, { onlyEvents: true });
    const { lifelines, arrows } = sequenceBefore(log, recording.end, 99, machinesOf(recording));
    const touched = (from: number, to?: number) =>
      touchedLifelines(arrows.slice(from, to)).map((number) => lifelines[number]?.name);
    expect(touched(0, 1)).toEqual(['outside', 'table']);
    expect(touched(1, 2)).toEqual(['table']);
    expect(touched(-2)).toEqual(['table', 'guest']);
  });

  it('shows the last arrows before the moment, and counts the older ones', async () => {
    const recording = await aTable();
    const log = createEventLog(recording, { onlyEvents: true });
    const { lifelines, arrows, before } = sequenceBefore(log, recording.end, 2, machinesOf(recording));
    expect(before).toBe(4);
    expect(lifelines.map(({ name }) => name)).toEqual(['table', 'guest']);
    expect(arrows.map(({ row }) => row.text)).toEqual(['PAY', 'xstate.done.actor.guest']);
    expect(sequenceBefore(log, 0, 2, machinesOf(recording))).toEqual({ lifelines: [], arrows: [], before: 0 });
  });
});
