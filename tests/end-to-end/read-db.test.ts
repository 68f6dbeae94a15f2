import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../../src/domain/json-object.ts';
import { tempFolder } from '../doubles/temp-folder.ts';
import { aDatabase, aDatabaseLeftBy, contentsOf, hasNodeSqlite } from '../support/a-database.ts';
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
  test('answers with the rows of a query', async () => {
    const { ask } = await aSharedDatabase();
    const [all, named, none, columns] = await Promise.all([
      ask('SELECT id, name FROM person ORDER BY id DESC;'),
      ask('WITH named AS (SELECT * FROM person WHERE name IS NOT NULL) SELECT count(*) AS n FROM named'),
      ask('SELECT name FROM person WHERE id = 7'),
      ask("SELECT name FROM pragma_table_info('person')"),
    ]);
    expect(all).toEqual({
      column_names: ['id', 'name'],
      rows: [
        { id: 3, name: null },
        { id: 2, name: 'Émile' },
        { id: 1, name: 'Ada' },
      ],
      row_count: 3,
      truncated: false,
      next_offset: null,
      left_out: null,
    });
    expect(named).toMatchObject({ rows: [{ n: 2 }] });
    expect(none).toMatchObject({ column_names: ['name'], row_count: 0 });
    expect(columns).toMatchObject({ rows: [{ name: 'id' }, { name: 'name' }] });
  });

  test('returns values of every type without loss', async () => {
    const { ask } = await aSharedDatabase();
    const { rows } = await ask(
      "SELECT 9007199254740991 AS exact, 9007199254740992 AS large, -9223372036854775808 AS least, 0.1 AS part, 9e999 AS endless, -9e999 AS low, x'00ff' AS blob, x'' AS empty, NULL AS none, '€😀' AS text",
    );
    expect(rows).toEqual([
      {
        exact: 9_007_199_254_740_991,
        large: '9007199254740992',
        least: '-9223372036854775808',
        part: 0.1,
        endless: 'Infinity',
        low: '-Infinity',
        blob: 'AP8=',
        empty: '',
        none: null,
        text: '€😀',
      },
    ]);
  });

  test('returns texts as they are stored, with U+FFFD for bytes that are not UTF-8', async () => {
    const { ask, dir } = await aSharedDatabase();
    // caf\xE9, in Latin-1.
    const latin = "CAST(x'636166e9' AS TEXT)";
    const path = aDatabase(
      join(dir, 'foreign.db'),
      `CREATE TABLE note (text, more); INSERT INTO note VALUES (${latin}, 'a' || char(0) || 'b'), (char(65279) || 'é€😀', CAST(x'eda080' AS TEXT)), (printf('%.*c', 40, 'é') || ${latin}, '')`,
    );
    const { rows } = await ask('SELECT text, more FROM note ORDER BY rowid; -- all', { db_path: path });
    expect(rows).toEqual([
      { text: 'caf\ufffd', more: 'a\0b' },
      { text: '\ufeffé€😀', more: '\ufffd\ufffd\ufffd' },
      { text: `${'é'.repeat(40)}caf\ufffd`, more: '' },
    ]);
  });

  test('reads texts in UTF-16, or says which Node can', async () => {
    const { ask, dir } = await aSharedDatabase();
    const path = aDatabase(join(dir, 'wide.db'), 'CREATE TABLE note (n); INSERT INTO note VALUES (1)');
    const bytes = readFileSync(path);
    // The schema is not converted: the engine that reads UTF-16 finds a damaged one.
    bytes.writeUInt32BE(2, 56);
    writeFileSync(path, bytes);
    expect(await ask('SELECT n FROM note', { db_path: path })).toMatchObject(
      hasNodeSqlite ? { code: 'invalid_input' } : { code: 'unavailable', error: expect.stringContaining('UTF-16') },
    );
  });

  test('keeps columns of the same name apart', async () => {
    const { ask } = await aSharedDatabase();
    expect(await ask("SELECT 1 AS a, 2 AS a, 3 AS a_2, 4 AS a, 5 AS '__proto__'")).toMatchObject({
      column_names: ['a', 'a_3', 'a_2', 'a_4', '__proto__'],
      rows: [JSON.parse('{ "a": 1, "a_3": 2, "a_2": 3, "a_4": 4, "__proto__": 5 }')],
    });
  });

  test('fills parameters by position and by name', async () => {
    const { ask } = await aSharedDatabase();
    const wanted: readonly (readonly [query: string, params: unknown, values: readonly unknown[]])[] = [
      ['SELECT ?, ?, ?, ? AS d', ['a', 1.5, null, true], ['a', 1.5, null, 1]],
      ['SELECT ?2 AS a, ?1 AS b, ? AS c, ?1 AS d', [1, 2, 3], [2, 1, 3, 1]],
      ['SELECT ? AS a, :b AS b, ?2 AS c, ? AS d', [1, 2, 3], [1, 2, 2, 3]],
      ['SELECT :a AS a, @b AS b, $c AS c, :a AS d', { ':a': 1, b: 2, c: 3 }, [1, 2, 3, 1]],
      ['SELECT :a AS a, @a AS b, $a AS c', { ':a': 1, '@a': 2, a: 3 }, [1, 2, 3]],
      ["SELECT ':no', \"?\", [$no], ? -- ?\n /* :no */ FROM (SELECT 1 AS '?', 2 AS '$no')", [3], [':no', 1, 2, 3]],
    ];
    const answers = await Promise.all(wanted.map(([query, params]) => ask(query, { params: JSON.stringify(params) })));
    expect(answers.map(({ rows: [row = {}] }) => Object.values(row))).toEqual(wanted.map(([, , values]) => values));
  });

  test('answers with read_db.max_rows rows and 48 KiB at most, and continues where it is told to', async () => {
    const { ask } = await aDatabaseConfiguredWith({ max_rows: 20 });
    const rowsWith = (what: string) =>
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, ${what} AS what FROM n`;
    const [many, all, long, rest, tooLong] = await Promise.all([
      ask(rowsWith('1')),
      ask(`${rowsWith('1')} LIMIT 20`),
      ask(rowsWith('hex(zeroblob(5000))')),
      ask(`${rowsWith('hex(zeroblob(5000))')} LIMIT 6`, { offset: 4 }),
      ask(rowsWith('zeroblob(2000000)')),
    ]);
    expect(many).toMatchObject({ row_count: 20, truncated: true });
    expect(all).toMatchObject({ row_count: 20, truncated: false });
    expect(long).toMatchObject({ row_count: 4, next_offset: 4, left_out: expect.stringContaining('at least 1 row') });
    expect(rest).toMatchObject({ rows: [{ i: 5 }, { i: 6 }], next_offset: null, left_out: null });
    expect(tooLong).toMatchObject({
      rows: [{ i: 1, what: expect.stringMatching(/\[… \d+ bytes left out\]$/) }],
      next_offset: 1,
      left_out: expect.stringContaining('substr'),
    });
  });

  test('reads rows that are only in the write-ahead log', async () => {
    const { ask, dir } = await aSharedDatabase();
    const path = aDatabaseLeftBy(
      join(dir, 'wal.db'),
      `PRAGMA journal_mode = WAL; ${people}; PRAGMA wal_checkpoint(TRUNCATE)`,
      "INSERT INTO person VALUES (4, 'Grace'); UPDATE person SET name = 'Ada L.' WHERE id = 1",
    );
    expect(existsSync(`${path}-wal`)).toBe(true);
    const { rows } = await ask('SELECT name FROM person', { db_path: path });
    expect(rows.map(({ name }) => name)).toEqual(['Ada L.', 'Émile', null, 'Grace']);
  });

  test('leaves no file beside any database, and no copy', async () => {
    const { ask, dir, path, copies } = await aSharedDatabase();
    aDatabase(join(dir, 'quiet-wal.db'), `PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; ${people}`);
    aDatabaseLeftBy(join(dir, 'wal.db'), 'PRAGMA journal_mode = WAL', people);
    const before = contentsOf(dir);
    const names = ['people.db', 'quiet-wal.db', 'wal.db'];
    const count = (name: string) => ask('SELECT count(*) AS n FROM person', { db_path: join(dir, name) });
    const [failed, ...counted] = await Promise.all([
      ask('SELECT * FROM nothing', { db_path: path }),
      ...names.map(count),
    ]);
    expect(failed).toMatchObject({ code: 'invalid_input' });
    for (const { rows } of counted) expect(rows).toEqual([{ n: 3 }]);
    expect(contentsOf(dir)).toEqual(before);
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

  test('does not return rows of an unfinished transaction', async () => {
    const { ask, dir, copies } = await aSharedDatabase();
    const path = aDatabaseLeftBy(
      join(dir, 'left.db'),
      'PRAGMA cache_size = 2; CREATE TABLE t (a, b); INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000) SELECT 1, hex(zeroblob(200)) FROM n',
      'BEGIN; UPDATE t SET a = 2, b = hex(randomblob(200))',
    );
    const before = contentsOf(dir);
    const answer = await ask('SELECT min(a) AS min, max(a) AS max FROM t', { db_path: path });
    if (hasNodeSqlite) expect(answer).toMatchObject({ rows: [{ min: 1, max: 1 }] });
    else
      expect(answer).toMatchObject({
        code: 'unavailable',
        retryable: true,
        error: expect.stringContaining('call again'),
      });
    expect(contentsOf(dir)).toEqual(before);
    expect(copies()).toEqual([]);
  });

  for (const mode of ['WAL', 'DELETE', 'PERSIST'])
    test(`returns one consistent state of a database that is being written (journal_mode ${mode}), or says to call again`, async () => {
      const { ask, dir } = await aSharedDatabase();
      const path = join(dir, 'accounts.db');
      const writer = spawn(process.execPath, ['--no-warnings', 'tests/fixtures/database-writer.cjs', path, mode], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      onTestFinished(async () => {
        writer.kill('SIGKILL');
        if (writer.exitCode === null && writer.signalCode === null) await once(writer, 'exit');
      });
      await once(writer.stdout, 'data');
      const query =
        "SELECT sum(amount) AS sum, count(*) AS n FROM account UNION ALL SELECT count(*), 0 FROM pragma_integrity_check WHERE integrity_check <> 'ok'";
      const answers = await Promise.all(Array.from({ length: 4 }, () => ask(query, { db_path: path })));
      const isState = ({ code }: Answer) => code === undefined;
      expect(answers.filter(isState).length).toBeGreaterThan(0);
      for (const answer of answers)
        expect(answer).toMatchObject(
          isState(answer)
            ? {
                rows: [
                  { sum: 20_000, n: 2_000 },
                  { sum: 0, n: 0 },
                ],
              }
            : { code: 'unavailable', retryable: true, error: expect.stringContaining('call again') },
        );
      expect(writer.exitCode).toBeNull();
    });

  test('ends a query at its timeout, and says what to do', async () => {
    const { ask, copies } = await aSharedDatabase();
    expect(await ask(endless, { timeout: 0.5 })).toMatchObject({
      code: 'timed_out',
      error: expect.stringContaining('larger timeout'),
    });
    expect(copies()).toEqual([]);
    expect(await ask('SELECT 1 AS one')).toMatchObject({ rows: [{ one: 1 }] });
  });

  test('uses read_db.timeout if the call sets none', async () => {
    const { ask } = await aDatabaseConfiguredWith({ timeout: 0.5 });
    expect(await ask(endless)).toMatchObject({
      code: 'timed_out',
      error: expect.stringContaining('longer than 0.5 s'),
    });
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
    const large = 'length(hex(zeroblob(400000000)))';
    expect(await ask(`SELECT ${large}, ${large}, ${large}`, { timeout: 25 })).toMatchObject({
      code: 'invalid_input',
      error: expect.stringContaining('memory'),
    });
  });
});

describe('read_db refuses', () => {
  test.each([
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
  ])('%s', async (query) => {
    const { ask, dir } = await aSharedDatabase();
    const before = contentsOf(dir);
    expect(await ask(query)).toMatchObject({
      code: 'invalid_input',
      details: { hint: 'Only SELECT queries are allowed' },
    });
    expect(contentsOf(dir)).toEqual(before);
    expect(existsSync('new.db')).toBe(false);
  });

  test('statements that only the engine recognizes as writing, and nothing is changed or created', async () => {
    const { ask, dir } = await aSharedDatabase();
    const before = contentsOf(dir);
    const writing = [
      'WITH a AS (SELECT 1) DELETE FROM person',
      'WITH a AS (SELECT 9) INSERT INTO person SELECT *, NULL FROM a RETURNING id',
      "WITH a AS (SELECT 1) UPDATE person SET name = 'x'",
    ];
    const reachingOut = [
      "SELECT load_extension('x')",
      "SELECT writefile('new.db', 'x')",
      "SELECT readfile('/etc/passwd')",
      "SELECT fts3_tokenizer('simple', x'00')",
      "SELECT edit('x')",
      "SELECT * FROM pragma_journal_mode('WAL')",
      'SELECT * FROM pragma_query_only(0)',
      'SELECT * FROM pragma_wal_checkpoint',
    ];
    const refusalOf = async (query: string) => {
      const { code, details } = await ask(query);
      return { query, code, hint: writing.includes(query) ? details?.hint : null };
    };
    const refusal = { code: 'invalid_input', hint: null };
    expect(await Promise.all([...writing, ...reachingOut].map(refusalOf))).toEqual([
      ...writing.map((query) => ({ ...refusal, query, hint: 'Only SELECT queries are allowed' })),
      ...reachingOut.map((query) => ({ ...refusal, query })),
    ]);
    expect(contentsOf(dir)).toEqual(before);
    expect(existsSync('new.db')).toBe(false);
  });

  test('a query that the engine rejects, with the message of the engine', async () => {
    const { ask } = await aSharedDatabase();
    const [misspelt, unknown] = await Promise.all([ask('SELECT * FORM person'), ask('SELECT * FROM persons')]);
    expect(misspelt).toMatchObject({
      code: 'invalid_input',
      error: expect.stringContaining('details.output'),
      details: { output: 'near "FORM": syntax error' },
    });
    expect(unknown).toMatchObject({ details: { output: 'no such table: persons' } });
  });

  test.each([
    ['no statement', '-- nothing', 'no statement'],
    ['too much text', `SELECT ${'1,'.repeat(40_000)} 1`, '64 KiB'],
  ])('a query with %s', async (_, query, why) => {
    const { ask } = await aSharedDatabase();
    expect(await ask(query)).toMatchObject({ code: 'invalid_input', error: expect.stringContaining(why) });
  });

  test.each([
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
  ])('%s with %s', async (query, params, problem) => {
    const { ask } = await aSharedDatabase();
    expect(await ask(query, { params })).toMatchObject({
      code: 'invalid_input',
      error: expect.stringContaining(problem),
    });
  });

  test('a file that is not a database, with the reason', async () => {
    const { ask, dir } = await aSharedDatabase();
    const whole = readFileSync(aDatabase(join(dir, 'whole.db'), `${people}; CREATE INDEX names ON person (name)`));
    writeFileSync(join(dir, 'torn'), whole.subarray(0, 4_096));
    writeFileSync(join(dir, 'text'), 'a text that is long enough to be read as a header'.repeat(10));
    const wanted = [
      [join(dir, 'text'), 'invalid_input', 'not an SQLite database'],
      [join(dir, 'torn'), 'invalid_input', 'damaged'],
      [dir, 'invalid_input', 'not a file'],
      [join(dir, 'none'), 'not_found', 'does not exist'],
      ['people.db', 'invalid_input', 'absolute'],
      ['/etc/passwd', 'forbidden', 'workspace.roots'],
    ] as const;
    const answers = await Promise.all(wanted.map(([path]) => ask('SELECT * FROM person', { db_path: path })));
    expect(answers).toMatchObject(wanted.map(([, code, why]) => ({ code, error: expect.stringContaining(why) })));
  });

  test('a pipe or a link in place of the write-ahead log, without waiting for it', async () => {
    const { ask, dir } = await aSharedDatabase();
    for (const [name, put] of [
      ['pipe.db', (log: string) => execFileSync('mkfifo', [log])],
      ['link.db', (log: string) => symlinkSync('/dev/zero', log)],
    ] as const) {
      const path = aDatabase(join(dir, name), people);
      put(`${path}-wal`);
      expect(await ask('SELECT 1', { db_path: path })).toMatchObject({
        code: 'invalid_input',
        error: expect.stringContaining('cannot be read'),
      });
    }
  });

  test('to copy more than 2 GiB', async () => {
    const { ask, dir } = await aSharedDatabase();
    const path = aDatabase(
      join(dir, 'large.db'),
      `PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; ${people}`,
    );
    truncateSync(path, 3 * 1_024 ** 3);
    expect(await ask('SELECT 1', { db_path: path })).toMatchObject({
      code: 'invalid_input',
      error: expect.stringContaining('2 GiB'),
    });
  });

  test.skipIf(hasNodeSqlite)('to run without an engine, and says how to install one', async () => {
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
