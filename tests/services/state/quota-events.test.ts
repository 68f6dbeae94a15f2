import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { QuotaEvent, QuotaRecord } from '../../../src/domain/agent-session/quota-event.ts';
import { type LogRecord, logThrough } from '../../../src/domain/log-record.ts';
import { createRedactor } from '../../../src/domain/redact.ts';
import { createQuotaEvents } from '../../../src/services/state/quota-events.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';

const event = (sessionId: string, change: Partial<QuotaEvent> = {}): QuotaEvent => ({
  status: 'rejected',
  window: 'five_hour',
  utilization: 100,
  resetsAtMs: Date.parse('2026-11-29T15:00:00Z'),
  sessionId,
  skillCommand: '/make-plan',
  ...change,
});
const record = (session_id: string, change: Partial<QuotaRecord> = {}): QuotaRecord => ({
  ts: '2026-11-29T10:00:00.000Z',
  event: 'rejected',
  window_name: 'five_hour',
  utilization: 100,
  resets_at: '2026-11-29T15:00:00.000Z',
  session_id,
  skill_command: '/make-plan',
  ...change,
});

const nowMs = Date.parse('2026-11-29T10:00:00Z');
const redact = createRedactor(['a-secret']);
const { signal } = new AbortController();

function aFile() {
  const path = `${tempFolder()}/logs/quota_events.jsonl`;
  const logged: LogRecord[] = [];
  const log = logThrough((record) => logged.push(record));
  const open = () => createQuotaEvents({ path, redact, log, now: () => nowMs });
  const sessions = async () => (await open().read(signal)).map(({ session_id }) => session_id);
  return { path, logged, events: open(), other: open(), sessions };
}

describe('Quota events', () => {
  it('are none without a file', async () => {
    expect(await aFile().events.read(signal)).toEqual([]);
  });

  it('come newest first, as they were given, also to another server', async () => {
    const { events, other } = aFile();
    await events.append(event('a'));
    await events.append(event('b', { status: 'warning', utilization: null, resetsAtMs: null, window: '' }));
    expect(await other.read(signal)).toEqual([
      record('b', { event: 'warning', utilization: null, resets_at: null, window_name: '' }),
      record('a'),
    ]);
  });

  it('have no secrets, and a time that exists', async () => {
    const { events } = aFile();
    await events.append(event('a', { skillCommand: '/deploy a-secret', resetsAtMs: Infinity }));
    expect(await events.read(signal)).toEqual([
      record('a', { skill_command: '/deploy [redacted]', resets_at: '+275760-09-13T00:00:00.000Z' }),
    ]);
  });

  it('are all kept, when several servers append at once', async () => {
    const { events, other, sessions } = aFile();
    const names = Array.from({ length: 10 }, (_, at) => `s-${at}`);
    await Promise.all(names.map((name, at) => (at % 2 === 0 ? events : other).append(event(name))));
    expect((await sessions()).toSorted()).toEqual(names);
  });

  it('are read from a file with lines that are none, which are left out', async () => {
    const { path, events, sessions } = aFile();
    await events.append(event('a'));
    const text = readFileSync(path, 'utf8');
    const torn = text.slice(0, 40);
    writeFileSync(path, `not json\n[]\n{"ts":1}\n${text}\n${'x'.repeat(100_000)}\n${torn}`);
    await events.append(event('b'));
    expect(await sessions()).toEqual(['b', 'a']);
  });

  it('are bounded: the last 500 are kept, with texts that are not too long', async () => {
    const { path, events, sessions } = aFile();
    mkdirSync(path.slice(0, path.lastIndexOf('/')));
    const line = (at: number) => `${JSON.stringify(record(`s-${at}`))}\n`;
    writeFileSync(path, Array.from({ length: 700 }, (_, at) => line(at)).join(''));
    await events.append(event('last', { skillCommand: 'x'.repeat(1_000_000) }));
    const kept = await sessions();
    expect([kept.length, kept[0], kept.at(-1)]).toEqual([500, 'last', 's-201']);
    expect(statSync(path).size).toBeLessThan(500 * 1_000);
  });

  it('that cannot be written are reported to the log, and the session goes on', async () => {
    const { path, events, logged } = aFile();
    mkdirSync(path, { recursive: true });
    await events.append(event('a'));
    expect(logged).toMatchObject([{ event: 'quota_event_lost', fields: { path } }]);
  });

  it('that cannot be read are an error with the file in it', async () => {
    const { path, events } = aFile();
    mkdirSync(path.slice(0, path.lastIndexOf('/')));
    mkdirSync(path);
    await expect(events.read(signal)).rejects.toMatchObject({ code: 'unavailable', details: { path } });
  });
});
