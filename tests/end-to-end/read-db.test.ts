import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import type { JsonObject } from '../../src/domain/json-object.ts';
import { tempFolder } from '../doubles/temp-folder.ts';
import { aDatabase, aDatabaseLeftBy, contentsOf, nodeSqlite } from '../support/a-database.ts';
import { recordedServerIds } from '../support/recorded-servers.ts';
import {
  aServerWithOpenKitchen,
  openKitchen,
  type ServerWithOpenKitchen,
} from '../support/server-with-open-kitchen.ts';
import { aNotification, aToolCall, oneServerForAll } from '../support/spawned-server.ts';

interface Answer {
  readonly column_names: readonly string[];
  readonly rows: readonly Readonly<Record<string, string | number | null>>[];
  readonly row_count: number;
  readonly truncated: boolean;
  readonly next_offset: number | null;
  readonly left_out: string | null;
  readonly code?: string;
  readonly error?: string;
  readonly retryable?: boolean;
  readonly details?: { readonly output?: string; readonly hint?: string };
}

const people =
  "CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO person VALUES (1, 'Ada'), (2, 'Émile'), (3, NULL)";

const endless = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n';

/** Each query runs in its own process, so several at once take little longer than one. */
const server = oneServerForAll();
const aSharedDatabase = async () => aDatabaseIn(await openKitchen(server()));
const aDatabaseConfiguredWith = async (readDb: JsonObject) =>
  aDatabaseIn(await aServerWithOpenKitchen({ read_db: readDb }));

/** A new database in the project of a server with an open kitchen, and the means to query it. */
function aDatabaseIn({ server, world, call }: ServerWithOpenKitchen) {
  const dir = mkdtempSync(join(world.projectDir, 'data-'));
  const path = aDatabase(join(dir, 'people.db'), people);
  const ask = async (query: string, more: JsonObject = {}) =>
    (await call('read_db', { db_path: path, query, ...more })) as unknown as Answer;
  const copies = () => readdirSync(world.stateFolder.databasesDir);
  return { server, world, dir, path, ask, copies };
}

describe('read_db', () => {
  test('answers a query with its parameters, from the rows that were asked for, and leaves nothing beside the database', async () => {
    const { ask, dir, copies } = await aSharedDatabase();
    const before = contentsOf(dir);
    const query = 'SELECT id, name FROM person WHERE id < ? ORDER BY id DESC';
    expect(await ask(query, { params: '[3]', offset: 1 })).toEqual({
      column_names: ['id', 'name'],
      rows: [{ id: 1, name: 'Ada' }],
      row_count: 1,
      truncated: false,
      next_offset: null,
      left_out: null,
    });
    expect(contentsOf(dir)).toEqual(before);
    expect(copies()).toEqual([]);
  });

  test('answers with read_db.max_rows rows and 48 KiB at most, and ends a query at read_db.timeout or its own', async () => {
    const { ask, copies } = await aDatabaseConfiguredWith({ max_rows: 2, timeout: 1.5 });
    const [many, large, usual, own] = await Promise.all([
      ask('SELECT id FROM person', { timeout: 25 }),
      ask('SELECT hex(zeroblob(20000)) FROM person', { timeout: 25 }),
      ask(endless),
      ask(endless, { timeout: 0.5 }),
    ]);
    expect(many).toMatchObject({ row_count: 2, truncated: true, next_offset: 2 });
    expect(large).toMatchObject({ row_count: 1, truncated: true, next_offset: 1 });
    for (const [answer, limit] of [
      [usual, '1.5 s'],
      [own, '0.5 s'],
    ] as const)
      expect(answer).toMatchObject({ code: 'timed_out', error: expect.stringContaining(`longer than ${limit}`) });
    expect(copies()).toEqual([]);
  });

  test('leaves no copy of a dead server: the next server removes it, and keeps those of running servers', async () => {
    const { world } = await aServerWithOpenKitchen();
    const { databasesDir } = world.stateFolder;
    await expect.poll(() => recordedServerIds(world), { timeout: 15_000 }).toHaveLength(1);
    const names = ['of-a-dead-one.a1B2c3', `${recordedServerIds(world)[0]}.a1B2c3`, 'of no server'];
    for (const name of names) {
      mkdirSync(`${databasesDir}/${name}`, { recursive: true });
      writeFileSync(`${databasesDir}/${name}/copy.db`, '');
    }
    await aServerWithOpenKitchen({}, { world });
    await expect.poll(() => readdirSync(databasesDir).sort(), { timeout: 15_000 }).toEqual(names.slice(1).sort());
    expect(readdirSync(`${databasesDir}/${names[1]}`)).toEqual(['copy.db']);
  });

  test('hides the query from the process list, keeps no copy while it runs, and ends it when the client cancels the call', async () => {
    const { server, dir, copies } = await aSharedDatabase();
    const path = aDatabaseLeftBy(join(dir, 'wal.db'), 'PRAGMA journal_mode = WAL', people);
    const query =
      "WITH RECURSIVE n(i) AS (SELECT 'a secret' UNION ALL SELECT i FROM n) SELECT count(*) FROM n WHERE i = ?";
    server.send(aToolCall('unwanted', 'read_db', { db_path: path, query, params: '["another secret"]' }));
    const children = () =>
      readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8')
        .split(' ')
        .filter((pid) => pid !== '')
        .map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
        .filter((line) => line.includes('read-database.js'));
    await expect.poll(children, { timeout: 15_000 }).toHaveLength(1);
    expect(children().join()).not.toContain('secret');
    await expect.poll(copies, { timeout: 15_000 }).toEqual([]);
    expect(children()).toHaveLength(1);
    server.send(aNotification('notifications/cancelled', { requestId: 'unwanted' }));
    await expect.poll(children, { timeout: 15_000 }).toEqual([]);
  });

  test('ends a query that exceeds its memory limit', async () => {
    const { ask } = await aSharedDatabase();
    const large = 'zeroblob(300000000)';
    expect(await ask(`SELECT ${large}, ${large}, ${large}`, { timeout: 25 })).toMatchObject({
      code: 'invalid_input',
      error: expect.stringContaining('memory'),
    });
  });
});

describe('read_db refuses', () => {
  test('what is no query, what the engine takes for writing, what it rejects, and a file outside the roots', async () => {
    const { ask, dir } = await aSharedDatabase();
    const before = contentsOf(dir);
    const hint = 'Only SELECT queries are allowed';
    const [written, hidden, misspelt, outside] = await Promise.all([
      ask('DELETE FROM person'),
      ask('WITH a AS (SELECT 1) DELETE FROM person'),
      ask('SELECT * FORM person'),
      ask('SELECT 1', { db_path: '/etc/passwd' }),
    ]);
    for (const answer of [written, hidden]) expect(answer).toMatchObject({ code: 'invalid_input', details: { hint } });
    expect(misspelt).toMatchObject({ code: 'invalid_input', details: { output: 'near "FORM": syntax error' } });
    expect(outside).toMatchObject({ code: 'forbidden', error: expect.stringContaining('workspace.roots') });
    expect(contentsOf(dir)).toEqual(before);
  });

  test.skipIf(nodeSqlite !== undefined)('to run without an engine, and says how to install one', async () => {
    const programDir = join(tempFolder(), 'program');
    cpSync(inject('programDir'), programDir, { recursive: true });
    const { ask } = aDatabaseIn(
      await aServerWithOpenKitchen({}, { script: join(programDir, 'maitred.js'), args: ['serve'] }),
    );
    expect(await ask('SELECT 1')).toMatchObject({
      code: 'unavailable',
      error: expect.stringContaining('npm install node-sqlite3-wasm'),
    });
  });
});
