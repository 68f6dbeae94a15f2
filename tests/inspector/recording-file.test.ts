import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actorTree } from '../../inspector/model/actor-tree.ts';
import { createCallTable } from '../../inspector/model/call-table.ts';
import { createRecording } from '../../inspector/model/create-recording.ts';
import { answerText, describeCount, requestText } from '../../inspector/model/describe-call.ts';
import { diffJson } from '../../inspector/model/diff-json.ts';
import { createEventLog } from '../../inspector/model/event-log.ts';
import { phaseSpans } from '../../inspector/model/phase-spans.ts';
import { readRecording } from '../../inspector/model/read-recording.ts';
import type { ActorAt, Recording } from '../../inspector/model/recording.ts';
import { sequenceBefore } from '../../inspector/model/sequence.ts';
import { writeRecording } from '../../inspector/model/write-recording.ts';
import { isAppError } from '../../src/domain/app-error.ts';
import type { InspectionMessage } from '../../src/domain/inspection.ts';
import { aCall, seenResult } from '../fixtures/a-call.ts';
import { aHello, messagesOfTable, overTheWire } from './seen-charts.ts';

async function aRecording(limits?: Parameters<typeof createRecording>[1]): Promise<Recording> {
  const recording = createRecording('server-a', limits);
  recording.push(aHello());
  for (const message of someCalls()) recording.push(message);
  for (const message of overTheWire(await messagesOfTable()))
    recording.push({ ...message, id: String(Number(message.id) + someCalls().length) });
  return recording;
}

/** One is answered, one still waits. */
function someCalls(): InspectionMessage[] {
  const stream = { createdAt: '5000' };
  return [
    aCall({
      ...stream,
      id: '0',
      number: 1,
      outcome: 'toolError',
      answeredAtMs: 5_000,
      answer: seenResult('exit code 1'),
    }),
    aCall({ ...stream, id: '1', number: 2, ranAtMs: null, waitsFor: ['backend'] }),
    { type: 'maitred.callCount', ...stream, id: '2', fromMs: 4_000, toMs: 5_000, calls: 40, failed: 2 },
    { type: 'maitred.log', ...stream, id: '3', level: 'info', event: 'tool_failed', fields: { code: 1 }, call: 1 },
  ];
}

const textOf = (recording: Recording): string => [...writeRecording(recording, 7_000)].join('');

/** An actor without its positions in a recording. */
const seenOf = ({ name, parentId, kind, src, definition, active, snapshot }: ActorAt) => [
  ...[name, parentId, kind, src, definition, [...active]],
  ...[snapshot.snapshot, snapshot.value],
];

/** The message for a file that is not a recording. */
async function refusalOf(file: string): Promise<string> {
  try {
    await readRecording(file);
  } catch (problem) {
    if (isAppError(problem) && problem.code === 'invalid_input') return problem.message;
    throw problem;
  }
  throw new Error('it was read');
}

describe('A recording that was saved', () => {
  it('is the same after it is opened', async () => {
    const recording = await aRecording();
    const { recording: opened, problems, header } = await readRecording(textOf(recording));
    expect(problems).toEqual([]);
    expect(header).toEqual({
      type: 'maitred.recording',
      formatVersion: 1,
      savedAtMs: 7_000,
      serverId: 'server-a',
      forgotten: 0,
    });
    for (let at = 0; at < recording.end; at += 1) expect(opened.at(at)).toEqual(recording.at(at));
    expect(opened.end).toBe(recording.end);
    expect(textOf(opened)).toBe(textOf(recording));
  });

  it('is the same if it is read in pieces', async () => {
    const text = textOf(await aRecording());
    const pieces = text.match(/.{1,97}|\n/g) ?? [];
    expect(textOf((await readRecording(pieces)).recording)).toBe(text);
  });

  it('has the state at its start if the page had forgotten older messages', async () => {
    const recording = await aRecording({ messages: 20, sizeBytes: 1e9 });
    expect(recording.first).toBeGreaterThan(0);
    const { recording: opened, header } = await readRecording(textOf(recording));
    expect(header.forgotten).toBe(recording.first);
    expect(opened.hello).toEqual(recording.hello);
    expect(opened.callsAt(opened.end).map(({ message, status }) => [message.number, status])).toEqual([
      [1, 'failed'],
      [2, 'waiting'],
    ]);
    expect(opened.callCountAt(opened.end)).toMatchObject({ calls: 40, failed: 2 });
    const added = opened.end - (recording.end - recording.first);
    for (let moment = recording.first; moment <= recording.end; moment += 1)
      expect(opened.actorsAt(moment - recording.first + added).map(seenOf)).toEqual(
        recording.actorsAt(moment).map(seenOf),
      );
  });
});

describe('A file that is not a recording', () => {
  it('is rejected with the problem, its place and the fix', async () => {
    const fix = 'Choose a file that the inspector saved (.jsonl)';
    expect(await refusalOf('')).toBe(`this is not a recording of maitred: line 1 is empty. ${fix}`);
    expect(await refusalOf('\u0089PNG\u0000\u0001')).toBe(
      `this is not a recording of maitred: it is not a text file. ${fix}`,
    );
    expect(await refusalOf('{"type": ')).toBe(
      `this is not a recording of maitred: line 1, column 10 is not JSON. ${fix}`,
    );
    expect(await refusalOf('{"type":"maitred.hello"}')).toBe(
      `this is not a recording of maitred: the "type" of line 1 must be "maitred.recording". ${fix}`,
    );
    expect(
      await refusalOf('{"type":"maitred.recording","formatVersion":1,"savedAtMs":-1,"serverId":"a","forgotten":0}'),
    ).toBe(
      `this is not a recording of maitred: line 1: the header of the recording: "savedAtMs" must be a time, in milliseconds since 1970. ${fix}`,
    );
  });

  it('is rejected if a newer maitred saved it, with the version that is needed', async () => {
    expect(await refusalOf('{"type":"maitred.recording","formatVersion":2}')).toBe(
      'line 1: a newer maitred saved this recording (format 2, this version reads 1). Open it with the newer version',
    );
  });
});

describe('A recording with an invalid line', () => {
  it('is shown without it, and the line and the reason are reported', async () => {
    const lines = textOf(await aRecording()).split('\n');
    lines.splice(3, 0, '{"type":"@xstate.event",}', '{"type":"later.kind"}', '[]', '{"type":"maitred.bye"}');
    const { recording, problems } = await readRecording(lines.join('\n'));
    expect(recording.end).toBe((await aRecording()).end);
    expect(problems).toEqual([
      'Line 4 was skipped: column 25 is not JSON.',
      'Line 5 was skipped: this version does not know the type of the message.',
      'Line 6 was skipped: it is not a message: it has no "type".',
      'Line 7 was skipped: maitred.bye: "why" must be a string.',
    ]);
  });

  it('is shown without its last line if that is incomplete', async () => {
    const text = textOf(await aRecording());
    const { recording, problems } = await readRecording(text.slice(0, -20));
    expect(recording.end).toBe((await aRecording()).end - 1);
    expect(problems).toEqual([expect.stringMatching(/^Line \d+, the last one, is incomplete and was skipped\.$/)]);
  });

  it('does not report the messages about calls of older versions', async () => {
    const old = '{"type":"maitred.calls","createdAt":"1","id":"0","calls":[],"inFlight":0,"waiting":0}\n';
    expect((await readRecording(`${textOf(await aRecording())}${old}`)).problems).toEqual([]);
  });

  it('does not report each of a thousand lines', async () => {
    const { problems } = await readRecording(`${textOf(await aRecording())}${'nonsense\n'.repeat(1_000)}`);
    expect(problems).toHaveLength(6);
    expect(problems[5]).toBe('995 more lines were skipped.');
  });

  it('is shown without it if its nesting is too deep', async () => {
    const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
    const text = textOf(await aRecording());
    const event = text.split('\n').find((line) => line.includes('"ORDER"')) ?? '';
    const { problems } = await readRecording(
      text.replace(event, event.replace('"type":"ORDER"', `"type":"ORDER","x":${deep}`)),
    );
    expect(problems).toEqual([expect.stringContaining('@xstate.event: "event" must be nested less deeply')]);
  });
});

describe('Any content of a file', () => {
  it('is rejected with the sentence, or can be shown in all views', async () => {
    const lines = textOf(await aRecording())
      .trimEnd()
      .split('\n');
    let shown = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(aChange(lines), { maxLength: 12 }), fc.nat(), async (changes, cutAt) => {
        const changed = [...lines];
        for (const { at, line } of changes) changed[at] = line;
        const text = changed.join('\n');
        shown += Number(await lookAtAll(cutAt % 3 === 0 ? text.slice(0, cutAt % text.length) : text));
      }),
      { numRuns: 300 },
    );
    expect(shown).toBeGreaterThan(30);
    expect(shown).toBeLessThan(300);
  });

  it('is rejected with the sentence if it is noise', async () => {
    const isRejected = async (noise: string) => {
      expect(await refusalOf(noise)).toMatch(refusal);
    };
    await fc.assert(fc.asyncProperty(fc.string({ unit: 'binary' }), isRejected));
    await fc.assert(fc.asyncProperty(fc.json(), isRejected));
  });
});

/** A line with one of its values replaced, or replaced as a whole. */
function aChange(lines: readonly string[]) {
  const replaced = fc.tuple(fc.nat(lines.length - 1), fc.nat(), odd).map(([at, which, value]) => ({
    at,
    line: JSON.stringify(replaceAt(JSON.parse(lines[at] ?? 'null'), which, value)) ?? '',
  }));
  const other = fc.record({ at: fc.nat(lines.length - 1), line: fc.oneof(fc.string(), fc.json()) });
  const moved = fc
    .tuple(fc.nat(lines.length - 1), fc.nat(lines.length - 1))
    .map(([at, from]) => ({ at, line: lines[from] ?? '' }));
  return fc.oneof({ weight: 6, arbitrary: replaced }, other, moved);
}

const types = ['Map', 'Set', 'Array', 'Object', 'Error', 'Text', 'Date', 'BigInt', 'Function', 'constructor'];
const odd = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(null, -1, 1e300, '', '__proto__', 'constructor', 'test.x:0', [], {}, '99999999999999999999'),
  fc.record({
    $type: fc.constantFrom(...types),
    size: fc.jsonValue(),
    entries: fc.jsonValue(),
    values: fc.jsonValue(),
    value: fc.jsonValue(),
  }),
);

/** Replaces the nth value within a value, in depth-first order. */
function replaceAt(value: unknown, which: number, by: unknown): unknown {
  let count = 0;
  JSON.stringify(value, (_, within: unknown) => {
    count += 1;
    return within;
  });
  let left = which % count;
  return JSON.parse(JSON.stringify(value), (_, within: unknown) => {
    left -= 1;
    return left === -1 ? by : within;
  });
}

/** The problem, then the fix. */
const refusal =
  /^this is not a recording of maitred: .+\. Choose a file that the inspector saved \(\.jsonl\)$|^line 1: a newer maitred saved this recording .* Open it with the newer version$/s;

/** Asks all questions of the page, at many moments. @returns false if it is rejected, with the sentence */
async function lookAtAll(file: string): Promise<boolean> {
  let recording: Recording;
  try {
    ({ recording } = await readRecording(file));
  } catch (problem) {
    if (!isAppError(problem) || problem.code !== 'invalid_input') throw problem;
    expect(problem.message).toMatch(refusal);
    return false;
  }
  const log = createEventLog(recording, { text: 'x' });
  const all = createEventLog(recording);
  for (let moment = recording.first; moment <= recording.end; moment += 3) {
    const actors = recording.actorsAt(moment);
    actorTree(actors, { hidesEnded: moment % 2 === 0 });
    for (const { sessionId, snapshot } of actors) {
      const before = recording.previousSnapshot(sessionId, moment)?.snapshot ?? snapshot.snapshot;
      diffJson(before.context ?? null, snapshot.snapshot.context ?? null);
      diffJson(before.error ?? null, snapshot.snapshot.output ?? null);
      recording.transitionsBefore(sessionId, moment, 4);
      recording.nextTransition(moment, sessionId);
    }
    log.rows(0, log.countAt(moment));
    for (const { position } of all.rows(0, all.countAt(moment))) recording.outcomeOf(position);
    sequenceBefore(all, moment, 20, () => moment % 2 === 0);
    phaseSpans(recording.phasesAt(moment), recording.hello?.startedAtMs ?? 0, 0);
    const calls = recording.callsAt(moment);
    const table = createCallTable(recording, { text: 'exit' });
    for (const { message } of table.rows(calls, { column: 'ran', isDescending: true }, { moment, atMs: 6_000 })) {
      requestText(message);
      answerText(message);
      recording.logOfCall(message.number, moment);
    }
    const count = recording.callCountAt(moment);
    if (count !== null) describeCount(count);
  }
  expect(textOf((await readRecording(textOf(recording))).recording)).toBe(textOf(recording));
  return true;
}
