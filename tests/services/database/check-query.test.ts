import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/domain/app-error.ts';
import { checkQuery } from '../../../src/services/database/check-query.ts';

const refusal = (query: string, params = '[]') => {
  try {
    checkQuery(query, params);
  } catch (thrown) {
    if (thrown instanceof AppError) return { code: thrown.code, error: thrown.message, hint: thrown.details?.hint };
    throw thrown;
  }
  return null;
};

describe('Before a query is run', () => {
  it.each([
    'INSERT INTO person VALUES (4, NULL)',
    'UPDATE person SET name = NULL',
    'DELETE FROM person',
    'REPLACE INTO person VALUES (1, NULL)',
    'DROP TABLE person',
    'CREATE TABLE other (a)',
    "ATTACH 'new.db' AS new",
    "VACUUM INTO 'new.db'",
    'PRAGMA journal_mode = WAL',
    'EXPLAIN SELECT 1',
    "/* SELECT */ ATTACH 'new.db' AS new",
    "-- SELECT 1\nATTACH 'new.db' AS new",
    "/*/ SELECT 1 /**/ATTACH 'new.db' AS new",
    "\uFEFFATTACH 'new.db' AS new",
    "; ATTACH 'new.db' AS new",
    "SELECT 1; ATTACH 'new.db' AS new",
    "SELECT '\\'; ATTACH 'new.db' AS new; --'",
  ])('%s is refused', (query) => {
    expect(refusal(query)).toMatchObject({ code: 'invalid_input', hint: 'Only SELECT queries are allowed' });
  });

  it.each(['SELECT 1', 'with a as (SELECT 1) SELECT * FROM a;', '-- rows\nVALUES (1)'])(
    '%s is let through',
    (query) => {
      expect(refusal(query)).toBe(null);
    },
  );

  it.each([
    ['no statement', '-- nothing', '[]', 'query holds no statement'],
    ['too much text', `SELECT ${'1,'.repeat(40_000)} 1`, '[]', 'query is longer than 64 KiB'],
    ['too many values', 'SELECT 1', `["${'x'.repeat(66_000)}"]`, 'params is longer than 64 KiB'],
  ])('a query with %s is refused', (_, query, params, why) => {
    expect(refusal(query, params)).toMatchObject({ code: 'invalid_input', error: expect.stringContaining(why) });
  });

  it.each([
    ['SELECT ?', 'x', 'not JSON'],
    ['SELECT ?', '1', 'neither a JSON array'],
    ['SELECT ?', '[]', '0 values, and the query has 1 parameter:'],
    ['SELECT ?', '[[1]]', 'position 1'],
    ['SELECT ?', '{"a": 1}', 'by position'],
    ['SELECT :a', '{"b": 1}', 'no value for :a'],
    ['SELECT :a', '{"a": 1, "b": 1}', 'no parameter for "b"'],
    ['SELECT ?99999999', '[]', '32766'],
    ['SELECT ?', '["a\\u0000b"]', 'NUL'],
    ['SELECT ?', '[9007199254740993]', 'loses digits'],
  ])('%s with %s is refused', (query, params, problem) => {
    expect(refusal(query, params)).toMatchObject({ code: 'invalid_input', error: expect.stringContaining(problem) });
  });
});
