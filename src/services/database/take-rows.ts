import { encodeJson } from '../../domain/encode-json.ts';
import type { EngineRows, EngineValue } from './database-engine.ts';
import { DatabaseError } from './database-problem.ts';
import type { Cell, DatabaseAnswer } from './databases.ts';

export interface RowLimits {
  readonly maxRows: number;
  /** Of names and rows, as JSON. */
  readonly maxBytes: number;
}

/** Reads rows until there are no more or a limit is reached. @throws DatabaseError `rowTooLarge` where even the first does not fit */
export function takeRows({ columnNames: given, rows }: EngineRows, { maxRows, maxBytes }: RowLimits): DatabaseAnswer {
  const columnNames = eachOnce(given);
  const taken: Record<string, Cell>[] = [];
  let leftBytes = maxBytes - jsonBytes(columnNames);
  if (leftBytes < 0) throw new DatabaseError('rowTooLarge');
  for (const values of rows) {
    if (taken.length === maxRows) return { columnNames, rows: taken, truncated: true };
    const row = leastBytes(values) > leftBytes ? null : rowOf(columnNames, values);
    if (row === null || jsonBytes(row) > leftBytes) {
      if (taken.length === 0) throw new DatabaseError('rowTooLarge');
      return { columnNames, rows: taken, truncated: true };
    }
    leftBytes -= jsonBytes(row);
    taken.push(row);
  }
  return { columnNames, rows: taken, truncated: false };
}

const jsonBytes = (value: unknown) => Buffer.byteLength(encodeJson(value)) + 1;

/** The least size of values: a row that cannot fit is not serialised. */
function leastBytes(values: readonly EngineValue[]): number {
  const lengths = values.map((value) => (typeof value === 'string' || value instanceof Uint8Array ? value.length : 1));
  return lengths.reduce((sum, length) => sum + length, 0);
}

const rowOf = (names: readonly string[], values: readonly EngineValue[]): Record<string, Cell> =>
  Object.fromEntries(names.map((name, at) => [name, cellOf(values[at] ?? null)]));

function cellOf(value: EngineValue): Cell {
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  if (typeof value === 'bigint') return isExact(value) ? Number(value) : String(value);
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

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
