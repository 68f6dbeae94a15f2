import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ArrivedBytes, arrivalsOf, chunksOf } from '../../../src/domain/scenario/arrivals.ts';
import type { Arrival } from '../../../src/domain/scenario/scenario.ts';

const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const outputs = (stdout: string, stderr = '') => ({ stdout: bytes(stdout), stderr: bytes(stderr) });

/** What comes when, as texts. */
const played = (arrivals: readonly Arrival[], stdout: string, stderr = '') =>
  chunksOf(arrivals, outputs(stdout, stderr)).map(({ atMs, stream, bytes }) => [
    atMs,
    stream,
    Buffer.from(bytes).toString(),
  ]);

const someStream = fc.constantFrom('stdout', 'stderr');
const someBytes = fc.uint8Array({ maxLength: 60 }).map((all) => all.map((byte) => (byte % 3 === 0 ? 0x0a : byte)));
const someOutputs = fc.record({ stdout: someBytes, stderr: someBytes });
const someArrivals = fc.array(fc.tuple(fc.nat(1_000), someStream, fc.nat(9)) satisfies fc.Arbitrary<Arrival>);
const someRows = fc.array(
  fc.record({ atMs: fc.nat(5), stream: someStream, bytes: fc.nat(80) }) satisfies fc.Arbitrary<ArrivedBytes>,
);

describe('The rows of an output', () => {
  it('count the lines that were there at each time', () => {
    const rows: readonly ArrivedBytes[] = [
      { atMs: 5, stream: 'stdout', bytes: 4 },
      { atMs: 7, stream: 'stderr', bytes: 2 },
      { atMs: 9, stream: 'stdout', bytes: 9 },
    ];
    expect(arrivalsOf(rows, outputs('a\nb\nc\n\nd\n', 'x\n'))).toEqual([
      [5, 'stdout', 2],
      [7, 'stderr', 1],
      [9, 'stdout', 3],
    ]);
  });

  it('have a line when its end is there', () => {
    const rows = [1, 3, 4].map((count) => ({ atMs: count, stream: 'stdout', bytes: count }) as const);
    expect(arrivalsOf(rows, outputs('abc\n'))).toEqual([[4, 'stdout', 1]]);
  });

  it('have a last line without an end when all is there', () => {
    const rows = [2, 3, 5, 9].map((count) => ({ atMs: count, stream: 'stdout', bytes: count }) as const);
    expect(arrivalsOf(rows, outputs('a\nbcd'))).toEqual([
      [2, 'stdout', 1],
      [5, 'stdout', 1],
    ]);
  });

  it('are one where they have one stream and one time', () => {
    const rows: readonly ArrivedBytes[] = [
      { atMs: 5, stream: 'stdout', bytes: 2 },
      { atMs: 5, stream: 'stdout', bytes: 4 },
      { atMs: 5, stream: 'stderr', bytes: 2 },
      { atMs: 5, stream: 'stdout', bytes: 6 },
    ];
    expect(arrivalsOf(rows, outputs('a\nb\nc\n', 'x\n'))).toEqual([
      [5, 'stdout', 2],
      [5, 'stderr', 1],
      [5, 'stdout', 1],
    ]);
  });

  it('never count less or more lines than there are', () => {
    fc.assert(
      fc.property(someRows, someOutputs, (rows, contents) => {
        for (const stream of ['stdout', 'stderr'] as const) {
          const all: ArrivedBytes = { atMs: 9, stream, bytes: 80 };
          const counted = arrivalsOf([...rows, all], contents).filter((row) => row[1] === stream);
          const lines =
            Buffer.from(contents[stream])
              .toString('latin1')
              .match(/[^\n]*\n|[^\n]+$/g) ?? [];
          expect(counted.reduce((sum, row) => sum + row[2], 0)).toBe(lines.length);
          expect(counted.every((row) => row[2] > 0)).toBe(true);
        }
      }),
    );
  });
});

describe('An output that is played', () => {
  it('comes line by line as its rows say', () => {
    const arrivals: readonly Arrival[] = [
      [5, 'stdout', 2],
      [7, 'stderr', 1],
      [9, 'stdout', 1],
    ];
    expect(played(arrivals, 'a\nb\nc', 'x\n')).toEqual([
      [5, 'stdout', 'a\nb\n'],
      [7, 'stderr', 'x\n'],
      [9, 'stdout', 'c'],
    ]);
  });

  it('comes at its start where it has no rows', () => {
    expect(played([[5, 'stdout', 1]], 'a\n', 'x\ny')).toEqual([
      [0, 'stderr', 'x\ny'],
      [5, 'stdout', 'a\n'],
    ]);
  });

  it('comes as a whole where its rows have less or more lines than it has', () => {
    expect(played([[5, 'stdout', 1]], 'a\nb\nc\n')).toEqual([[5, 'stdout', 'a\nb\nc\n']]);
    expect(
      played(
        [
          [5, 'stdout', 9],
          [6, 'stdout', 1],
        ],
        'a\nb\n',
      ),
    ).toEqual([[5, 'stdout', 'a\nb\n']]);
  });

  it('is what it was, whatever the rows say', () => {
    fc.assert(
      fc.property(someArrivals, someOutputs, (arrivals, contents) => {
        const chunks = chunksOf(arrivals, contents);
        for (const stream of ['stdout', 'stderr'] as const) {
          const parts = chunks.filter((chunk) => chunk.stream === stream).map((chunk) => chunk.bytes);
          expect(Buffer.concat(parts).equals(contents[stream])).toBe(true);
        }
        expect(chunks.every((chunk) => chunk.bytes.length > 0)).toBe(true);
      }),
    );
  });

  it('comes at the times at which its lines were there', () => {
    fc.assert(
      fc.property(someRows, someOutputs, (rows, contents) => {
        const arrivals = arrivalsOf(rows, contents);
        const chunks = chunksOf(arrivals, contents);
        const times = arrivals.map(([atMs, stream]) => `${stream} ${atMs}`);
        expect(chunks.filter(({ atMs }) => atMs > 0).map(({ atMs, stream }) => `${stream} ${atMs}`)).toEqual(
          times.filter((time) => !time.endsWith(' 0')),
        );
      }),
    );
  });
});
