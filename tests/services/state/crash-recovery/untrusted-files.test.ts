import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readOwnUid } from '../../../../src/services/platform/own-uid.ts';
import { aCrashSite, aDeadPid, anEnrollment, plantSession, readSite, recover } from './crash-site.ts';

const later = { nowMs: () => Date.now() + 60_000 };
const kibi = 1_024;

/** What may stand in the place of either file. */
const strangers: Readonly<Record<string, (path: string, elsewhere: string) => void>> = {
  'a link to a good one': (path, elsewhere) => {
    renameSync(path, elsewhere);
    symlinkSync(elsewhere, path);
  },
  'one that has a second name': (path, elsewhere) => linkSync(path, elsewhere),
  'a pipe': (path) => {
    rmSync(path);
    execFileSync('mkfifo', ['-m', '600', path]);
  },
  'a folder': (path) => {
    rmSync(path);
    mkdirSync(path);
  },
  'one that others may read and write': (path) => chmodSync(path, 0o666),
  'one that others may read': (path) => chmodSync(path, 0o604),
  'one that its group may read': (path) => chmodSync(path, 0o640),
};

const badEnrollments: Readonly<Record<string, string>> = {
  'not whole': JSON.stringify(anEnrollment()).slice(0, -1),
  'not of this version': JSON.stringify({ ...anEnrollment(), schema_version: 1 }),
  'that of another process': JSON.stringify(anEnrollment({ pid: aDeadPid + 1 })),
  'larger than 64 KiB': JSON.stringify(anEnrollment()).padEnd(64 * kibi + 1),
};

async function expectLeftAlone(site: ReturnType<typeof aCrashSite>, options = {}): Promise<void> {
  const before = readdirSync(site.tmpfsDir);
  const { skipped, recorded, removed, causes } = await recover(site, { ...later, ...options });
  expect({ skipped, recorded, removed }).toEqual({
    skipped: { young: 0, alive: 0, leftOut: 1 },
    recorded: [],
    removed: 0,
  });
  expect(causes).toEqual([{ file: before.find((name) => name.includes('trace')), cause: expect.any(String) }]);
  expect(causes[0]?.cause).toMatch(/ left alone\.$/);
  expect(readdirSync(site.tmpfsDir)).toEqual(before);
  expect(readSite(site)).toMatchObject({ dirs: [], hidden: [], index: [] });
}

describe.each(Object.entries(strangers))('What is left alone and counted is %s', (_, replace) => {
  it.each(['trace_', 'enrollment_'])('in the place of a %s file', async (kind) => {
    const site = aCrashSite();
    plantSession(site);
    const name = readdirSync(site.tmpfsDir).find((name) => name.includes(kind));
    replace(`${site.tmpfsDir}/${name}`, `${site.tmpfsDir}/elsewhere`);
    await expectLeftAlone(site);
  });
});

describe('These are left alone and counted:', () => {
  it.each(Object.entries(badEnrollments))('an enrollment that is %s', async (_, text) => {
    const site = aCrashSite();
    plantSession(site);
    writeFileSync(`${site.tmpfsDir}/maitred_enrollment_${aDeadPid}.json`, text);
    await expectLeftAlone(site);
  });

  it('a trace that is larger than 64 MiB', async () => {
    const site = aCrashSite();
    plantSession(site);
    truncateSync(`${site.tmpfsDir}/maitred_trace_${aDeadPid}.jsonl`, 64 * kibi * kibi + 1);
    await expectLeftAlone(site);
  });

  it('files of another user', async () => {
    const site = aCrashSite();
    plantSession(site);
    await expectLeftAlone(site, { ownUid: (readOwnUid() ?? 0) + 1 });
  });

  it('a claim of a dead server that another user made', async () => {
    const site = aCrashSite();
    plantSession(site, { claimedBy: { enrollment: 'dead', trace: 'dead' } });
    chmodSync(`${site.tmpfsDir}/.maitred_claimed_dead_enrollment_${aDeadPid}.json`, 0o666);
    const before = readdirSync(site.tmpfsDir);
    expect((await recover(site)).skipped.leftOut).toBe(1);
    expect(readdirSync(site.tmpfsDir)).toEqual(before);
  });
});

it('An enrollment of exactly 64 KiB and a trace of exactly 64 MiB are accepted', { timeout: 60_000 }, async () => {
  const site = aCrashSite();
  plantSession(site);
  writeFileSync(
    `${site.tmpfsDir}/maitred_enrollment_${aDeadPid}.json`,
    JSON.stringify(anEnrollment()).padEnd(64 * kibi),
  );
  truncateSync(`${site.tmpfsDir}/maitred_trace_${aDeadPid}.jsonl`, 64 * kibi * kibi);
  expect((await recover(site, later)).recorded).toHaveLength(1);
});

it.each([
  'maitred_trace_.jsonl',
  'maitred_trace_012.jsonl',
  'maitred_trace_-1.jsonl',
  'maitred_trace_1.json',
  'maitred_trace_1.jsonl.tmp',
  'maitred_enrollment_1.jsonl',
  '.maitred_claimed__trace_1.jsonl',
  '.maitred_claimed_a b_trace_1.jsonl',
  'xmaitred_trace_1.jsonl',
])('A file named %s is not ours', async (name) => {
  const site = aCrashSite();
  writeFileSync(`${site.tmpfsDir}/${name}`, '', { mode: 0o600 });
  expect((await recover(site, later)).skipped).toEqual({ young: 0, alive: 0, leftOut: 0 });
  expect(readdirSync(site.tmpfsDir)).toEqual([name]);
});
