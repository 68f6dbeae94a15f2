import {
  closeSync,
  fdatasync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  write,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { JournalEntry } from '../src/domain/recipe-run/journal-record.ts';
import { encodeLine } from '../src/services/journal/journal-line.ts';
import { createJournals, type Journals } from '../src/services/journal/journals.ts';
import { readOwnUid } from '../src/services/platform/own-uid.ts';
import { aStart, ended, entered, numbered, settled } from '../tests/doubles/journal-entries.ts';
import { type Figure, figure, interleave, ratios } from './figure.mts';
import type { Kit } from './kit.mts';
import { median } from './statistics.mts';

const listedRuns = 5_000;
const recordsOfListedRun = 40;

/** Appending to the journals of runs, beside a bare loop with the same writes and syncs; and the list of many runs. */
export async function measureJournal(kit: Kit): Promise<Figure[]> {
  const journals = journalsIn(join(kit.workDir, 'journals'));
  const listed = journalsIn(join(kit.workDir, 'listed-runs'));
  plantRuns(listed.runsDir);
  const listMs: number[] = [];
  for (let round = 0; round < Math.max(5, kit.rounds); round += 1) {
    const startMs = performance.now();
    if ((await listed.list()).length !== listedRuns) throw new Error('a run is not listed');
    listMs.push(performance.now() - startMs);
  }
  return [
    await againstBare(kit, journals, { runs: 1, steps: 150 }),
    await againstBare(kit, journals, { runs: 200, steps: 5 }),
    await againstMemory(kit, journals, { runs: 200, steps: 5 }),
    figure(`the list of ${listedRuns} runs`, 'ms', listMs, { atMost: 300 }, `${recordsOfListedRun} records each`),
  ];
}

const journalsIn = (runsDir: string) => ({
  runsDir,
  ...createJournals({ runsDir, ownUid: readOwnUid(), isOwnerAlive: () => true }),
});

/** A step has two records: the outcome of the step before it is written with its own beginning, as a runner does. */
const batchesOf = (steps: number): JournalEntry[][] =>
  Array.from({ length: steps }, (_, at) =>
    at === 0 ? [entered('work')] : [settled('work', { visit: at }), entered('work', at + 1)],
  );

type SomeJournals = Journals & { readonly runsDir: string };

interface Load {
  readonly runs: number;
  readonly steps: number;
}

const runIdsOf = (runs: number) => Array.from({ length: runs }, (_, at) => `run-${at}`);

/** Records a second. */
async function rateOf({ runs, steps }: Load, work: () => Promise<unknown>): Promise<number> {
  const records = runs * batchesOf(steps).flat().length;
  const startMs = performance.now();
  await work();
  return (records * 1_000) / (performance.now() - startMs);
}

async function appendAll(journals: SomeJournals, load: Load, look: () => void = () => undefined): Promise<number> {
  const opened = await Promise.all(
    runIdsOf(load.runs).map((runId) => journals.create(aStart({ runId }), Buffer.from('name: demo\n'), 'bench')),
  );
  const batches = batchesOf(load.steps);
  const perSecond = await rateOf(load, () =>
    Promise.all(
      opened.map(async ({ run }) => {
        for (const batch of batches) await Promise.all(batch.map((entry) => run.append(entry)));
      }),
    ),
  );
  look();
  await Promise.all(opened.map(({ run }) => run.release()));
  rmSync(journals.runsDir, { recursive: true });
  return perSecond;
}

/** Where files are in memory, a sync costs nothing. */
const memoryDir = '/dev/shm';

async function againstMemory(kit: Kit, onDisk: SomeJournals, load: Load): Promise<Figure> {
  const dir = mkdtempSync(join(memoryDir, 'maitred-bench-'));
  try {
    const inMemory = journalsIn(join(dir, 'journals'));
    const perSecond = await interleave(Math.max(10, kit.pairs), {
      unsynced: () => appendAll(inMemory, load),
      synced: () => appendAll(onDisk, load),
    });
    const details = `${median(perSecond.synced).toFixed(0)} over ${median(perSecond.unsynced).toFixed(0)} records a second`;
    const name = `journal, ${load.runs} runs at once, over the same without syncs`;
    return figure(name, 'x', ratios(perSecond.synced, perSecond.unsynced), null, details);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

async function againstBare(kit: Kit, journals: SomeJournals, load: Load): Promise<Figure> {
  const { runs, steps } = load;
  const names = runIdsOf(runs);
  const batches = batchesOf(steps);
  let lines: readonly Buffer[] = [];
  const ours = () =>
    appendAll(journals, load, () => {
      lines = linesOf(readFileSync(join(journals.runsDir, 'run-0/journal.jsonl'), 'utf8'));
    });
  await ours();
  const dir = join(kit.workDir, 'bare');
  const bare = async () => {
    mkdirSync(dir);
    const files = names.map((name) => openSync(join(dir, name), 'wx'));
    for (const fd of files) await promisify(write)(fd, lines[0] ?? Buffer.alloc(0), 0, undefined, 0);
    await Promise.all(files.map((fd) => promisify(fdatasync)(fd)));
    const written = await rateOf(load, () => Promise.all(files.map((fd) => writeBare(fd, lines, batches))));
    for (const fd of files) closeSync(fd);
    rmSync(dir, { recursive: true });
    return written;
  };
  const perSecond = await interleave(Math.max(10, kit.pairs), { bare, ours });
  const details = `${median(perSecond.ours).toFixed(0)} over ${median(perSecond.bare).toFixed(0)} records a second`;
  const name = `journal, ${runs} ${runs === 1 ? 'run' : 'runs at once'}, over a bare writer`;
  return figure(name, 'x', ratios(perSecond.ours, perSecond.bare), { atLeast: 0.8 }, details);
}

async function writeBare(fd: number, lines: readonly Buffer[], batches: readonly JournalEntry[][]): Promise<void> {
  let next = 1;
  let position = lines[0]?.length ?? 0;
  for (const { length } of batches) {
    const bytes = Buffer.concat(lines.slice(next, next + length));
    await promisify(write)(fd, bytes, 0, bytes.length, position);
    await promisify(fdatasync)(fd);
    next += length;
    position += bytes.length;
  }
}

const linesOf = (text: string): readonly Buffer[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => Buffer.from(`${line}\n`));

function plantRuns(runsDir: string): void {
  const steps = batchesOf(recordsOfListedRun / 2 - 1).flat();
  const later = [...steps, settled('work', { visit: recordsOfListedRun / 2 - 1 }), ended()];
  for (const runId of runIdsOf(listedRuns)) {
    const journal = numbered([aStart({ runId }), ...later])
      .map(encodeLine)
      .join('');
    mkdirSync(join(runsDir, runId), { recursive: true, mode: 0o700 });
    writeFileSync(join(runsDir, `${runId}/journal.jsonl`), journal, { mode: 0o600 });
  }
}
