import { join } from 'node:path';
import { writeAuditState } from '../tests/fixtures/audit-state.ts';
import { call, type Launch, startAndList } from './driver.mts';
import { type Figure, figure, interleave, ratios } from './figure.mts';
import { floorsFor, type Kit, place } from './kit.mts';
import { ping } from './pings.mts';
import { median, percentile } from './statistics.mts';

const recordsPerSession = 1_000;
const sessions = { few: 100, many: 1_000 };
const pingEveryMs = 5;
/** From the first call's answer until the heartbeat's chunk is loaded: the last one that stops the event loop. */
const settledAfterMs = 300;

/** Ping times and peak memory of the server while a million records load. */
export async function measureLoading(kit: Kit): Promise<Figure[]> {
  const stateWith = async (count: number) => {
    const dir = join(kit.workDir, `state-${count}`);
    await writeAuditState({ dir, sessions: count, recordsPerSession, nowMs: Date.now() });
    return place(kit, `loading-${count}`, { stateDir: dir, args: ['--set', 'readiness.wait_seconds=120'] });
  };
  const few = await stateWith(sessions.few);
  const many = await stateWith(sessions.many);
  const { esm } = await floorsFor(kit, 'loading-floor', place(kit, 'loading-floor'));

  let loadMs = 0;
  const tails: Record<'floor' | 'maitred', number[]> = { floor: [], maitred: [] };
  const loadTimes: number[] = [];
  const pingFloor = async () => {
    const { server } = await startAndList(esm);
    const endMs = server.nowMs() + loadMs;
    tails.floor.push(percentile(await ping(server, pingEveryMs, () => server.nowMs() > endMs), 0.999));
    await server.kill();
  };
  const peaks = await interleave(kit.rounds, {
    async many() {
      const loaded = await load(many);
      loadMs = loaded.loadMs;
      loadTimes.push(loadMs);
      tails.maitred.push(percentile(loaded.waits, 0.999));
      await pingFloor();
      return loaded.peakKib;
    },
    few: async () => (await load(few)).peakKib,
  });
  const mib = (values: readonly number[]) => `${(median(values) / 1_024).toFixed(1)} MiB`;
  const over = tails.maitred.map((tail, round) => tail - (tails.floor[round] ?? Number.NaN));
  return [
    figure(
      'p99.9 of pings while 1,000,000 load, over the floor',
      'ms',
      over,
      { atMost: 20 },
      `${median(tails.maitred).toFixed(1)} ms, the floor's ${median(tails.floor).toFixed(1)} ms; loaded in ${(median(loadTimes) / 1_000).toFixed(1)} s`,
    ),
    figure(
      'peak memory while 1,000,000 load, over 100,000',
      'x',
      ratios(peaks.many, peaks.few),
      { atMost: 1.15 },
      `${mib(peaks.many)} over ${mib(peaks.few)}`,
    ),
  ];
}

/** Starts the server and pings it until the report is answered. */
async function load(at: Launch): Promise<{ waits: number[]; loadMs: number; peakKib: number }> {
  const { server } = await startAndList(at);
  await call(server, 'open_kitchen');
  const settledMs = server.nowMs() + settledAfterMs;
  let isLoaded = false;
  const report = call(server, 'get_pipeline_report').then(({ atMs }) => {
    isLoaded = true;
    return atMs;
  });
  await ping(server, pingEveryMs, () => server.nowMs() > settledMs || isLoaded);
  const waits = await ping(server, pingEveryMs, () => isLoaded);
  const loadMs = await report;
  const peakKib = server.peakKib();
  await server.leave();
  return { waits, loadMs, peakKib };
}
