import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  findExpired,
  findExpiredRuns,
  isOfKind,
  type RetentionRule,
  retentionRules,
  type StoredFile,
} from '../../src/domain/retention.ts';

const nowMs = 1_000_000;
const rule: RetentionRule = {
  kind: 'command_output',
  names: {},
  maxAgeMs: 500_000,
  maxFiles: 5,
  maxTotalBytes: 100,
  sparesLiveServers: true,
};
const asked = { nowMs, liveServerIds: new Set(['live']) };

const someFiles = fc
  .array(
    fc.record({
      server: fc.constantFrom('live', 'dead'),
      sizeBytes: fc.nat(40),
      modifiedAtMs: fc.oneof(fc.integer({ min: 0, max: nowMs }), fc.constantFrom(1, 600_000, nowMs - 500_000)),
    }),
    { maxLength: 12 },
  )
  .map((files) =>
    files.map(({ server, ...file }, at): StoredFile => {
      const name = `${server}.${at}.stdout`;
      return { ...file, name, path: `/output/${name}` };
    }),
  );

describe('Large files', () => {
  const file = (name: string, sizeBytes: number): StoredFile => ({
    path: `/output/${name}`,
    name,
    sizeBytes,
    modifiedAtMs: nowMs,
  });
  const large = { ...rule, largeBytes: 10 };
  const files = [
    file('live.1.stdout', 11),
    file('live.2.stdout', 11),
    file('dead.1.stdout', 11),
    file('dead.2.stdout', 10),
  ];
  const namesOf = (isInUse?: (one: StoredFile) => boolean) =>
    findExpired(files, large, { ...asked, ...(isInUse === undefined ? {} : { isInUse }) }).map(
      ({ file: { name }, reason }) => `${name} ${reason}`,
    );

  it('are offered to a person, except those that a live server uses', () => {
    expect(namesOf(({ name }) => name === 'live.2.stdout')).toEqual(['live.1.stdout large', 'dead.1.stdout large']);
  });

  it('of a dead server are in no use', () => {
    expect(namesOf(() => true)).toEqual(['dead.1.stdout large']);
  });

  it('stay where nobody is asked: a server removes only what has expired', () => {
    expect(namesOf()).toEqual([]);
  });
});

describe('Of files of one kind', () => {
  it('so many stay that every bound holds, or only those of living servers', () => {
    fc.assert(
      fc.property(someFiles, (files) => {
        const gone = findExpired(files, rule, asked).map(({ file }) => file);
        const kept = files.filter((file) => !gone.includes(file));
        const keptOfTheDead = kept.filter(({ name }) => name.startsWith('dead'));
        expect(gone.filter(({ name }) => name.startsWith('live'))).toEqual([]);
        expect(keptOfTheDead.filter(({ modifiedAtMs }) => nowMs - modifiedAtMs > rule.maxAgeMs)).toEqual([]);
        if (keptOfTheDead.length === 0) return;
        expect(kept.length).toBeLessThanOrEqual(5);
        expect(kept.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)).toBeLessThanOrEqual(100);
      }),
    );
  });

  it('none goes that is newer than one that stays, and none without need', () => {
    fc.assert(
      fc.property(someFiles, (files) => {
        const expired = findExpired(files, rule, asked);
        const gone = expired.map(({ file }) => file);
        const kept = files.filter((file) => !gone.includes(file));
        const keptOfTheDead = kept.filter(({ name }) => name.startsWith('dead'));
        const newestGoneAtMs = gone[0]?.modifiedAtMs ?? 0;
        for (const { modifiedAtMs } of keptOfTheDead) expect(modifiedAtMs).toBeGreaterThanOrEqual(newestGoneAtMs);
        const [first] = expired;
        if (first === undefined) return;
        const bytes = kept.reduce((sum, { sizeBytes }) => sum + sizeBytes, first.file.sizeBytes);
        const needs = {
          too_old: first.ageMs > rule.maxAgeMs,
          too_many: kept.length >= 5,
          too_large: bytes > 100,
          large: false,
        };
        expect(needs[first.reason]).toBe(true);
      }),
    );
  });

  it('the same go in whatever order they are listed, and those that stay, stay', () => {
    fc.assert(
      fc.property(
        someFiles.chain((files) =>
          fc.tuple(fc.constant(files), fc.shuffledSubarray(files, { minLength: files.length })),
        ),
        ([files, shuffled]) => {
          const expired = findExpired(files, rule, asked);
          expect(findExpired(shuffled, rule, asked)).toEqual(expired);
          const kept = files.filter((file) => !expired.some(({ file: gone }) => gone === file));
          expect(findExpired(kept, rule, asked)).toEqual([]);
        },
      ),
    );
  });
});

it('Every file is of one kind at most', () => {
  const places = ['state', 'logs', 'servers', 'crashes', 'early', 'code', 'output'] as const;
  const pieces = ['.', 'a', '-v20.1.0', '-x64', '.json', '.tmp', '.12', '.stdout', 'server.log', '.jsonl'];
  const names = fc.array(fc.constantFrom(...pieces), { maxLength: 6 }).map((words) => words.join(''));
  fc.assert(
    fc.property(fc.constantFrom(...places), names, (place, name) => {
      expect(retentionRules.filter((kind) => isOfKind(kind, place, name)).length).toBeLessThanOrEqual(1);
    }),
    { numRuns: 2_000 },
  );
});

describe('Recipe runs that have expired', () => {
  const runs = [
    { id: 'waits', endedAtMs: null },
    { id: 'old', endedAtMs: 100 },
    { id: 'new', endedAtMs: 900 },
    { id: 'later', endedAtMs: 1_100 },
  ];
  const idsOf = (maxRuns: number, maxAgeMs: number) =>
    findExpiredRuns(runs, { maxRuns, maxAgeMs }, 1_000).map(({ id }) => id);

  it('are those that ended long ago, and those beyond the number that is kept', () => {
    expect(idsOf(10, 899)).toEqual(['old']);
    expect(idsOf(10, 900)).toEqual([]);
    expect(idsOf(1, 900)).toEqual(['new', 'old']);
  });

  it('are never those that have not ended', () => {
    expect(idsOf(0, 0)).toEqual(['later', 'new', 'old']);
  });
});
