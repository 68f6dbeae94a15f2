import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/domain/app-error.ts';
import { createRedactor } from '../../../../src/domain/redact.ts';
import type { StateFolder } from '../../../../src/domain/state-folder.ts';
import { createServerRecordReader } from '../../../../src/services/state/server-records/server-record-reader.ts';
import { createServerRecordWriter } from '../../../../src/services/state/server-records/server-record-writer.ts';
import { aServerRecord, aStateFolder } from '../../../doubles/server-records.ts';

const writerFor = (folder: StateFolder) => createServerRecordWriter({ folder, redact: createRedactor([]) });
const readerFor = (folder: StateFolder) => createServerRecordReader({ folder, ownUid: process.getuid?.() ?? null });

describe('The heartbeat of a server', () => {
  it('is a file for the user only that holds the record', () => {
    const folder = aStateFolder();
    rmSync(folder.serversDir, { recursive: true });
    const record = aServerRecord();
    writerFor(folder).write(record);
    expect(JSON.parse(readFileSync(`${folder.serversDir}/server-a.json`, 'utf8'))).toEqual(record);
    expect(statSync(`${folder.serversDir}/server-a.json`).mode & 0o777).toBe(0o600);
    expect(statSync(folder.serversDir).mode & 0o777).toBe(0o700);
  });

  it('is replaced as a whole with every heartbeat, without other files beside it', () => {
    const folder = aStateFolder();
    const writer = writerFor(folder);
    writer.write(aServerRecord());
    const before = statSync(`${folder.serversDir}/server-a.json`).ino;
    writer.write(aServerRecord({ state: 'draining' }));
    expect(statSync(`${folder.serversDir}/server-a.json`).ino).not.toBe(before);
    expect(readdirSync(folder.serversDir)).toEqual(['server-a.json']);
    expect(readerFor(folder).list().records[0]?.state).toBe('draining');
  });

  it('is removed when the server retires, and the last record is kept', () => {
    const folder = aStateFolder();
    const writer = writerFor(folder);
    writer.write(aServerRecord());
    const last = aServerRecord({ state: 'shutdown', shutdownTrigger: 'eof' });
    writer.retire(last);
    writer.retire(last);
    expect(readdirSync(folder.serversDir)).toEqual([]);
    expect(readerFor(folder).lastServer()).toEqual(last);
    expect(statSync(folder.lastServerFile).mode & 0o777).toBe(0o600);
  });

  it('is kept as the last record when a final one cannot be written', () => {
    const folder = aStateFolder();
    const writer = writerFor(folder);
    writer.write(aServerRecord({ state: 'ready' }));
    mkdirSync(`${folder.serversDir}/.server-a.tmp`);
    expect(() => writer.retire(aServerRecord({ state: 'shutdown' }))).toThrow(AppError);
    expect(readdirSync(folder.serversDir)).toEqual(['.server-a.tmp']);
    expect(readerFor(folder).lastServer()?.state).toBe('ready');
  });

  it('never writes through a link in its place', () => {
    const folder = aStateFolder();
    writeFileSync(`${folder.dir}/precious`, 'precious');
    symlinkSync(`${folder.dir}/precious`, `${folder.serversDir}/.server-a.tmp`);
    symlinkSync(`${folder.dir}/precious`, `${folder.serversDir}/server-a.json`);
    writerFor(folder).write(aServerRecord());
    expect(readFileSync(`${folder.dir}/precious`, 'utf8')).toBe('precious');
    expect(readerFor(folder).list().records).toHaveLength(1);
  });

  it('shows no secret of a cause', () => {
    const folder = aStateFolder();
    const task = { status: 'failed', gating: true, attempts: 1, startedAtMs: 1, endedAtMs: 2 } as const;
    writerFor(folder).write(
      aServerRecord({
        tasks: { audit: { ...task, cause: 'token=abc' } },
        degraded: [{ what: 'log file', cause: 'https://me:abc@host' }],
      }),
    );
    const [record] = readerFor(folder).list().records;
    expect(record?.tasks.audit?.cause).toBe('token=[redacted]');
    expect(record?.degraded[0]?.cause).toBe('https://[redacted]@host');
  });

  it('shows no secret in the name of the client', () => {
    const folder = aStateFolder();
    const redact = createRedactor(['known-secret']);
    createServerRecordWriter({ folder, redact }).write(aServerRecord({ clientName: 'client of known-secret' }));
    expect(readerFor(folder).list().records[0]?.clientName).toBe('client of [redacted]');
  });

  it('shows no secret of a wrapped command', () => {
    const folder = aStateFolder();
    const wrapped = { state: 'failed', sinceMs: 1, pid: null, starts: 1 };
    const shownWith = (secret: string) => ({
      ...wrapped,
      name: `server ${secret}`,
      command: `server --header=${secret}`,
      cause: `no access with ${secret}`,
      stderrTail: `${secret} is wrong`,
      lastFailure: { atMs: 1, cause: `refused ${secret}`, output: `${secret} was wrong` },
    });
    const redact = createRedactor(['known-secret']);
    createServerRecordWriter({ folder, redact }).write(aServerRecord({ wrapped: shownWith('known-secret') }));
    expect(readerFor(folder).list().records[0]?.wrapped).toEqual(shownWith('[redacted]'));
  });

  it('shows no secret in the name of a recipe', () => {
    const folder = aStateFolder();
    const writer = createServerRecordWriter({ folder, redact: createRedactor(['known-secret']) });
    writer.write(aServerRecord({ recipeRun: { recipe: './known-secret.yaml', runId: null } }));
    expect(readerFor(folder).list().records[0]?.recipeRun).toEqual({ recipe: './[redacted].yaml', runId: null });
  });

  it('that cannot be written is unavailable, with path and fix', () => {
    const folder = aStateFolder();
    rmSync(folder.serversDir, { recursive: true });
    writeFileSync(folder.serversDir, '');
    const writing = () => writerFor(folder).write(aServerRecord());
    expect(writing).toThrow(expect.objectContaining({ code: 'unavailable' }));
    expect(writing).toThrow(
      `${folder.serversDir}/server-a.json cannot be written (ENOTDIR): a file is where a folder must be`,
    );
    expect(writing).toThrow('MAITRED_STATE_DIR');
  });
});
