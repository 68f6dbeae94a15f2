import { describe, expect, it } from 'vitest';
import type { EngineValue } from '../../../src/services/database/database-engine.ts';
import { takeRows } from '../../../src/services/database/take-rows.ts';

const limits = { offset: 0, maxRows: 100, maxBytes: 1_000 };
const rowsOf = (...rows: EngineValue[][]) => ({ columnNames: ['id', 'text'], rows });

/** Rows that count how many of them are read. */
function* counted(count: number, seen: number[]): Iterable<readonly EngineValue[]> {
  for (let at = 0; at < count; at += 1) {
    seen.push(at);
    yield [at, 'x'.repeat(200)];
  }
}

describe('The rows of a query', () => {
  it('are as many whole ones as fit, and no more are read than shows that there are more', () => {
    const seen: number[] = [];
    const answer = takeRows({ columnNames: ['id', 'text'], rows: counted(1_000, seen) }, limits);
    expect(answer).toMatchObject({ truncated: true, shortenedValues: 0 });
    expect(answer.rows.map(({ id }) => id)).toEqual([0, 1, 2, 3]);
    expect(seen).toHaveLength(5);
    expect(Buffer.byteLength(JSON.stringify([answer.columnNames, answer.rows]))).toBeLessThanOrEqual(1_000);
  });

  it('begin after the offset; past the end there are none', () => {
    const rows = rowsOf([1, 'a'], [2, 'b'], [3, 'c']);
    expect(takeRows(rows, { ...limits, offset: 1, maxRows: 1 })).toMatchObject({ rows: [{ id: 2 }], truncated: true });
    expect(takeRows(rows, { ...limits, offset: 2, maxRows: 1 })).toMatchObject({ rows: [{ id: 3 }], truncated: false });
    expect(takeRows(rows, { ...limits, offset: 9 })).toMatchObject({ rows: [], truncated: false });
  });

  it('that are each too large are shortened, with a mark that counts, and one page comes after the other', () => {
    const rows = rowsOf([1, 'x'.repeat(5_000)], [2, `${'😀'.repeat(3_000)}`], [3, '\u0001'.repeat(5_000)]);
    const pages = [0, 1, 2].map((offset) => takeRows(rows, { ...limits, offset }));
    expect(pages.map(({ shortenedValues, truncated }) => [shortenedValues, truncated])).toEqual([
      [1, true],
      [1, true],
      [1, false],
    ]);
    const texts = pages.map(({ rows: [row] }) => String(row?.text));
    expect(texts[0]).toMatch(/^x+\[… \d+ characters left out\]x+$/);
    expect(texts[1]).toMatch(/^(😀)+\[… \d+ characters left out\](😀)+$/u);
    for (const text of texts) {
      const [head = '', leftOut, tail = ''] = text.split(/\[… | characters left out\]/);
      expect(head.length + Number(leftOut) + tail.length).toBe(text.includes('😀') ? 6_000 : 5_000);
      expect(Buffer.byteLength(JSON.stringify(text))).toBeLessThanOrEqual(1_000);
    }
  });

  it('keep a short value of a row whose blob is too large', () => {
    const { rows } = takeRows(rowsOf([7, new Uint8Array(3_000)]), limits);
    expect(rows).toEqual([{ id: 7, text: expect.stringMatching(/^A+=*\[… \d+ bytes left out\]$/) }]);
  });

  it('are refused if even the names of their columns are too large', () => {
    const columnNames = ['x'.repeat(2_000)];
    expect(() => takeRows({ columnNames, rows: [] }, limits)).toThrow('rowTooLarge');
    expect(() => takeRows({ columnNames: ['x'.repeat(600)], rows: [[1]] }, limits)).toThrow('rowTooLarge');
  });
});
