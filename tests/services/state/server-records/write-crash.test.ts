import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../../src/domain/redact.ts';
import { type Crash, writeCrash } from '../../../../src/services/state/server-records/write-crash.ts';
import { aServerRecord, aStateFolder } from '../../../doubles/server-records.ts';

const secret = 'a-known-secret';
const redact = createRedactor([secret]);

const aCrash = (): Crash => ({
  serverId: 'server-a',
  version: '0.1.0',
  fault: { code: 'internal', message: `no ${secret}`, details: { token: 'abc', seen: [secret] } },
  stack: `Error: ${secret}\n    at a.js:1`,
  transitions: [{ event: 'START', env: { GITHUB_TOKEN: 'abc' } }, { event: 'CRASHED' }],
  record: aServerRecord({ degraded: [{ what: 'log file', cause: secret }] }),
  atMs: 1_700_000_000_123,
});

describe('The file of a crash', () => {
  it('has time and server in its name, and is for the user only', () => {
    const folder = aStateFolder();
    const path = writeCrash(aCrash(), { folder, redact });
    expect(path).toBe(`${folder.crashesDir}/2023-11-14T22-13-20.123Z-server-a.json`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(folder.crashesDir).mode & 0o777).toBe(0o700);
  });

  it('has the error and the transitions before it, without any secret', () => {
    const text = readFileSync(writeCrash(aCrash(), { folder: aStateFolder(), redact }), 'utf8');
    expect(text).not.toContain(secret);
    expect(text).not.toContain('abc');
    expect(JSON.parse(text)).toMatchObject({
      time: '2023-11-14T22:13:20.123Z',
      serverId: 'server-a',
      version: '0.1.0',
      fault: { code: 'internal', message: 'no [redacted]' },
      stack: `Error: [redacted]\n    at a.js:1`,
      transitions: [{ event: 'START' }, { event: 'CRASHED' }],
      record: { state: 'ready', degraded: [{ what: 'log file', cause: '[redacted]' }] },
    });
  });

  it('may be of a server without a record yet', () => {
    const path = writeCrash({ ...aCrash(), record: null, stack: null }, { folder: aStateFolder(), redact });
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ record: null, stack: null });
  });

  it('that cannot be written is unavailable, with its path', () => {
    const folder = aStateFolder();
    rmSync(folder.dir, { recursive: true });
    writeFileSync(folder.dir, '');
    const writing = () => writeCrash(aCrash(), { folder, redact });
    expect(writing).toThrow(expect.objectContaining({ code: 'unavailable' }));
    expect(writing).toThrow(folder.crashesDir);
  });
});
