import { execFile } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, write } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { type JournalEntry, type JournalRecord, journalVersion } from '../src/domain/recipe-run/journal-record.ts';
import type { LiveRun } from '../src/domain/recipe-run/live-run.ts';
import { encodeLine } from '../src/services/journal/journal-line.ts';
import { openRunJournal } from '../src/services/journal/run-journal.ts';
import type { Steps } from '../tests/fixtures/recipe-graph.ts';
import { aRecipeHost } from './a-recipe-host.mts';
import { type Figure, figure, interleave, ratios } from './figure.mts';
import type { Kit } from './kit.mts';
import { median } from './statistics.mts';

const runs = 200;
const steps = 25;
const waitingRuns = 2_000;

type OpenJournal = typeof openRunJournal;

/** The steps of recipe runs, with and without syncs of their journals; and what runs cost that wait at a gate. */
export async function measureRecipeRuns(kit: Kit): Promise<Figure[]> {
  return [await againstNoSync(kit), ...(await waiting(kit))];
}

/** Steps without any work, behind a gate: so that all runs begin at the same time. */
const emptySteps: Steps = Object.fromEntries([
  ['ask', { action: 'confirm', message: 'Go on?', on_failure: 'done' }],
  ...Array.from({ length: steps }, (_, at) => [`step_${at}`, { constant: 'done' }]),
]);

async function againstNoSync(kit: Kit): Promise<Figure> {
  const runsDir = join(kit.workDir, 'recipe-runs');
  const perSecond = await interleave(Math.max(10, kit.pairs), {
    unsynced: () => stepsASecond(runsDir, withoutSyncs(runsDir)),
    synced: () => stepsASecond(runsDir, openRunJournal),
  });
  const details = `${median(perSecond.synced).toFixed(0)} over ${median(perSecond.unsynced).toFixed(0)} steps a second`;
  const name = `empty steps of ${runs} runs, over the same without syncs`;
  return figure(name, 'x', ratios(perSecond.synced, perSecond.unsynced), { atLeast: 0.4 }, details);
}

/** Each record is written to the same file as it comes, and not synced. */
const withoutSyncs =
  (runsDir: string): OpenJournal =>
  ({ run, reading }, host) => {
    const { runId } = reading.state.started;
    const fd = openSync(join(runsDir, runId, 'journal.jsonl'), 'a');
    let { n } = reading.state;
    const append = async (entry: JournalEntry): Promise<JournalRecord> => {
      n += 1;
      const record: JournalRecord = { v: journalVersion, n, at: new Date().toISOString(), ...entry };
      await promisify(write)(fd, Buffer.from(encodeLine(record)));
      return record;
    };
    const giveUp = run.release.bind(run);
    const release = () => {
      closeSync(fd);
      return giveUp();
    };
    return openRunJournal({ run: Object.assign(run, { append, release }), reading }, host);
  };

async function stepsASecond(runsDir: string, openJournal: OpenJournal): Promise<number> {
  const atGate: LiveRun[] = [];
  let begin: () => void = () => undefined;
  const allAtGate = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const { start } = aRecipeHost(runsDir, emptySteps, {
    openJournal,
    onGateOpened(run) {
      if (atGate.push(run) === runs) begin();
    },
  });
  await Promise.all(Array.from({ length: runs }, start));
  await allAtGate;
  const startMs = performance.now();
  const ends = await Promise.all(
    atGate.map(async (run) => {
      const { gate = '', shownHash = '' } = run.progress.gate ?? {};
      const answeredAt = new Date().toISOString();
      await run.answer({ gate, shownHash, decision: 'approve', who: 'the bench', how: 'cli', answeredAt });
      return run.ended;
    }),
  );
  const tookMs = performance.now() - startMs;
  if (ends.some(({ state }) => state !== 'succeeded')) throw new Error('a run has not succeeded');
  rmSync(runsDir, { recursive: true });
  return (runs * steps * 1_000) / tookMs;
}

interface WaitingRuns {
  readonly bytesEach: number;
  readonly coreShare: number;
  readonly delayP999Ms: number;
  readonly startMsEach: number;
}

/** In a process of its own, as a bundle: what runs the benchmarks adds a property to each function. */
async function waiting({ workDir }: Pick<Kit, 'workDir'>): Promise<Figure[]> {
  const outfile = join(workDir, 'waiting-runs.mjs');
  const requireFrom = JSON.stringify(createRequire(import.meta.url).resolve('xstate'));
  await build({
    entryPoints: [join(import.meta.dirname, 'waiting-runs.mts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: `import { createRequire } from 'node:module';\nconst require = createRequire(${requireFrom});` },
  });
  const runsDir = join(workDir, 'waiting-runs');
  mkdirSync(runsDir);
  const args = ['--expose-gc', outfile, runsDir, String(waitingRuns)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  rmSync(runsDir, { recursive: true });
  const { bytesEach, coreShare, delayP999Ms, startMsEach } = JSON.parse(stdout) as WaitingRuns;
  const name = `${waitingRuns} runs at a gate`;
  return [
    figure(
      `${name}, heap each`,
      'KiB',
      [bytesEach / 1_024],
      { atMost: 10 },
      `${startMsEach.toFixed(1)} ms to start each`,
    ),
    figure(`${name}, of a core`, '%', [coreShare * 100], { atMost: 1 }, 'over 10 s'),
    figure(`${name}, delay of the event loop`, 'ms', [delayP999Ms], { atMost: 20 }, '99.9 % are less'),
  ];
}
