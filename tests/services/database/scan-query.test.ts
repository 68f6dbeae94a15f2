import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanQuery } from '../../../src/services/database/scan-query.ts';

describe('A query', () => {
  it.each([
    ['select 1', 'SELECT'],
    ['  \t\n-- a comment; SELECT\n/* another; */ Values (1)', 'VALUES'],
    ['/**/WITH a AS (SELECT 1) SELECT * FROM a', 'WITH'],
    ['/*/ SELECT */ DROP TABLE a', 'DROP'],
    ['\uFEFFATTACH x AS y', 'ATTACH'],
    ['selects', 'SELECTS'],
    ['séLECT', 'SÉLECT'],
    ['(SELECT 1)', null],
    ['; SELECT 1', null],
    ["'SELECT'", null],
    ['-- SELECT 1', null],
    ['/* SELECT 1', null],
    ['', null],
  ])('%j begins with %s', (text, word) => {
    expect(scanQuery(text).firstWord).toBe(word);
  });

  it.each([
    ['SELECT 1', 1],
    ['SELECT 1; -- done', 1],
    ['SELECT 1;;', 1],
    ['SELECT 1; SELECT 2', 2],
    ['SELECT 1;/* x */?', 2],
    [`SELECT ';', ";", \`;\`, [;] /* ; */ -- ;`, 1],
    [`SELECT 'it''s;' ; DROP TABLE a`, 2],
    ["SELECT '\\'; DROP TABLE a; --'", 2],
    ['', 0],
    [' ; -- SELECT 1', 0],
  ])('%j holds %i statements', (text, count) => {
    expect(scanQuery(text).statements).toBe(count);
  });

  it.each([
    ['SELECT ?, ?', [null, null]],
    ['SELECT ?3, ?', [null, null, '?3', null]],
    ['SELECT :a, @a, $a, :a', [':a', '@a', '$a']],
    ['SELECT ?, :a, ?2, ?', [null, ':a', null]],
    ['SELECT a$b, x\'00\', "?", [:a] -- ?', []],
    ["SELECT j ->> '$.a', :né, $a::b", [':né', '$a::b']],
    ['SELECT id$x, a?', [null]],
  ])('%j has the parameters %j', (text, parameters) => {
    expect(scanQuery(text).parameters).toEqual(parameters);
  });

  it('is scanned alike whatever its strings, names and comments hold', () => {
    const { body, ...plain } = scanQuery('SELECT 1, ?');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const [open, close, doubled] of [
          ["'", "'", "''"],
          ['"', '"', '""'],
          ['`', '`', '``'],
          ['[', ']', ''],
          ['/*', '*/', ''],
          ['--', '\n', ''],
        ] as const) {
          const inside = text.split(close).join(doubled).replace(/\*$/, '').replace(/^\//, '');
          const query = `SELECT ${open}${inside}${close} 1, ?`;
          expect(scanQuery(`${query};`)).toEqual({ ...plain, body: query });
        }
      }),
    );
  });
});
