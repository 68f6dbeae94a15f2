import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createNodeEngine, type NodeSqlite } from '../../../src/services/database/node-engine.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { aDatabase, contentsOf, nodeSqlite } from '../../support/a-database.ts';

type Layer = 'opened read-only' | 'query_only' | 'authorizer' | 'defensive mode';

/** Node 22 has neither. */
const { setAuthorizer, enableDefensive } =
  nodeSqlite === undefined ? {} : new nodeSqlite.DatabaseSync(':memory:', { readOnly: false });

/** The engine with these protections alone: whatever else it asks SQLite for has no effect. */
function engineWith(...layers: readonly Layer[]) {
  const sqlite: NodeSqlite = nodeSqlite ?? expect.unreachable('is skipped');
  class Weakened extends sqlite.DatabaseSync {
    constructor(path: string, options: { readOnly: boolean }) {
      super(path, layers.includes('opened read-only') ? options : { readOnly: false });
      // Newer versions of Node begin in it.
      super.enableDefensive?.(false);
    }

    override exec(text: string): void {
      super.exec(layers.includes('query_only') ? text : text.replace('PRAGMA query_only = ON;', ''));
    }

    override enableDefensive(isOn: boolean): void {
      if (layers.includes('defensive mode')) super.enableDefensive?.(isOn);
    }

    override setAuthorizer(authorize: Parameters<NonNullable<typeof setAuthorizer>>[0]): void {
      if (layers.includes('authorizer')) super.setAuthorizer?.(authorize);
    }
  }
  return createNodeEngine({ ...sqlite, DatabaseSync: Weakened }) ?? expect.unreachable('has what the engine needs');
}

const allLayers = ['opened read-only', 'query_only', 'authorizer', 'defensive mode'] as const;

const changing = [
  'DELETE FROM note',
  'WITH a AS (SELECT 1) DELETE FROM note',
  "WITH a AS (SELECT 1) UPDATE note SET text = 'x' RETURNING text",
  "INSERT INTO note VALUES ('x')",
  'CREATE TABLE other (a)',
  'DROP TABLE note',
];

function aNote() {
  const dir = tempFolder();
  const path = aDatabase(join(dir, 'notes.db'), "CREATE TABLE note (text); INSERT INTO note VALUES ('kept')");
  /** The rows of a query, whose changes are committed if it makes any. */
  const ask = (query: string, { isCopy = false, layers = allLayers as readonly Layer[] } = {}) => {
    const database = engineWith(...layers).open(path, isCopy);
    const rows = [...database(query, []).rows];
    [...database('COMMIT', []).rows];
    return rows;
  };
  return { dir, path, ask };
}

describe.skipIf(nodeSqlite === undefined)('The SQLite of Node', () => {
  it.each([
    ['opened read-only', false],
    ['query_only', false],
    ['query_only', true],
  ] as const)(
    'changes nothing in a database that is %s, without its other protections (a copy: %s)',
    (layer, isCopy) => {
      const { dir, ask } = aNote();
      const before = contentsOf(dir);
      for (const query of changing) expect(() => ask(query, { isCopy, layers: [layer] })).toThrow('readonly database');
      expect(contentsOf(dir)).toEqual(before);
    },
  );

  it.skipIf(setAuthorizer === undefined).each([false, true])(
    'changes nothing if its authorizer is the only protection (a copy: %s)',
    (isCopy) => {
      const { dir, ask } = aNote();
      const before = contentsOf(dir);
      for (const query of changing)
        expect(() => ask(query, { isCopy, layers: ['authorizer'] })).toThrow('not authorized');
      expect(contentsOf(dir)).toEqual(before);
    },
  );

  it('would change it without all of them', () => {
    for (const query of changing) {
      const { dir, ask } = aNote();
      const before = contentsOf(dir);
      ask(query, { layers: [] });
      expect(contentsOf(dir)).not.toEqual(before);
    }
  });

  it
    .skipIf(setAuthorizer === undefined)
    .each([
      "ATTACH 'new.db' AS new",
      'PRAGMA query_only = OFF',
      'PRAGMA journal_mode = WAL',
      'CREATE TEMP TABLE other (a)',
      'COMMIT',
    ])('has an authorizer that denies %s', (query) => {
    const { dir, ask } = aNote();
    const before = contentsOf(dir);
    const there = query.replace('new.db', `${dir}/new.db`);
    expect(() => ask(there, { layers: ['authorizer'] })).toThrow('not authorized');
    expect(contentsOf(dir)).toEqual(before);
  });

  it.skipIf(enableDefensive === undefined)('keeps the tables behind a full-text index in defensive mode alone', () => {
    const change = (...layers: readonly Layer[]) => {
      const { path, ask } = aNote();
      aDatabase(path, "CREATE VIRTUAL TABLE page USING fts5(text); INSERT INTO page VALUES ('kept')");
      ask("WITH a AS (SELECT 1) UPDATE page_content SET c0 = 'x'", { layers });
    };
    expect(() => change('defensive mode')).toThrow('page_content may not be modified');
    expect(() => change()).not.toThrow();
  });

  it('searches a full-text index, and shows a schema and damage, with all protections', () => {
    const { path } = aNote();
    aDatabase(path, "CREATE VIRTUAL TABLE page USING fts5(text); INSERT INTO page VALUES ('a kept page')");
    const database = engineWith(...allLayers).open(path, false);
    const rows = (query: string) => [...database(query, []).rows];
    expect(rows("SELECT text FROM page WHERE page MATCH 'kept'")).toEqual([['a kept page']]);
    expect(rows("SELECT name FROM pragma_table_info('note')")).toEqual([['text']]);
    expect(rows('SELECT * FROM pragma_integrity_check')).toEqual([['ok']]);
  });

  it('reads texts in UTF-16', () => {
    const path = join(tempFolder(), 'wide.db');
    const database = new (nodeSqlite ?? expect.unreachable('is skipped')).DatabaseSync(path, { readOnly: false });
    database.exec(
      "PRAGMA encoding = 'UTF-16le'; CREATE TABLE note (text); INSERT INTO note VALUES ('é€😀' || char(0))",
    );
    const engine = engineWith(...allLayers);
    expect(engine.readsUtf16).toBe(true);
    expect([...engine.open(path, false)('SELECT text FROM note', []).rows]).toEqual([['é€😀\0']]);
  });
});

it('A Node whose SQLite cannot return rows as arrays has no engine', () => {
  const DatabaseSync = class {} as unknown as NodeSqlite['DatabaseSync'];
  const columns = () => [];
  expect(createNodeEngine(undefined)).toBe(null);
  expect(createNodeEngine({ DatabaseSync, StatementSync: { prototype: { columns } }, constants: {} })).toBe(null);
});
