import { jsonSizeBytes } from '../../domain/json-size.ts';
import { leftOutMark, shortenText, shortenUntilItFits } from '../../domain/shorten-texts.ts';
import type { EngineRows, EngineValue } from './database-engine.ts';
import { DatabaseError } from './database-problem.ts';
import type { Cell, DatabaseAnswer, DatabaseQuery } from './databases.ts';

export type RowLimits = Pick<DatabaseQuery, 'offset' | 'maxRows' | 'maxBytes'>;

/**
 * Reads rows until there are no more or a limit is reached. A first row that is too large is shortened, so that the rows after it can be read.
 * @throws DatabaseError `rowTooLarge` where it does not fit then either, or the names of the columns do not
 */
export function takeRows({ columnNames: given, rows }: EngineRows, limits: RowLimits): DatabaseAnswer {
  const { offset, maxRows, maxBytes } = limits;
  const columnNames = eachOnce(given);
  const taken: Row[] = [];
  let shortenedValues = 0;
  let leftBytes = maxBytes - partBytes(columnNames);
  if (leftBytes < 0) throw new DatabaseError('rowTooLarge');
  let at = 0;
  for (const values of rows) {
    at += 1;
    if (at <= offset) continue;
    if (taken.length === maxRows) return { columnNames, rows: taken, truncated: true, shortenedValues };
    const fitting = rowWithin(columnNames, values, leftBytes);
    if (fitting === null && taken.length > 0) return { columnNames, rows: taken, truncated: true, shortenedValues };
    const { row, sizeBytes, shortened } = fitting ?? shortenedRow(columnNames, values, leftBytes);
    leftBytes -= sizeBytes;
    shortenedValues += shortened;
    taken.push(row);
  }
  return { columnNames, rows: taken, truncated: false, shortenedValues };
}

type Row = Record<string, Cell>;

interface SizedRow {
  readonly row: Row;
  readonly sizeBytes: number;
  /** How many of its values are shortened. */
  readonly shortened: number;
}

/** null if it does not fit. */
function rowWithin(names: readonly string[], values: readonly EngineValue[], leftBytes: number): SizedRow | null {
  // A row that cannot fit is not serialised.
  if (values.reduce((sum: number, value) => sum + lengthOf(value), 0) > leftBytes) return null;
  const row = Object.fromEntries(names.map((name, at) => [name, cellOf(values[at] ?? null)]));
  const sizeBytes = partBytes(row);
  return sizeBytes > leftBytes ? null : { row, sizeBytes, shortened: 0 };
}

function shortenedRow(names: readonly string[], values: readonly EngineValue[], leftBytes: number): SizedRow {
  const shortened = shortenUntilItFits(leftBytes, (most) => {
    const row = rowWithin(
      names,
      values.map((value) => shortenValue(value, most)),
      leftBytes,
    );
    return row === null ? null : { ...row, shortened: values.filter((value) => lengthOf(value) > most).length };
  });
  if (shortened === null) throw new DatabaseError('rowTooLarge');
  return shortened;
}

/** With the comma. */
const partBytes = (value: unknown) => jsonSizeBytes(value) + 1;

/** In characters or bytes; not more than its size as JSON. */
const lengthOf = (value: EngineValue): number =>
  typeof value === 'string' || value instanceof Uint8Array ? value.length : 1;

/** A blob that is shortened becomes the base64 of its beginning, with the mark. */
function shortenValue(value: EngineValue, most: number): EngineValue {
  if (typeof value === 'string') return shortenText(value, most);
  if (!(value instanceof Uint8Array) || value.length <= most) return value;
  return base64Of(value.subarray(0, most)) + leftOutMark(value.length - most, 'bytes');
}

function cellOf(value: EngineValue): Cell {
  if (value instanceof Uint8Array) return base64Of(value);
  if (typeof value === 'bigint') return isExact(value) ? Number(value) : String(value);
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

const base64Of = (bytes: Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

const isExact = (value: bigint) => value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER;

function eachOnce(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let count = 2; taken.has(unique) || (unique !== name && names.includes(unique)); count += 1)
      unique = `${name}_${count}`;
    taken.add(unique);
    return unique;
  });
}
