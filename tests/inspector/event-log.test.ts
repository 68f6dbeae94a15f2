import { describe, expect, it } from 'vitest';
import { createRecording } from '../../inspector/model/create-recording.ts';
import { createEventLog, type LogFilter } from '../../inspector/model/event-log.ts';
import type { LogRow } from '../../inspector/model/log-row.ts';
import type { Recording } from '../../inspector/model/recording.ts';
import { sequenceBefore, touchedLifelines } from '../../inspector/model/sequence.ts';
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
  '- > table: is present: table',
  '- > table: ORDER',
  'table > cook: is present: cook',
  'cook > table: xstate.done.actor.cook',
  'table > burn: is present: burn',
  '- > cook: is done',
  'burn > table: xstate.error.actor.burn !',
  'table > guest: is present: guest',
  '- > burn: failed: Error: burnt !',
  '- > table: PAY',
  'table > guest: PAY',
  'guest > table: xstate.done.actor.guest',
  '- > guest: is done',
  '- > table: is done',
];

describe('The log', () => {
  it('lists events with sender and receiver, and how each actor appeared and ended', async () => {
    expect(rowsOf(await aTable())).toEqual(story);
  });

  it('has the payload of an event, and the output and error of an actor', async () => {
    const log = createEventLog(await aTable());
    const payloadOf = (received: string) => log.rows(0, 99).find((row) => describeRow(row) === received)?.payload;
    expect(payloadOf('cook > table: xstate.done.actor.cook')).toMatchObject({ output: 'soup' });
    expect(payloadOf('- > cook: is done')).toBe('soup');
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
    expect(arrows[cook?.from ?? -1]?.row.logKind).toBe('appeared');
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
