import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openCallLogFile } from '../../src/app/call-log-file.ts';
import type { Place } from '../../src/app/place.ts';
import type { CallOutcome } from '../../src/domain/inspection.ts';
import { createCallLog } from '../../src/front/call-log.ts';
import { tempFolder } from '../doubles/temp-folder.ts';

const token = `ghp_${'A1b2'.repeat(9)}`;

interface ACall {
  readonly id?: number | string;
  readonly tool?: string | null;
  readonly request?: string;
  readonly answer?: string | null;
  readonly outcome?: CallOutcome;
}

/** A call as the front keeps it; it has not run. */
function keptCall({ id = 1, tool = 'brew', request = '{}', answer = '{}', outcome = 'result' }: ACall = {}) {
  const callLog = createCallLog(() => null);
  const arrivedAtMs = Date.parse('2026-01-02T03:04:05.678Z');
  callLog.begin({ id, number: 1, tool, arrivedAtMs }, 'tools/call', undefined, request);
  callLog.end(id, outcome, answer);
  return [...callLog.entries()];
}

function aCallLogFile({ name = 'calls.jsonl', dir = tempFolder(), rotation = { maxBytes: 1_000_000, keep: 3 } } = {}) {
  const secrets = new Set<string>();
  const context = {
    nodeProcess: { env: { API_KEY: 'the key of the environment' }, cwd: () => dir },
    secrets,
    place: { homeDir: dir } as Place,
  };
  const file = openCallLogFile(context as unknown as Parameters<typeof openCallLogFile>[0], name, rotation);
  const path = `${dir}/${name}`;
  return {
    dir,
    path,
    secrets,
    log: (call: ACall = {}) => file.write(keptCall(call)),
    lines: (): Readonly<Record<string, string>>[] =>
      readFileSync(path, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
  };
}

describe('The file of calls', () => {
  it('is made in the working folder, for its owner only, before the first call', () => {
    const { path, dir } = aCallLogFile();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(dir)).toEqual(['calls.jsonl']);
  });

  it('has a line for each call', () => {
    const { log, lines } = aCallLogFile();
    log({ id: 'é', request: '{"a":"é"}', answer: '{"b":1}', outcome: 'toolError' });
    log({ tool: null, answer: null, outcome: 'cancelled' });
    expect(lines()).toEqual([
      {
        at: '2026-01-02T03:04:05.678Z',
        tool: 'brew',
        method: 'tools/call',
        id: 'é',
        waited_ms: expect.any(Number),
        ran_ms: null,
        outcome: 'toolError',
        request: '{"a":"é"}',
        request_bytes: 10,
        answer: '{"b":1}',
        answer_bytes: 7,
        truncated: false,
      },
      expect.objectContaining({ tool: null, id: 1, outcome: 'cancelled', answer: null, answer_bytes: 0 }),
    ]);
  });

  it('says how long a call waited, and how long it ran', () => {
    const { path, dir } = aCallLogFile();
    const context = {
      nodeProcess: { env: {}, cwd: () => dir },
      secrets: new Set<string>(),
      place: { homeDir: dir } as Place,
    };
    const [call] = keptCall();
    if (call === undefined) throw new Error('no call is kept');
    const times = { arrivedAtMs: 1_000, ranAtMs: 1_200, answeredAtMs: 1_900 };
    openCallLogFile(context as unknown as Parameters<typeof openCallLogFile>[0], path).write([{ ...call, ...times }]);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ waited_ms: 200, ran_ms: 700 });
  });

  it('has no secret of the environment, none that became known later, and none of a known shape', () => {
    const { log, lines, secrets } = aCallLogFile();
    secrets.add('learned "later"');
    const text = JSON.stringify({ a: 'the key of the environment', b: 'learned "later"', c: token, password: 'tiny' });
    log({ id: token, tool: token, request: text, answer: text });
    const redacted = '{"a":"[redacted]","b":"[redacted]","c":"[redacted]","password":"[redacted]"}';
    expect(lines()).toMatchObject([
      { id: '[redacted]', tool: '[redacted]', request: redacted, answer: redacted, request_bytes: text.length },
    ]);
  });

  it('has at most 4 KiB of a request and of an answer, in whole characters', () => {
    const { log, lines } = aCallLogFile();
    log({ request: 'x'.repeat(4_096), answer: 'x'.repeat(4_096) });
    log({ request: 'x'.repeat(4_097) });
    log({ answer: '木'.repeat(1_366) });
    log({ answer: '木'.repeat(100_000) });
    const [fits, longRequest, ...wide] = lines();
    expect(fits).toMatchObject({ request: 'x'.repeat(4_096), truncated: false });
    expect(longRequest).toMatchObject({ request: 'x'.repeat(4_096), request_bytes: 4_097, truncated: true });
    for (const { answer, truncated } of wide) expect([answer, truncated]).toEqual(['木'.repeat(1_365), true]);
  });

  it.each([5_000, 100_000])('shows no part of a secret that lies across the end of 4 KiB of %i', (length) => {
    const { log, lines, secrets } = aCallLogFile();
    const known = `${'known '.repeat(1_000)}secret`;
    secrets.add(known);
    const starts = [4_096 - token.length, 4_090, 4_095];
    for (const start of starts)
      for (const secret of [token, known])
        log({ answer: `${'x '.repeat(2_048).slice(0, start)} ${secret}`.padEnd(length, ' y') });
    expect(lines()).toHaveLength(starts.length * 2);
    for (const { answer } of lines()) expect(answer).not.toMatch(/gh|A1b2|known/);
  });

  it('shows no beginning of a secret at the end of what is kept, however much is redacted before it', () => {
    const { log, lines } = aCallLogFile();
    const much = `${token} `.repeat(500);
    for (let cut = 5; cut < 20; cut += 1) log({ answer: `${much.slice(0, 12_288 - cut - 1)} ${token} and more` });
    for (const { answer } of lines()) expect(answer).not.toMatch(/gh|A1b2/);
  });

  it('cannot control the terminal that it is printed on', () => {
    const { log, path } = aCallLogFile();
    log({ answer: '"\u009b31m\u202e"' });
    expect(readFileSync(path, 'utf8')).toContain('\\u009b31m\\u202e');
  });

  it('is rotated before it grows beyond its limit', () => {
    const { log, dir } = aCallLogFile({ rotation: { maxBytes: 1_000, keep: 2 } });
    for (let id = 0; id < 20; id += 1) log({ id });
    const names = readdirSync(dir).sort();
    expect(names).toEqual(['calls.jsonl', 'calls.jsonl.1', 'calls.jsonl.2']);
    for (const name of names) expect(statSync(`${dir}/${name}`).size).toBeLessThanOrEqual(1_000);
  });

  it('is appended to, if it is there already', () => {
    const dir = tempFolder();
    writeFileSync(`${dir}/calls.jsonl`, '{"id":"earlier"}\n');
    const { log, lines } = aCallLogFile({ dir });
    log();
    expect(lines()).toMatchObject([{ id: 'earlier' }, { id: 1 }]);
  });

  it.each<[string, (path: string) => void, RegExp]>([
    ['has no folder', () => undefined, /ENOENT/],
    ['has a file as its folder', (path) => writeFileSync(path.replace('/calls.jsonl', ''), ''), /ENOTDIR/],
    ['has the name of a folder', (path) => mkdirSync(path, { recursive: true }), /EISDIR/],
    [
      'is a device',
      (path) => {
        mkdirSync(path.replace('/calls.jsonl', ''));
        symlinkSync('/dev/full', path);
      },
      /ELOOP/,
    ],
  ])('is refused with the path and what to do, and makes no folder, if it %s', (_, prepare, code) => {
    const dir = tempFolder();
    prepare(`${dir}/there/calls.jsonl`);
    const before = readdirSync(dir);
    const open = () => aCallLogFile({ dir, name: 'there/calls.jsonl' });
    expect(open).toThrow(code);
    expect(open).toThrow(`${dir}/there/calls.jsonl cannot be written`);
    expect(open).toThrow('or give another file to --log-calls.');
    expect(readdirSync(dir)).toEqual(before);
  });
});
