import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeLine } from '../../../src/services/journal/journal-line.ts';
import { removeExpiredRuns } from '../../../src/services/journal/remove-expired-runs.ts';
import { readOwnUid } from '../../../src/services/platform/own-uid.ts';
import { createServerRecordReader } from '../../../src/services/state/server-records/server-record-reader.ts';
import {
  aHash,
  anAnswer,
  answered,
  aStart,
  ended,
  entered,
  numbered,
  opened,
  settled,
} from '../../doubles/journal-entries.ts';
import { aDeadProcess, aServerRecord, aStateFolder, plantRecord } from '../../doubles/server-records.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { doInProcess, isRoot, nobody } from '../../support/bound-user.ts';
import { canMount, inOwnMounts } from '../../support/own-mounts.ts';
import { aRecipe, aRun, someJournals } from './some-journals.ts';

const lines = (text: string) => text.split('\n').slice(0, -1);

/** What this process has open. The descriptor that lists them is closed when they are read. */
const openFiles = () =>
  readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return [];
    }
  });

describe('A run that is created', () => {
  it('has a folder of its own with its journal and its recipe, private to its user', async () => {
    const { dir, text, readRecipe } = await aRun();
    expect(readdirSync(dir).sort()).toEqual(['answers', 'blobs', 'journal.jsonl', 'lock', 'recipe.yaml']);
    for (const name of ['', 'answers', 'blobs', 'lock']) expect(statSync(`${dir}/${name}`).mode & 0o777).toBe(0o700);
    for (const name of ['journal.jsonl', 'recipe.yaml']) expect(statSync(`${dir}/${name}`).mode & 0o777).toBe(0o600);
    expect(text()).toMatch(/^\{"v":1,"n":1,"at":"[^"]+","k":"run_started","runId":"run-1",.*,"c":"[\da-f]{8}"\}\n$/);
    expect(readRecipe('run-1')).toEqual(aRecipe);
  });

  it('is refused under a name that is taken, and the run of that name is unchanged', async () => {
    const { create, text } = await aRun();
    const before = text();
    await expect(create(aStart({ recipe: 'other' }), aRecipe, 'server-a')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('run-1 exists'),
    });
    expect(text()).toBe(before);
  });

  it.each(['', '..', 'a/b', 'a.b', 'x'.repeat(65)])('is refused under the name "%s"', async (runId) => {
    const { create, read, runsDir } = someJournals();
    await expect(create(aStart({ runId }), aRecipe, 'server-a')).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(read(runId)).rejects.toMatchObject({ code: 'invalid_input' });
    expect(existsSync(runsDir)).toBe(false);
  });

  it('leaves nothing when its folder cannot be filled', async () => {
    const { create, runsDir } = someJournals();
    const unreadable = { ...aStart(), inputs: { task: 1n } };
    await expect(create(unreadable, aRecipe, 'server-a')).rejects.toMatchObject({ code: 'unavailable' });
    expect(readdirSync(runsDir)).toEqual([]);
  });
});

describe('What is appended', () => {
  it('is numbered in order, and read back as it was written', async () => {
    const { run, read, text } = await aRun();
    const appended = [
      await run.append(entered('plan')),
      await run.append(settled('plan', { captured: { a: 'é\u2028' } })),
    ];
    expect(appended.map(({ n }) => n)).toEqual([2, 3]);
    const { records, state, tornBytes } = await read('run-1');
    expect(records.slice(1)).toEqual(appended);
    expect({ next: state.next, tornBytes }).toEqual({ next: 'next', tornBytes: 0 });
    expect(lines(text())).toHaveLength(3);
  });

  it('is in the order of the calls when many are made at once, beside other runs', async () => {
    const { run, create, read } = await aRun();
    const other = (await create(aStart({ runId: 'run-2' }), aRecipe, 'server-a')).run;
    const entries = (mark: string) => Array.from({ length: 200 }, (_, at) => entered(mark, 1, at));
    const all = [run, other].flatMap((one, at) => entries(`run-${at}`).map((entry) => one.append(entry)));
    await Promise.all(all);
    for (const [at, runId] of ['run-1', 'run-2'].entries()) {
      const { records } = await read(runId);
      expect(records.slice(1)).toMatchObject(entries(`run-${at}`));
    }
  });

  it('is in the file when its append resolves, and no file stays open', async () => {
    const { run, text, dir } = await aRun();
    await run.append(entered('plan'));
    expect(text()).toContain('"k":"entered"');
    await new Promise((resolve) => setImmediate(resolve));
    expect(openFiles().filter((path) => path.startsWith(dir))).toEqual([]);
  });

  it('holds at most 64 files open at once, however many runs are written', async () => {
    const { create, runsDir } = someJournals();
    const ids = Array.from({ length: 100 }, (_, at) => `run-${at}`);
    const opened = await Promise.all(ids.map((runId) => create(aStart({ runId }), aRecipe, 'server-a')));
    let most = 0;
    const appends = opened.map(async ({ run }) => {
      await run.append(entered('plan'));
      most = Math.max(most, openFiles().filter((path) => path.startsWith(runsDir)).length);
    });
    await Promise.all(appends);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(64);
  });

  it('is refused when it is larger than 1 MiB, and so is what follows it: that may follow from it', async () => {
    const { run, read } = await aRun();
    const huge = run.append(settled('plan', { captured: { text: 'x'.repeat(1_048_576) } }));
    const [refused, next] = await Promise.allSettled([huge, run.append(entered('plan'))]);
    expect(refused).toMatchObject({ reason: { code: 'invalid_input', message: expect.stringContaining('step plan') } });
    expect(next).toMatchObject({ reason: { code: 'invalid_input' } });
    await expect(run.append(entered('plan'))).resolves.toMatchObject({ n: 2 });
    expect((await read('run-1')).records).toHaveLength(2);
  });

  it('is refused after the run was given up', async () => {
    const { run } = await aRun();
    const before = run.append(entered('plan'));
    await run.release();
    await expect(before).resolves.toMatchObject({ n: 2 });
    await expect(run.append(settled('plan'))).rejects.toMatchObject({ code: 'internal' });
  });

  it('is refused when something else has changed the file, which stays as that left it', async () => {
    const { run, file, text } = await aRun();
    writeFileSync(file, 'mine\n', { flag: 'a' });
    const before = text();
    await expect(run.append(entered('plan'))).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(file),
    });
    expect(text()).toBe(before);
  });

  it('is refused while the file is away, names it, and is written when it is back', async () => {
    const { run, file } = await aRun();
    renameSync(file, `${file}.away`);
    await expect(run.append(entered('plan'))).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(file),
    });
    expect(existsSync(file)).toBe(false);
    renameSync(`${file}.away`, file);
    await expect(run.append(entered('plan'))).resolves.toMatchObject({ n: 2 });
  });
});

/** A journal with three records, whose owner is gone. */
async function aLeftRun() {
  const parts = await aRun();
  await parts.run.append(entered('plan'));
  await parts.run.append(settled('plan'));
  await parts.run.release();
  const bytes = readFileSync(parts.file);
  const lastAt = bytes.lastIndexOf('\n', -2) + 1;
  return { ...parts, bytes, lastAt };
}

describe('A journal with a torn tail', () => {
  it('is read up to its last whole record wherever the last one was torn, and stays as it is', async () => {
    const { read, file, bytes, lastAt } = await aLeftRun();
    for (let size = bytes.length - 1; size >= lastAt; size -= 1) {
      truncateSync(file, size);
      const { records, tornBytes } = await read('run-1');
      expect({ count: records.length, tornBytes }).toEqual({ count: 2, tornBytes: size - lastAt });
      expect(statSync(file).size).toBe(size);
    }
  });

  it.each([
    ['was torn', (whole: Buffer, at: number) => whole.subarray(0, at + 10)],
    [
      'is filled with zeros',
      (whole: Buffer, at: number) => Buffer.concat([whole.subarray(0, at), Buffer.alloc(5_000)]),
    ],
    ['has zeros inside', (whole: Buffer, at: number) => Buffer.from(whole).fill(0, at + 5, at + 50)],
    [
      'has zeros after its part',
      (whole: Buffer, at: number) => Buffer.concat([whole.subarray(0, at + 9), Buffer.alloc(99)]),
    ],
  ])('whose last line %s loses it when an owner claims the run, who is told', async (_, damage) => {
    const { claim, read, file, bytes, lastAt } = await aLeftRun();
    const torn = damage(bytes, lastAt);
    writeFileSync(file, torn);
    const { run, reading } = await claim('run-1', 'server-b');
    expect(reading).toMatchObject({ tornBytes: torn.length - lastAt, state: { inFlight: { step: 'plan' } } });
    expect(readFileSync(file)).toEqual(bytes.subarray(0, lastAt));
    await expect(run.append(settled('plan'))).resolves.toMatchObject({ n: 3 });
    expect((await read('run-1')).tornBytes).toBe(0);
    await run.release();
  });
});

describe('A damaged journal', () => {
  const record = (at: number) => numbered([aStart(), entered('plan'), settled('plan'), ended()])[at];
  const line = (at: number, changes = {}) => {
    const found = record(at);
    if (found === undefined) throw new Error('no record');
    return encodeLine({ ...found, ...changes });
  };
  const flipped = (text: string) => text.replace('plan', 'plbn');

  it.each([
    ['a flipped byte', [line(0), flipped(line(1)), line(2)], '2 does not match its checksum'],
    ['a flipped byte in its last record', [line(0), line(1), flipped(line(2))], '3 does not match its checksum'],
    ['a flipped byte before a torn line', [line(0), flipped(line(1)), '{"v"'], '2 does not match its checksum'],
    ['zeros before a whole record', [line(0), `${'\0'.repeat(9)}\n`, line(2)], '2 does not match its checksum'],
    ['a record that is missing', [line(0), line(2)], '2 has the number 3 in place of 2'],
    ['a record that is there twice', [line(0), line(1), line(1)], '3 has the number 2 in place of 3'],
    ['an empty line', [line(0), '\n', line(1)], '2 does not match its checksum'],
    ['a huge line', [line(0), `${'x'.repeat(1_048_577)}\n`, line(1)], '2 is longer than 1048576 bytes'],
    [
      'an order that is impossible',
      [line(0), line(2, { n: 2 })],
      '2 settles plan (visit 1, attempt 0), which is not in flight',
    ],
    ['a record after its end', [line(0), line(3, { n: 2 }), line(1, { n: 3 })], '3 is entered after the end'],
    ['a record without a version', [line(0), line(1, { v: 'x' })], '2 has no version that this maitred knows'],
    ['two lines that changed places', [line(0), line(2), line(1)], '2 has the number 3 in place of 2'],
    [
      'an edited line whose checksum was made again',
      [line(0), line(1, { visit: 0 })],
      '2 is not a record that this version of maitred knows',
    ],
    [
      'a record of an unknown kind',
      [line(0), line(1, { k: 'danced' })],
      '2 is not a record that this version of maitred knows',
    ],
    ['nothing in it', [], '1 is empty'],
    ['only a torn line', ['{"v":1'], '1 is empty'],
  ])('with %s is refused, and the error names the line and what to do', async (_, text, problem) => {
    const { read, claim, file } = await aLeftRun();
    writeFileSync(file, text.join(''));
    const refusal = {
      code: 'conflict',
      message: expect.stringMatching(/: the journal is damaged\. Put back a copy .*\.$/),
      details: { path: file, line: Number.parseInt(problem, 10) },
    };
    await expect(read('run-1')).rejects.toMatchObject(refusal);
    await expect(read('run-1')).rejects.toThrow(`${file}:${problem}`);
    await expect(claim('run-1', 'server-b')).rejects.toMatchObject(refusal);
    expect(readFileSync(file, 'utf8')).toBe(text.join(''));
  });

  it.each([1, 2])('with a record of a newer version in line %i is refused, and is not called damaged', async (at) => {
    const { read, claim, list, file } = await aLeftRun();
    const text = [line(0), line(1)].map((whole, index) => (index + 1 === at ? line(index, { v: 2 }) : whole)).join('');
    writeFileSync(file, text);
    const message = `${file}:${at} was made by a newer maitred: use that one.`;
    for (const open of [() => read('run-1'), () => claim('run-1', 'server-b')])
      await expect(open()).rejects.toMatchObject({ code: 'conflict', message });
    expect(await list()).toEqual([{ runId: 'run-1', problem: message }]);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('of another run, as in a copy of its folder, is refused', async () => {
    const { read, claim, list, dir, runsDir } = await aLeftRun();
    cpSync(dir, `${runsDir}/copy`, { recursive: true });
    const refusal = {
      code: 'conflict',
      message: expect.stringContaining(`${runsDir}/copy/journal.jsonl is the journal of the run run-1`),
    };
    for (const open of [() => read('copy'), () => claim('copy', 'server-b')])
      await expect(open()).rejects.toMatchObject(refusal);
    expect(await list()).toMatchObject([
      { runId: 'copy', problem: refusal.message },
      { runId: 'run-1', last: { n: 3 } },
    ]);
  });

  it('is not one whose records have times in any order', async () => {
    const { read, file } = await aLeftRun();
    const times = ['2030-01-01T00:00:00.000Z', '2001-01-01T00:00:00.000Z', '2020-01-01T00:00:00.000Z'];
    writeFileSync(file, times.map((at, index) => line(index, { at })).join(''));
    expect((await read('run-1')).state).toMatchObject({ n: 3, next: 'next' });
  });

  it('can be claimed when it was put back', async () => {
    const { claim, file, bytes } = await aLeftRun();
    writeFileSync(file, 'x\n');
    await expect(claim('run-1', 'server-b')).rejects.toMatchObject({ code: 'conflict' });
    writeFileSync(file, bytes);
    const { run } = await claim('run-1', 'server-b');
    await run.release();
  });
});

describe('A run that others may have written is refused', () => {
  it.each([
    [
      'a journal open to others',
      (dir: string) => chmodSync(`${dir}/journal.jsonl`, 0o640),
      'journal.jsonl is open to other users',
    ],
    ['a folder open to others', (dir: string) => chmodSync(dir, 0o755), 'run-1 is open to other users'],
    [
      'a folder in place of the journal',
      replaceJournal((path) => mkdirSync(path)),
      'journal.jsonl is not a regular file',
    ],
    [
      'a pipe in place of the journal',
      replaceJournal((path) => void execFileSync('mkfifo', [path])),
      'journal.jsonl is not a regular file',
    ],
    [
      'a link in place of the journal',
      replaceJournal((path) => symlinkSync(`${path}.old`, path)),
      'journal.jsonl is not a regular file',
    ],
    [
      'a link in place of its folder',
      (dir: string) => {
        renameSync(dir, `${dir}.old`);
        symlinkSync(`${dir}.old`, dir);
      },
      'run-1 is not a folder',
    ],
  ])('with %s', async (_, change, problem) => {
    const { claim, read, list, dir } = await aLeftRun();
    change(dir);
    for (const open of [() => read('run-1'), () => claim('run-1', 'server-b')])
      await expect(open()).rejects.toMatchObject({ code: 'forbidden', message: expect.stringContaining(problem) });
    chmodSync(dirname(dir), 0o755);
    expect(await list()).toEqual([{ runId: 'run-1', problem: expect.stringContaining(problem) }]);
  });

  it('by its owner, and is listed where nobody else can reach it', async () => {
    const { list, dir } = await aLeftRun();
    chmodSync(dir, 0o755);
    expect(await list()).toMatchObject([{ runId: 'run-1', last: { k: 'settled' } }]);
  });

  it.skipIf(!isRoot)('with a journal of another user', async () => {
    const { claim, file } = await aLeftRun();
    chownSync(file, nobody, nobody);
    await expect(claim('run-1', 'server-b')).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('another user'),
    });
  });
});

function replaceJournal(replace: (path: string) => void) {
  return (dir: string) => {
    const path = `${dir}/journal.jsonl`;
    renameSync(path, `${path}.old`);
    replace(path);
  };
}

describe('The owner of a run', () => {
  it('is one: a second claim is a conflict that names it, also by itself', async () => {
    const { claim, run } = await aRun();
    for (const owner of ['server-b', 'server-a'])
      await expect(claim('run-1', owner)).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('belongs to the server server-a'),
        details: { owner: 'server-a' },
      });
    await run.release();
    await run.release();
    await expect(claim('run-1', 'server-b')).resolves.toBeDefined();
  });

  it('is one of those that claim it at once', async () => {
    const { claim, run } = await aRun();
    await run.release();
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, (_, at) => claim('run-1', `server-${at}`)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('loses the run when it is dead', async () => {
    const { claim } = await aRun({ isOwnerAlive: (owner) => owner !== 'server-a' });
    await expect(claim('run-1', 'server-b')).resolves.toBeDefined();
    await expect(claim('run-1', 'server-c')).rejects.toThrow('server-b');
  });

  it('keeps the run however long it has it', async () => {
    const { claim, dir } = await aRun();
    const [holder] = readdirSync(`${dir}/lock`);
    execFileSync('touch', ['-d', '2001-01-01', `${dir}/lock/${holder}`]);
    await expect(claim('run-1', 'server-b')).rejects.toMatchObject({ code: 'conflict' });
  });

  it('is asked for only of a run that exists', async () => {
    const { claim, read, runsDir } = await aRun();
    mkdirSync(`${runsDir}/begun`, { mode: 0o700 });
    for (const runId of ['none', 'begun'])
      for (const open of [() => read(runId), () => claim(runId, 'server-b')])
        await expect(open()).rejects.toMatchObject({
          code: 'not_found',
          message: expect.stringContaining(`There is no run ${runId}: `),
        });
  });
});

describe('A blob', () => {
  it('is named by its hash, and is read back; twice is the same', async () => {
    const { run, readBlob } = await aRun();
    const bytes = Buffer.from('x'.repeat(20_000));
    const sha256 = await run.putBlob(bytes);
    expect(await run.putBlob(bytes)).toBe(sha256);
    expect(readBlob('run-1', sha256)).toEqual(bytes);
  });

  it('that was changed or is missing is refused, and the error names it', async () => {
    const { run, readBlob, dir } = await aRun();
    const sha256 = await run.putBlob(Buffer.from('x'));
    writeFileSync(`${dir}/blobs/${sha256}`, 'y');
    expect(() => readBlob('run-1', sha256)).toThrow(`${sha256} was changed`);
    expect(() => readBlob('run-1', aHash('0'))).toThrow(`${aHash('0')} cannot be read (ENOENT)`);
  });
});

describe('An answer to a gate', () => {
  it('waits for the owner, who gets it once', async () => {
    const { run, putAnswer } = await aRun();
    await run.append(opened('g1'));
    await putAnswer('run-1', anAnswer('g1'));
    const taken: string[] = [];
    const take = () =>
      run.takeAnswers(async (answer) => {
        await run.append(answered(answer.gate));
        taken.push(answer.gate);
      });
    await take();
    await take();
    expect(taken).toEqual(['g1']);
  });

  it('stays when it could not be taken', async () => {
    const { run, putAnswer } = await aRun();
    await putAnswer('run-1', anAnswer('g1'));
    const failure = new Error('no');
    await expect(run.takeAnswers(() => Promise.reject(failure))).rejects.toBe(failure);
    const taken: unknown[] = [];
    await run.takeAnswers(async (answer) => void taken.push(answer));
    expect(taken).toEqual([anAnswer('g1')]);
  });

  it('is not replaced by a later one', async () => {
    const { run, putAnswer } = await aRun();
    await putAnswer('run-1', anAnswer('g1'));
    await expect(putAnswer('run-1', anAnswer('g1', { decision: 'reject' }))).rejects.toMatchObject({
      code: 'conflict',
    });
    await run.takeAnswers(async ({ decision }) => expect(decision).toBe('approve'));
  });

  it.each([
    ['is no JSON', 'yes', 'conflict'],
    ['is of another gate', JSON.stringify(anAnswer('g2')), 'conflict'],
    ['decides what no gate asks', JSON.stringify({ ...anAnswer('g1'), decision: 'maybe' }), 'conflict'],
  ])('that %s does not count, and the error names the file', async (_, text, code) => {
    const { run, dir } = await aRun();
    writeFileSync(`${dir}/answers/g1.json`, text, { mode: 0o600 });
    const taken = run.takeAnswers(() => Promise.reject(new Error('taken')));
    await expect(taken).rejects.toMatchObject({ code, message: expect.stringContaining('answers/g1.json') });
  });

  it('that others may have written does not count', async () => {
    const { run, dir } = await aRun();
    writeFileSync(`${dir}/answers/g1.json`, JSON.stringify(anAnswer('g1')), { mode: 0o600 });
    chmodSync(`${dir}/answers/g1.json`, 0o666);
    const taken = run.takeAnswers(() => Promise.reject(new Error('taken')));
    await expect(taken).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining("this user's alone"),
    });
  });

  it('is refused for a run that does not exist and for a gate that can be no file', async () => {
    const { putAnswer } = await aRun();
    await expect(putAnswer('none', anAnswer('g1'))).rejects.toMatchObject({ code: 'not_found' });
    await expect(putAnswer('run-1', anAnswer('../g1'))).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

describe('The list of runs', () => {
  it('has each run with its first and last record, and its owner while it has not ended', async () => {
    const { run, create, list, runsDir } = await aRun({ isOwnerAlive: (owner) => owner === 'server-a' });
    await run.append(opened('g1'));
    const other = (await create(aStart({ runId: 'run-0' }), aRecipe, 'server-a')).run;
    await other.append(ended());
    await create(aStart({ runId: 'run-2' }), aRecipe, 'server-dead');
    mkdirSync(`${runsDir}/begun`, { mode: 0o700 });
    writeFileSync(`${runsDir}/.hidden`, '');
    expect(await list()).toMatchObject([
      { runId: 'run-0', last: { k: 'run_ended', n: 2 }, owner: null },
      { runId: 'run-1', started: { recipe: 'demo' }, last: { k: 'gate_opened', n: 2 }, owner: 'server-a' },
      { runId: 'run-2', last: { k: 'run_started', n: 1 }, owner: null },
    ]);
  });

  it('has the last whole record of a run whose last line is torn, or whose records are long', async () => {
    const { list, file, run } = await aRun();
    writeFileSync(file, '{"v":1', { flag: 'a' });
    expect(await list()).toMatchObject([{ last: { n: 1 } }]);
    truncateSync(file, statSync(file).size - 6);
    await run.append(entered('plan'));
    await run.append(settled('plan', { captured: { text: 'x'.repeat(30_000) } }));
    expect(await list()).toMatchObject([{ started: { n: 1 }, last: { n: 3 } }]);
    writeFileSync(file, Buffer.alloc(20_000), { flag: 'a' });
    expect(await list()).toMatchObject([{ started: { n: 1 }, last: { n: 3 } }]);
  });

  it('says what is wrong with a run whose last record is damaged, and has the others', async () => {
    const { list, create, file, run } = await aRun();
    await run.append(entered('plan'));
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('plan', 'plbn'));
    await create(aStart({ runId: 'run-2' }), aRecipe, 'server-a');
    expect(await list()).toMatchObject([
      { runId: 'run-1', problem: expect.stringContaining(`${file}:2`) },
      { runId: 'run-2' },
    ]);
  });

  it('is empty where no run was ever started', async () => {
    const { list, runsDir } = someJournals();
    expect(await list()).toEqual([]);
    rmSync(runsDir, { force: true });
  });
});

describe('Old runs', () => {
  const dayMs = 86_400_000;

  it('are removed when they have ended long ago or are too many, and runs that have not ended stay', async () => {
    let nowMs = Date.parse('2026-01-01');
    const { run, create, list, removeExpired, runsDir } = await aRun({ clockMs: () => nowMs });
    await run.append(opened('g1'));
    for (const runId of ['old', 'damaged', 'owned', 'first', 'second']) {
      const { run: other } = await create(aStart({ runId }), aRecipe, 'server-a');
      await other.append(ended());
      if (runId !== 'owned') await other.release();
      nowMs += runId === 'owned' ? 90 * dayMs : 1;
    }
    writeFileSync(`${runsDir}/damaged/journal.jsonl`, 'x\n');
    const idsOf = async () => (await list()).map(({ runId }) => runId);
    expect(await removeExpired({ maxAgeMs: 90 * dayMs, maxRuns: 10 }, 'server-b')).toBe(1);
    expect(await idsOf()).toEqual(['damaged', 'first', 'owned', 'run-1', 'second']);
    expect(await removeExpired({ maxAgeMs: 900 * dayMs, maxRuns: 1 }, 'server-b')).toBe(1);
    expect(await idsOf()).toEqual(['damaged', 'owned', 'run-1', 'second']);
    expect(await removeExpired({ maxAgeMs: 900 * dayMs, maxRuns: 1 }, 'server-b')).toBe(0);
  });

  it('stay when somebody has resumed them since they were listed', async () => {
    const { run, claim, list, runsDir } = await aRun();
    await run.append(ended('budget_exhausted'));
    const listed = await list();
    await run.append({ k: 'budget_changed', budgets: { usd: 9 }, who: 'somebody' });
    await run.release();
    const options = { runsDir, bounds: { maxAgeMs: 0, maxRuns: 0 }, nowMs: Date.now() };
    const removed = () => removeExpiredRuns(listed, { ...options, claim: (runId) => claim(runId, 'server-b') });
    expect([await removed(), await removed()]).toEqual([0, 0]);
    expect(await list()).toMatchObject([{ last: { k: 'budget_changed' } }]);
  });

  it('that were left half made or half removed are removed after an hour, and nothing else is', async () => {
    const { removeExpired, runsDir } = await aRun();
    const names = ['begun', '.removed-abc', '.theirs', 'just-begun'];
    for (const name of names) mkdirSync(`${runsDir}/${name}`, { mode: 0o700 });
    writeFileSync(`${runsDir}/file`, '');
    execFileSync('touch', ['-d', '2001-01-01', ...[...names.slice(0, -1), 'file'].map((name) => `${runsDir}/${name}`)]);
    expect(await removeExpired({ maxAgeMs: dayMs, maxRuns: 10 }, 'server-b')).toBe(0);
    expect(readdirSync(runsDir).sort()).toEqual(['.theirs', 'file', 'just-begun', 'run-1']);
  });
});

it('A run belongs to nobody when another program has the pid of its server', async () => {
  const folder = aStateFolder();
  const reader = createServerRecordReader({ folder, ownUid: readOwnUid() });
  plantRecord(folder, aServerRecord());
  const { claim } = await aRun({ isOwnerAlive: (owner) => reader.liveServerIds().has(owner) });
  await expect(claim('run-1', 'server-b')).rejects.toThrow('server-a');
  plantRecord(folder, aServerRecord({ process: aDeadProcess() }));
  await expect(claim('run-1', 'server-b')).resolves.toBeDefined();
});

describe.skipIf(!canMount())('On a full disk', () => {
  it('each write is refused, nothing of it is left, and the run goes on when there is room', () => {
    const dir = tempFolder();
    const mount = `mount -t tmpfs -o size=64k,mode=700 none '${dir}' && exec "$@"`;
    const { result } = doInProcess('fillDisk', [dir], { wrapper: [...inOwnMounts, 'sh', '-c', mount, 'sh'] });
    const journal = `${dir}/runs/run-1/journal.jsonl`;
    const refusal = { code: 'unavailable', details: { path: journal, errno: 'ENOSPC' } };
    expect(result?.faults).toMatchObject([refusal, refusal]);
    expect(result?.faults[0]?.message).toMatch(/cannot be written \(ENOSPC\): make room on the disk/);
    const known = result?.full.acknowledged ?? 0;
    expect(known).toBeGreaterThan(2);
    expect(result?.full).toEqual({ records: known + 1, tornBytes: 0, acknowledged: known });
    expect(result?.after).toEqual({ records: known + 3, tornBytes: 0, acknowledged: known + 2 });
    for (const refused of [result?.blob, result?.other, result?.answer, result?.cancel, result?.code])
      expect(refused).toMatchObject({ code: 'unavailable', details: { errno: 'ENOSPC' } });
    expect(result?.listed).toEqual(['run-1']);
    const names = ['answers', 'blobs', 'codes', 'journal.jsonl', 'lock', 'lock/me.', 'recipe.yaml'];
    const left = ['run-1', ...names.map((name) => expect.stringContaining(`run-1/${name}`))];
    expect(result?.left.sort()).toEqual(left);
  });
});
