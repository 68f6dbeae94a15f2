import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { getDefaultEnvironment } from '@modelcontextprotocol/sdk/client/stdio.js';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { programOptions } from '../scripts/build.mts';
import { recordScenes } from '../scripts/record-scenes.mts';
import { launchChromium } from '../tests/support/launch-chromium.ts';
import { type RunningInspector, startInspector } from '../tests/support/start-inspector.ts';
import { call, type Launch, type Running, startAndList } from './driver.mts';
import { type Figure, figure, interleave, ratios, type Target } from './figure.mts';
import { type Kit, place } from './kit.mts';
import { median, percentile } from './statistics.mts';

const leastRounds = 3;
const steps = 100;
const emptyTool = 'close_kitchen';
const callsARound = 30_000;
const inFlight = 64;
const mib = 1_024 ** 2;

/** The cost of the inspector for its user, and for a watched server. */
export async function measureInspector(kit: Kit): Promise<Figure[]> {
  const {
    busy,
    'assembly-line': assembly,
    'many-calls': manyCalls,
  } = await recordScenes(kit.workDir, 'busy', 'assembly-line', 'many-calls');
  return [
    ...(await measureBusyRecording(kit, busy)),
    ...(await measureCalls(kit, manyCalls)),
    await measureOpening(kit, 'longest time blocked, 200 states laid out', assembly, { atMost: 50 }),
    await measureOpening(kit, 'longest time blocked, 10,000 events read', busy, null),
    await measureRing(kit),
    ...(await measureWatchedServer(kit)),
  ];
}

async function measureBusyRecording(kit: Kit, file: string): Promise<Figure[]> {
  const pictures: number[] = [];
  const stepsMs: number[] = [];
  const sequenceMs: number[] = [];
  await withInspector(kit, 'inspector-busy', [file], async ({ link }) => {
    for (let round = 0; round < roundsOf(kit); round += 1)
      await inColdChromium(link, async (page) => {
        pictures.push(await firstPictureMs(page));
        stepsMs.push(await stepMs(page));
        await page.getByRole('tab', { name: 'Sequence' }).click();
        sequenceMs.push(await stepMs(page));
      });
  });
  const details = `p95 of ${steps}, to the frame`;
  return [
    figure('from link to picture, 10,000 events recorded', 'ms', pictures, { atMost: 1_000 }, 'in a new Chromium'),
    figure('a step of the slider over 10,000 events', 'ms', stepsMs, { atMost: 50 }, details),
    figure('   beside the sequence', 'ms', sequenceMs, { atMost: 50 }, details),
  ];
}

/** Steps over a table of calls, in the order of their arrival, and sorted and filtered. */
async function measureCalls(kit: Kit, file: string): Promise<Figure[]> {
  const [inOrder, sorted]: [number[], number[]] = [[], []];
  await withInspector(kit, 'inspector-calls', [file], async ({ link }) => {
    for (let round = 0; round < roundsOf(kit); round += 1)
      await inColdChromium(link, async (page) => {
        await firstPictureMs(page);
        await page.getByRole('tab', { name: 'Calls' }).click();
        inOrder.push(await stepMs(page));
        // The last step went to the start, where there are no calls.
        await page.keyboard.press('l');
        await page.getByRole('columnheader', { name: 'Ran' }).getByRole('button').click();
        await page.getByRole('searchbox', { name: 'Filter by text' }).fill('output');
        sorted.push(await stepMs(page));
      });
  });
  const details = `p95 of ${steps}, to the frame`;
  return [
    figure('a step of the slider over 5,000 calls', 'ms', inOrder, { atMost: 50 }, details),
    figure('   sorted, and filtered by text', 'ms', sorted, { atMost: 50 }, details),
  ];
}

/** How long an open page is blocked while it reads a recording, gets its layout and draws it. */
async function measureOpening(kit: Kit, what: string, file: string, target: Target | null): Promise<Figure> {
  const blocked: number[] = [];
  const pictures: number[] = [];
  await withInspector(kit, 'inspector-opening', [], async ({ link }) => {
    for (let round = 0; round < roundsOf(kit); round += 1)
      await inColdChromium(link, async (page) => {
        const choosing = page.waitForEvent('filechooser');
        await page.getByRole('button', { name: 'Open' }).click();
        const chooser = await choosing;
        await page.evaluate('pageProbe.longestGapMs = 0');
        const beganMs = await page.evaluate<number>('performance.now()');
        await chooser.setFiles(file);
        pictures.push((await firstPictureMs(page)) - beganMs);
        blocked.push(await page.evaluate<number>('pageProbe.longestGapMs'));
      });
  });
  const details = `until its picture is there, ${median(pictures).toFixed(0)} ms later`;
  return figure(what, 'ms', blocked, target, details);
}

async function measureRing(kit: Kit): Promise<Figure> {
  const outfile = join(kit.workDir, 'full-ring.mjs');
  const entryPoints = [join(import.meta.dirname, 'peers/full-ring.mts')];
  await build({ ...programOptions(), format: 'esm', entryPoints, outfile });
  const printed = execFileSync(process.execPath, ['--expose-gc', outfile, String(roundsOf(kit))], { encoding: 'utf8' });
  const values = printed
    .trim()
    .split('\n')
    .map((bytes) => Number(bytes) / mib);
  return figure(
    'memory of a recording that has run full',
    'MiB',
    values,
    { atMost: 8 },
    'heap and buffers, less before',
  );
}

/** The inspector runs on the same cores as the server, so the limit applies to the server's processor time, not to elapsed time. */
async function measureWatchedServer(kit: Kit): Promise<Figure[]> {
  const warm = async (launch: Launch) => {
    const { server } = await startAndList(launch);
    await call(server, emptyTool);
    await server.callRate(emptyTool, callsARound, inFlight);
    return server;
  };
  const alone = await warm(place(kit, 'inspector-alone'));
  const watched = await warm(place(kit, 'inspector-watched'));
  const byClock = { alone: [] as number[], watched: [] as number[] };
  const measure = (name: keyof typeof byClock, server: Running) => async () => {
    const beganMs = server.cpuMs();
    byClock[name].push(await server.callRate(emptyTool, callsARound, inFlight));
    return callsARound / ((server.cpuMs() - beganMs) / 1_000);
  };
  const rates = await withInspector(kit, 'inspector-watched', [], async ({ link }) =>
    inColdChromium(link, async (page) => {
      await firstPictureMs(page);
      return interleave(Math.max(leastRounds, kit.pairs / 2), {
        alone: measure('alone', alone),
        watched: measure('watched', watched),
      });
    }),
  );
  await Promise.all([alone.leave(), watched.leave()]);
  const rate = (values: readonly number[]) => `${(median(values) / 1_000).toFixed(1)} k/s`;
  const details = (one: typeof byClock | typeof rates) => `${rate(one.watched)} over ${rate(one.alone)}`;
  return [
    figure(
      'calls of a server with an inspector, over without',
      'x',
      ratios(rates.watched, rates.alone),
      { atLeast: 0.95 },
      `${details(rates)} of its processor time`,
    ),
    figure(
      '   by the clock, inspector and browser on the same cores',
      'x',
      ratios(byClock.watched, byClock.alone),
      null,
      details(byClock),
    ),
  ];
}

const roundsOf = ({ rounds }: Kit) => Math.max(leastRounds, rounds);

/** Runs an inspector in a place of the kit. */
async function withInspector<Result>(
  kit: Kit,
  name: string,
  args: readonly string[],
  use: (inspector: RunningInspector) => Promise<Result>,
): Promise<Result> {
  const { cwd, env } = place(kit, name);
  const inspector = await startInspector({
    program: kit.program,
    cwd,
    env: { ...getDefaultEnvironment(), ...env },
    args,
  });
  try {
    return await use(inspector);
  } finally {
    await inspector.leave();
  }
}

/** A new browser with an empty cache. */
async function inColdChromium<Result>(link: string, use: (page: Page) => Promise<Result>): Promise<Result> {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.addInitScript({ path: join(import.meta.dirname, 'peers/page-probe.js') });
    await page.goto(link, { waitUntil: 'commit' });
    return await use(page);
  } finally {
    await browser.close();
  }
}

const stepMs = async (page: Page) => percentile(await page.evaluate<number[]>(`pageProbe.moveSlider(${steps})`), 0.95);

/** Milliseconds since the link was opened. */
const firstPictureMs = (page: Page) => page.evaluate<number>('pageProbe.firstPicture');
